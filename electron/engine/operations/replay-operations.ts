import type { ReplayRequest, ReplayResult } from '../../../shared/domain/replay.ts';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import type { Clock } from '../clock.ts';
import { OperatorError } from './operator-error.ts';
import { readRange } from './range.ts';
import type { RegistryHolder } from '../registry-holder.ts';
import { formatProblems } from '../registry/problems.ts';
import { applyPatch, notStorable } from '../registry/stored-routing.ts';
import type { Registry } from '../registry/types.ts';
import { runReplay } from '../replay/run-replay.ts';
import type { Store } from '../store/types.ts';

export interface ReplayParts {
  holder: RegistryHolder;
  store: Pick<Store, 'reader'>;
  clock: Clock;
}

/** What-if: recorded traffic put to another configuration. One at a time, as it takes a good part of a core. */
export class ReplayOperations {
  readonly #parts: ReplayParts;
  #running = false;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /**
   * Throws INVALID_REQUEST for a configuration that does not hold, NOT_FOUND for a version that there is not, CONFLICT
   * while another replay runs; ends early, as CONFLICT too, when the caller no longer wants it.
   */
  async replay(request: ReplayRequest, signal?: AbortSignal): Promise<ReplayResult> {
    const { holder, store, clock } = this.#parts;
    const range = readRange(request, clock.now());
    const registry = this.#registryOf(request, await this.#storedBelow(request));
    if (this.#running) throw new OperatorError('CONFLICT', 'Another replay is running: try again when it has ended.');
    this.#running = true;
    try {
      const { current, environment } = holder;
      return await runReplay({ reader: store.reader, range, registry, environment, recordedUnder: current, signal });
    } catch (error) {
      if (signal?.aborted) throw new OperatorError('CONFLICT', 'The replay was stopped before its end.');
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /** Another file is tried as it would run without anything stored, unless a stored version is asked for with it. */
  async #storedBelow({ registry: text, version }: ReplayRequest): Promise<RoutingDocument> {
    const { holder, store } = this.#parts;
    if (version === undefined) return text === undefined && holder.setAside === null ? holder.stored.document : {};
    if (version === 0) return {};
    const stored = await store.reader.routingVersion(version);
    if (stored) return stored.stored;
    throw new OperatorError(
      'NOT_FOUND',
      `There is no routing version ${version}; the newest is ${holder.stored.version}.`,
    );
  }

  #registryOf({ registry: text, routing = {} }: ReplayRequest, below: RoutingDocument): Registry {
    const { holder } = this.#parts;
    const problems = notStorable(routing);
    if (problems.length > 0) throw refusal(formatProblems(problems, 'routing'));
    const result = holder.parse(text ?? holder.text, applyPatch(below, routing));
    if (!result.ok) throw refusal(formatProblems(result.problems, 'registry'));
    return result.registry;
  }
}

function refusal(problems: string): OperatorError {
  return new OperatorError(
    'INVALID_REQUEST',
    `The configuration to try does not hold: ${problems.replaceAll('\n', '; ')}`,
  );
}
