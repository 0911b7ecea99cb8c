import type { Delivery } from '../../../shared/domain/alerts.ts';
import { quote } from '../../../shared/format/quote.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { OperatorError } from './operator-error.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Store } from '../store/types.ts';

/** What operators ask of notifications. */
export class NotifyOperations {
  readonly #parts: { notifier: Notifier; store: Pick<Store, 'reader'>; trail: AuditTrail };

  constructor(parts: { notifier: Notifier; store: Pick<Store, 'reader'>; trail: AuditTrail }) {
    this.#parts = parts;
  }

  /** Newest first. */
  async deliveries(limit: number): Promise<Delivery[]> {
    return await this.#parts.store.reader.deliveries(limit);
  }

  /** Throws NOT_FOUND for a channel that is not configured. */
  test(channel: string, operator: string): Delivery {
    const { notifier, trail } = this.#parts;
    const delivery = notifier.test(channel, operator);
    if (!delivery) {
      const names = notifier.channels().map(({ name }) => name);
      throw new OperatorError(
        'NOT_FOUND',
        `There is no channel ${quote(channel)}; ${names.length === 0 ? 'none is configured' : `${names.join(', ')} exist`}.`,
      );
    }
    trail.note('notify.test', channel, operator, 'test notification', null, null);
    return delivery;
  }
}
