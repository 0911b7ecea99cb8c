import type { AuditEntry } from '../../shared/domain/operations.ts';
import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';
import type { StoreWriter } from './store/types.ts';

/** Where every change by an operator is noted: stored before the call that made it returns, then announced. */
export class AuditTrail {
  readonly #parts: { writer: Pick<StoreWriter, 'addAudit'>; clock: Clock; events: EventBus };

  constructor(parts: { writer: Pick<StoreWriter, 'addAudit'>; clock: Clock; events: EventBus }) {
    this.#parts = parts;
  }

  /** Notes a change made now; `before` and `after` are what stood and what stands now; null for nothing. */
  note(
    action: string,
    target: string,
    operator: string,
    reason: string,
    before: object | null,
    after: object | null,
  ): AuditEntry {
    const json = (value: object | null) => (value === null ? null : JSON.parse(JSON.stringify(value)));
    const at = this.#parts.clock.now();
    return this.add({ at, operator, action, target, reason, before: json(before), after: json(after) });
  }

  /** @param write stores the entry where something else has to be stored in the same commit. */
  add(
    entry: Omit<AuditEntry, 'id'>,
    write: (entry: Omit<AuditEntry, 'id'>) => AuditEntry = (one) => this.#parts.writer.addAudit(one),
  ): AuditEntry {
    const stored = write(entry);
    this.#parts.events.emit('audited', stored);
    return stored;
  }
}
