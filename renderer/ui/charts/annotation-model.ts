import type { Annotation } from '../../../shared/domain/annotations.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';

/** Annotations that stand at one place of a chart, as they would cover one another. */
export interface AnnotationGroup {
  /** Pixels from the left end of the plot. */
  x: number;
  /** Oldest first. */
  annotations: readonly [Annotation, ...Annotation[]];
}

/** Distance at which two marks can be told apart and pressed. */
const SMALLEST_DISTANCE = 24;

/**
 * The annotations that began in the visible time (epoch ms, both ends), on `width` pixels. Those less than 24 pixels
 * from the first of a group join it, so there is at most one mark a 24 pixels however much happened.
 */
export function groupAnnotations(
  annotations: readonly Annotation[],
  [from, to]: readonly [number, number],
  width: number,
): AnnotationGroup[] {
  const groups: AnnotationGroup[] = [];
  for (const annotation of annotations.toSorted((left, right) => left.at - right.at)) {
    if (annotation.at < from || annotation.at > to || to <= from) continue;
    const x = ((annotation.at - from) / (to - from)) * width;
    const last = groups.at(-1);
    if (last && x - last.x < SMALLEST_DISTANCE) {
      groups[groups.length - 1] = { x: last.x, annotations: [...last.annotations, annotation] };
    } else {
      groups.push({ x, annotations: [annotation] });
    }
  }
  return groups;
}

const KIND_WORDS: Readonly<Record<Annotation['kind'], string>> = {
  deploy: 'Deploy',
  note: 'Note',
  override: 'Override',
  config: 'Configuration',
  routing: 'Routing',
  alert: 'Alert',
};

/** What kind of thing happened, in a word. */
export function annotationKindWord(kind: Annotation['kind']): string {
  return KIND_WORDS[kind];
}

/** One annotation in a sentence: `Deploy, 20 Nov 2026, 03:12:04: model server 0.9 (ana)`. */
export function describeAnnotation({ kind, at, text, operator }: Annotation, timeZone?: string): string {
  return `${KIND_WORDS[kind]}, ${formatAbsolute(at, timeZone)}: ${text}${operator === null ? '' : ` (${operator})`}`;
}

/** The kind of a group where all share one; null for a mixture. */
export function groupKind({ annotations }: AnnotationGroup): Annotation['kind'] | null {
  const [first, ...others] = annotations;
  return others.every(({ kind }) => kind === first.kind) ? first.kind : null;
}
