import type { AbortDrill, Drill, DrillPreview, DrillRequest } from '../../shared/domain/drills.ts';
import type { DrillBook } from './drills/drill-book.ts';
import { drillMarkdown } from './drills/drill-report.ts';
import { OperatorError } from './engine-api.ts';
import type { Store } from './store/types.ts';

/** What operators ask of drills. The open one is answered from memory, where its figures are fresh. */
export class DrillOperations {
  readonly #parts: { book: DrillBook; store: Pick<Store, 'reader'> };

  constructor(parts: { book: DrillBook; store: Pick<Store, 'reader'> }) {
    this.#parts = parts;
  }

  async list(limit: number): Promise<Drill[]> {
    const stored = await this.#parts.store.reader.drills(limit);
    const { open } = this.#parts.book;
    return stored.map((drill) => (drill.id === open?.id ? open : drill));
  }

  /** Throws NOT_FOUND. */
  async get(id: number): Promise<Drill> {
    const { open } = this.#parts.book;
    if (open?.id === id) return open;
    const drill = await this.#parts.store.reader.drill(id);
    if (!drill) throw new OperatorError('NOT_FOUND', `There is no drill ${id}.`);
    return drill;
  }

  async report(id: number): Promise<string> {
    return drillMarkdown(await this.get(id));
  }

  /** Throws NOT_FOUND for a provider that does not exist. */
  preview(provider: string): DrillPreview {
    const preview = this.#parts.book.preview(provider);
    if (preview.refusal?.startsWith('There is no provider')) throw new OperatorError('NOT_FOUND', preview.refusal);
    return preview;
  }

  /** Throws CONFLICT with the reason when none may begin, NOT_FOUND for a provider that does not exist. */
  schedule(request: DrillRequest): Drill {
    const { refusal } = this.preview(request.provider);
    if (refusal !== null) throw new OperatorError('CONFLICT', refusal);
    return this.#parts.book.schedule(request);
  }

  abort(note: AbortDrill): Drill | null {
    return this.#parts.book.abort(note);
  }
}
