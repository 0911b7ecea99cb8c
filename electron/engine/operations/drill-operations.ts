import {
  hasBegun,
  type AbortDrill,
  type Drill,
  type DrillDetail,
  type DrillPreview,
  type DrillReportQuery,
  type DrillRequest,
} from '../../../shared/domain/drills.ts';
import type { Clock } from '../clock.ts';
import type { DrillBook } from '../drills/drill-book.ts';
import { drillOpening } from '../drills/drill-report.ts';
import { OperatorError } from './operator-error.ts';
import type { IncidentOperations } from './incident-operations.ts';
import { exerciseHtml } from '../incidents/report-html.ts';
import { exerciseMarkdown } from '../incidents/report-markdown.ts';
import type { Store } from '../store/types.ts';
import type { TimeRange } from '../store/time-range.ts';
import type { TextDocument } from '../text-document.ts';

/** Most incidents that one drill is told with; a drill lasts half an hour at most. */
const MAXIMUM_INCIDENTS = 100;

export interface DrillOperationsParts {
  book: DrillBook;
  store: Pick<Store, 'reader'>;
  incidents: Pick<IncidentOperations, 'ofProvider'>;
  clock: Clock;
  /** Whether the providers are the built-in simulated ones, which every report says. */
  simulated: () => boolean;
}

/** What operators ask of drills. The open one is answered from memory, where its figures are fresh. */
export class DrillOperations {
  readonly #parts: DrillOperationsParts;

  constructor(parts: DrillOperationsParts) {
    this.#parts = parts;
  }

  async list(limit: number): Promise<Drill[]> {
    const stored = await this.#parts.store.reader.drills(limit);
    const { open } = this.#parts.book;
    return stored.map((drill) => (drill.id === open?.id ? open : drill));
  }

  /** With the incidents that it made. Throws NOT_FOUND. */
  async get(id: number): Promise<DrillDetail> {
    const drill = await this.#find(id);
    const range = this.#rangeOf(drill);
    const episodes = range === null ? [] : await this.#parts.store.reader.episodes(range, MAXIMUM_INCIDENTS);
    const own = episodes.filter(({ from_provider: primary }) => primary === drill.provider);
    return { ...drill, incident_ids: own.map((episode) => episode.id).toReversed() };
  }

  /** The verdict and the figures against their targets, then each of its incidents as it is told by itself. Throws NOT_FOUND. */
  async report({ id, format }: DrillReportQuery): Promise<TextDocument> {
    const { incidents: all, clock, simulated } = this.#parts;
    const drill = await this.#find(id);
    const range = this.#rangeOf(drill);
    const incidents = range === null ? [] : await all.ofProvider(drill.provider, range);
    const name = `drill-${id}.${format}`;
    const opening = drillOpening(drill, simulated());
    const at = clock.now();
    switch (format) {
      case 'md':
        return { name, mediaType: 'text/markdown', text: exerciseMarkdown(opening, incidents, at) };
      case 'html':
        return { name, mediaType: 'text/html', text: exerciseHtml(opening, incidents, at) };
      case 'json':
        return { name, mediaType: 'application/json', text: `${JSON.stringify({ drill, incidents }, null, 2)}\n` };
      default:
        return format satisfies never;
    }
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

  async #find(id: number): Promise<Drill> {
    const { open } = this.#parts.book;
    if (open?.id === id) return open;
    const drill = await this.#parts.store.reader.drill(id);
    if (!drill) throw new OperatorError('NOT_FOUND', `There is no drill ${id}.`);
    return drill;
  }

  /** From its first fault to its end; null for one that has not begun. */
  #rangeOf(drill: Drill): TimeRange | null {
    if (!hasBegun(drill)) return null;
    return { since: drill.starts_at, until: (drill.ended_at ?? this.#parts.clock.now()) + 1 };
  }
}
