import type {
  Experiments,
  ShadowPair,
  ShadowPairPage,
  ShadowPairQuery,
  ShadowSummary,
} from '../../../shared/domain/experiments.ts';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock } from '../clock.ts';
import { OperatorError } from './operator-error.ts';
import type { ShadowTraffic } from '../experiments/shadow-traffic.ts';
import { StoreQueryError } from '../store/query-error.ts';
import type { Store } from '../store/types.ts';

interface ExperimentParts {
  shadow: ShadowTraffic;
  store: Pick<Store, 'reader'>;
  trail: AuditTrail;
  clock: Clock;
}

/** What operators ask of the shadow experiment and do to it. */
export class ExperimentOperations {
  readonly #parts: ExperimentParts;
  /** Reckoning the intervals takes a while, and a view that is open asks every few seconds. */
  #summary: { of: string; summary: Promise<ShadowSummary> } | null = null;

  constructor(parts: ExperimentParts) {
    this.#parts = parts;
  }

  async get(): Promise<Experiments> {
    const summary = await this.#summarise();
    return { ...this.#parts.shadow.snapshot(), summary };
  }

  /** Newest first. Throws INVALID_REQUEST for a cursor that no page gave out. */
  async pairs({ limit, cursor, request }: ShadowPairQuery): Promise<ShadowPairPage> {
    try {
      return await this.#parts.store.reader.shadowPairs(limit, cursor ?? null, request ?? null);
    } catch (error) {
      if (error instanceof StoreQueryError && error.code === 'invalid_cursor')
        throw new OperatorError('INVALID_REQUEST', error.message);
      throw error;
    }
  }

  /** Throws NOT_FOUND. */
  async pair(id: number): Promise<ShadowPair> {
    const pair = await this.#parts.store.reader.shadowPair(id);
    if (!pair) throw new OperatorError('NOT_FOUND', `There is no pair ${id}; it may be older than the retention.`);
    return pair;
  }

  /** Throws CONFLICT where nothing is there to pause. */
  async pause(note: OperatorNote): Promise<Experiments> {
    const { shadow, trail, clock } = this.#parts;
    const { state } = shadow.snapshot();
    if (state === 'paused') throw new OperatorError('CONFLICT', 'The shadow is paused already; resume it first.');
    if (state !== 'running') throw new OperatorError('CONFLICT', `There is nothing to pause: the shadow is ${state}.`);
    const before = shadow.state;
    const after = shadow.pause({ ...note, at: clock.now() });
    trail.note('shadow.pause', after.provider, note.operator, note.reason, before, after);
    return await this.get();
  }

  /** Throws CONFLICT where nothing is paused. */
  async resume(note: OperatorNote): Promise<Experiments> {
    const { shadow, trail } = this.#parts;
    const before = shadow.state;
    if (!before?.paused) throw new OperatorError('CONFLICT', 'The shadow is not paused.');
    const after = shadow.resume();
    trail.note('shadow.resume', after.provider, note.operator, note.reason, before, after);
    return await this.get();
  }

  async #summarise(): Promise<ShadowSummary> {
    const { shadow, store } = this.#parts;
    const { provider = '', since = 0 } = shadow.state ?? {};
    const of = `${provider} ${since} ${shadow.pairsSinceStart}`;
    if (this.#summary?.of === of) return await this.#summary.summary;
    const summary = store.reader.shadowSummary(provider, since);
    this.#summary = { of, summary };
    // What could not be read is asked for again.
    summary.catch(() => (this.#summary = null));
    return await summary;
  }
}
