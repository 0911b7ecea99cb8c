import { statfs } from 'node:fs/promises';
import type {
  AcknowledgeRequest,
  Alert,
  AlertHistoryQuery,
  Alerts,
  EndSilenceRequest,
  NotifyChannel,
  Silence,
  SilenceRequest,
} from '../../../shared/domain/alerts.ts';
import { quote } from '../../../shared/format/quote.ts';
import type { AlertBook } from '../alerts/alert-book.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock } from '../clock.ts';
import { OperatorError } from './operator-error.ts';
import { readRange } from './range.ts';
import type { Store } from '../store/types.ts';

export interface AlertOperationsParts {
  book: AlertBook;
  trail: AuditTrail;
  store: Pick<Store, 'reader'>;
  clock: Clock;
  channels: () => NotifyChannel[];
}

/** What operators ask of alerts and do about them; every change leaves an audit row. */
export class AlertOperations {
  readonly #parts: AlertOperationsParts;

  constructor(parts: AlertOperationsParts) {
    this.#parts = parts;
  }

  list(): Alerts {
    const { book, clock, channels } = this.#parts;
    const { alerts, silences, rules } = book;
    return { at: clock.now(), alerts, silences, rules, channels: channels() };
  }

  async history({ rule, limit, ...range }: AlertHistoryQuery): Promise<Alert[]> {
    const { store, clock } = this.#parts;
    return await store.reader.alerts(
      readRange({ ...range, since: range.since ?? '30d' }, clock.now()),
      rule ?? null,
      limit,
    );
  }

  /** Throws NOT_FOUND for an alert that does not fire. */
  acknowledge(request: AcknowledgeRequest): Alert {
    const { book, trail } = this.#parts;
    const before = book.firing.find(({ id }) => id === request.id)?.acknowledged ?? null;
    const alert = book.acknowledge(request);
    if (!alert)
      throw new OperatorError('NOT_FOUND', `There is no firing alert ${quote(request.id)}; it may have resolved.`);
    if (before === null) {
      const reason = request.reason || 'on it';
      trail.note('alert.acknowledge', alert.rule, request.operator, reason, null, alert.acknowledged);
    }
    return alert;
  }

  createSilence(request: SilenceRequest): Silence {
    const { book, trail } = this.#parts;
    const silence = book.silence(request);
    trail.note('silence.create', `silence ${silence.id}`, request.operator, request.reason, null, silence);
    return silence;
  }

  /** Throws NOT_FOUND for a silence that does not hold. */
  endSilence(request: EndSilenceRequest): Silence {
    const { book, trail } = this.#parts;
    const before = book.silences.find(({ id }) => id === request.id) ?? null;
    const ended = book.endSilence(request);
    if (!ended) throw new OperatorError('NOT_FOUND', `There is no silence ${request.id} in effect.`);
    const { operator = 'unknown', reason = 'ended' } = request;
    trail.note('silence.end', `silence ${ended.id}`, operator, reason, before, ended);
    return ended;
  }
}

/** The free share of the disk that holds a directory, 0 to 1; null where it cannot be told. */
export async function diskFreeShare(directory: string): Promise<number | null> {
  try {
    const { bavail, blocks } = await statfs(directory);
    return blocks > 0 ? bavail / blocks : null;
  } catch {
    return null;
  }
}
