import type { Annotation, AnnotationRequest, Annotations } from '../../../shared/domain/annotations.ts';
import type { RangeQuery } from '../../../shared/domain/history.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock } from '../clock.ts';
import { OperatorError } from './operator-error.ts';
import { readRange } from './range.ts';
import { toAnnotation } from '../store/annotation-rows.ts';
import type { Store } from '../store/types.ts';

/** How far ahead something may be noted: a deploy that is about to begin. */
const FURTHEST_AHEAD_MS = 24 * 60 * 60 * 1000;

/** What operators note beside the charts, and what is shown there besides. */
export class AnnotationOperations {
  readonly #parts: { store: Pick<Store, 'reader' | 'writer'>; trail: AuditTrail; clock: Clock };

  constructor(parts: { store: Pick<Store, 'reader' | 'writer'>; trail: AuditTrail; clock: Clock }) {
    this.#parts = parts;
  }

  /** The last 24 h when no range is given. Throws INVALID_REQUEST for a range that is none. */
  async list(query: RangeQuery): Promise<Annotations> {
    const range = readRange(query, this.#parts.clock.now());
    return { ...range, ...(await this.#parts.store.reader.annotations(range)) };
  }

  /** Throws INVALID_REQUEST for a time more than a day ahead. */
  create({ at, kind, text, operator, link }: AnnotationRequest): Annotation {
    const { store, trail, clock } = this.#parts;
    const now = clock.now();
    const when = typeof at === 'string' ? Date.parse(at) : (at ?? now);
    if (when > now + FURTHEST_AHEAD_MS) {
      throw new OperatorError('INVALID_REQUEST', 'An annotation is at most a day ahead: give an earlier time.');
    }
    const stored = store.writer.addAnnotation({ at: when, kind, text, operator, link: link ?? null });
    trail.note('annotation.create', `${kind} ${stored.id}`, operator, text, null, stored);
    return toAnnotation(stored);
  }
}
