import { clsx } from 'clsx';
import { useMemo } from 'react';
import type { Annotation } from '../../../shared/domain/annotations.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { Tooltip } from '../Tooltip.tsx';
import {
  annotationKindWord,
  describeAnnotation,
  groupAnnotations,
  groupKind,
  type AnnotationGroup,
} from './annotation-model.ts';

interface AnnotationMarksProps {
  annotations: readonly Annotation[];
  /** Epoch ms of both ends of the plot. */
  domain: readonly [number, number];
  /** Where the plot begins in the element that these stand in, and how wide it is; pixels. */
  left: number;
  width: number;
  /** Both ends of the lines, pixels from the top. */
  top: number;
  bottom: number;
  /** At which end of its line a mark stands; `none` draws the lines alone, where a neighbour has the marks already. */
  marks: 'top' | 'bottom' | 'none';
  timeZone?: string;
}

/** Half of a mark's own size. */
const HALF = 8;
/** A tooltip names these; the others are counted. */
const MOST_NAMED = 6;

/** What happened beside the curves: a faint line each, with a mark that tells more on hover and on focus. */
export function AnnotationMarks(props: AnnotationMarksProps) {
  const { annotations, domain, left, width, top, bottom, marks, timeZone } = props;
  const [from, to] = domain;
  const groups = useMemo(() => groupAnnotations(annotations, [from, to], width), [annotations, from, to, width]);
  return groups.map((group) => {
    const [first] = group.annotations;
    const x = left + group.x;
    return (
      <div key={first.id} className="pointer-events-none absolute inset-0" data-annotation={first.id}>
        <div
          aria-hidden="true"
          className="absolute border-l border-dashed border-ink-faint/60"
          style={{ left: x, top, height: bottom - top }}
        />
        {marks !== 'none' && (
          <Tooltip content={<GroupWords group={group} timeZone={timeZone} />}>
            <button
              type="button"
              aria-label={groupLabel(group, timeZone)}
              className="pointer-events-auto absolute flex size-4 cursor-default items-center justify-center rounded-small bg-surface"
              style={{ left: x - HALF, top: marks === 'top' ? top - HALF : bottom - HALF }}
            >
              <AnnotationShape kind={groupKind(group)} />
              {group.annotations.length > 1 && (
                <span className="absolute left-full text-micro text-ink-muted tabular-nums">
                  {group.annotations.length}
                </span>
              )}
            </button>
          </Tooltip>
        )}
      </div>
    );
  });
}

function groupLabel(group: AnnotationGroup, timeZone: string | undefined): string {
  const [first, ...others] = group.annotations;
  if (others.length === 0) return describeAnnotation(first, timeZone);
  return `${others.length + 1} events from ${formatAbsolute(first.at, timeZone)}`;
}

function GroupWords({ group, timeZone }: { group: AnnotationGroup; timeZone: string | undefined }) {
  const named = group.annotations.slice(0, MOST_NAMED);
  const others = group.annotations.length - named.length;
  return (
    <div className="flex flex-col gap-1">
      {group.annotations.length > 1 && <p className="font-medium">{group.annotations.length} events</p>}
      {named.map((annotation) => (
        <p key={annotation.id} className="flex items-baseline gap-1.5">
          <AnnotationShape kind={annotation.kind} />
          <span className="min-w-0">
            <span className="text-ink-muted">
              {annotationKindWord(annotation.kind)}, {formatAbsolute(annotation.at, timeZone)}
            </span>
            <span className="block break-words">
              {annotation.text}
              {annotation.operator !== null && <span className="text-ink-muted"> ({annotation.operator})</span>}
            </span>
          </span>
        </p>
      ))}
      {others > 0 && <p className="text-ink-muted">and {others} more</p>}
    </div>
  );
}

/** The shape of a kind; several kinds at one place are a bar of dots. Hidden from screen readers. */
export function AnnotationShape({ kind }: { kind: Annotation['kind'] | null }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 10 10"
      width={10}
      height={10}
      className={clsx(
        'shrink-0',
        kind === 'override'
          ? 'text-forced'
          : kind === 'alert'
            ? 'text-warn'
            : kind === null
              ? 'text-ink'
              : 'text-ink-muted',
      )}
    >
      <Shape kind={kind} />
    </svg>
  );
}

function Shape({ kind }: { kind: Annotation['kind'] | null }) {
  switch (kind) {
    case 'deploy':
      return <path d="M2 0.5v9M2 1h7L6.8 3.5 9 6H2" fill="currentColor" stroke="currentColor" strokeWidth="1" />;
    case 'note':
      return <path d="M1 1h8v5.5H5L2.8 9V6.5H1Z" fill="none" stroke="currentColor" strokeWidth="1.3" />;
    case 'override':
      return <path d="M5 0 10 5 5 10 0 5Z" fill="currentColor" />;
    case 'config':
    case 'routing':
      return <path d="M1 2h8M1 5h8M1 8h8" stroke="currentColor" strokeWidth="1.6" />;
    case 'alert':
      return <path d="M5 0.8v5.4M5 8.2v1.4" stroke="currentColor" strokeWidth="2" />;
    case null:
      return <path d="M0.5 5h2M4 5h2M7.5 5h2" stroke="currentColor" strokeWidth="2.4" />;
  }
}
