import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import type { Annotation } from '../../../shared/domain/annotations.ts';
import { Button, IconButton } from '../Button.tsx';
import { AnnotationMarks } from './AnnotationMarks.tsx';
import { useCrosshair } from './crosshair.ts';
import { timeTicks } from './time-axis.ts';
import {
  AXIS_HEIGHT,
  BRACKET_HEIGHT,
  EpisodeBrackets,
  LaneSpans,
  TimelineAxis,
  TimelinePatterns,
} from './TimelineDrawing.tsx';
import {
  clampWindow,
  describeSpan,
  drawnSpans,
  episodeBrackets,
  windowTimes,
  zoomAround,
  type Bracket,
  type TimelineEpisode,
  type TimelineLane,
  type TimelineSelection,
  type TimelineWindow,
} from './timeline-model.ts';
import { SpanList, SpanTooltip, StatusKey } from './TimelineParts.tsx';
import { useTimelineGestures } from './timeline-gestures.ts';
import { middleOf, type TimelineFocus } from './timeline-walk.ts';
import { useElementWidth } from './use-element-width.ts';

interface StateTimelineProps {
  lanes: readonly TimelineLane[];
  /** Both ends of the range, epoch ms. */
  since: number;
  until: number;
  episodes?: readonly TimelineEpisode[];
  /** What happened meanwhile, as faint lines with marks under the lanes; they take a row of their own. */
  annotations?: readonly Annotation[];
  selectedEpisodeId?: number | null;
  onSelect?: (selection: TimelineSelection) => void;
  /** The moment that is now (epoch ms), drawn as a line when it is inside; `until` when left out. */
  now?: number;
  /** Pixels for everything; lanes share it between 16 and 30 pixels each. Lanes of 26 pixels when left out. */
  height?: number;
  timeZone?: string;
  /** What it is zoomed to, where the caller keeps it (in the address); kept by the timeline itself when left out. */
  zoom?: TimelineWindow | null;
  onZoom?: (window: TimelineWindow | null) => void;
  /** Offers to make the zoomed part the range of the whole view. */
  onUseRange?: (window: TimelineWindow) => void;
  /** What the picture shows, in a sentence. */
  ariaLabel?: string;
}

const NONE: readonly never[] = [];
/** The row of the marks between lanes and axis. */
const MARKS_HEIGHT = 16;

/**
 * One lane a provider, its states as spans over time, fallback episodes as brackets above. Drag to zoom, or from the
 * keyboard: arrows walk the spans, + and − zoom, Shift+arrows pan, 0 shows all, Enter selects. A list of the same
 * content stands beside it for screen readers.
 */
export function StateTimeline(props: StateTimelineProps) {
  const { lanes, since, until, onSelect, timeZone } = props;
  const episodes = props.episodes ?? NONE;
  const annotations = props.annotations ?? NONE;
  const now = props.now ?? until;
  const patternId = useId().replace(/\W/g, '');
  const hintId = useId();
  const [measure, width] = useElementWidth(720);
  const [ownZoom, setOwnZoom] = useState<TimelineWindow | null>(null);
  const zoom = props.zoom === undefined ? ownZoom : props.zoom;
  const setZoom = props.onZoom ?? setOwnZoom;
  const [focus, setFocus] = useState<TimelineFocus | null>(null);
  const plot = useRef<HTMLDivElement>(null);

  const full = { from: since, to: until };
  const view = zoom ? clampWindow(zoom, full) : full;
  const zoomed = view.to - view.from < until - since;
  const laneHeight = laneHeightOf(props.height, lanes.length);
  const lanesBottom = BRACKET_HEIGHT + laneHeight * lanes.length;
  const axisTop = lanesBottom + (annotations.length > 0 ? MARKS_HEIGHT : 0);
  const scale = (at: number) => ((at - view.from) / (view.to - view.from)) * width;

  const drawn = useMemo(
    () => lanes.map((lane) => drawnSpans(lane.spans, { from: view.from, to: view.to }, width)),
    [lanes, view.from, view.to, width],
  );
  const brackets = useMemo(
    () => episodeBrackets(episodes, { from: view.from, to: view.to }, width, now),
    [episodes, view.from, view.to, width, now],
  );
  const labels = useMemo(() => new Map(lanes.map((lane) => [lane.provider, lane.label ?? lane.provider])), [lanes]);

  const change = (next: TimelineWindow | null) => {
    const whole = next === null || next.to - next.from >= until - since;
    setZoom(whole ? null : next);
  };
  const selectBracket = (bracket: Bracket) => {
    const [first] = bracket.episodes;
    if (bracket.episodes.length > 1) {
      const ends = bracket.episodes.map((episode) => episode.ended_at ?? now);
      const from = Math.min(...bracket.episodes.map((episode) => episode.started_at));
      change(clampWindow({ from: from - 5000, to: Math.max(...ends) + 5000 }, full));
    } else if (first) onSelect?.({ kind: 'episode', id: first.id });
  };

  const gestures = useTimelineGestures({
    lanes,
    drawn,
    view,
    full,
    width,
    laneHeight,
    plot,
    focus,
    setFocus,
    change,
    onSelect,
  });
  const { drag } = gestures;

  const focusedLane = focus ? lanes[focus.lane] : undefined;
  const name = props.ariaLabel ?? `Health of ${lanes.length} providers over time`;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex min-w-0">
        <div className="w-20 shrink-0 pr-2 sm:w-32" style={{ paddingTop: BRACKET_HEIGHT }}>
          {lanes.map((lane) => (
            <div
              key={lane.provider}
              className="flex items-center text-table text-ink-muted"
              style={{ height: laneHeight }}
            >
              <span className="truncate" title={lane.label ?? lane.provider}>
                {lane.label ?? lane.provider}
              </span>
            </div>
          ))}
        </div>
        <div ref={measure} className="relative min-w-0 flex-1">
          <div
            ref={plot}
            role="group"
            tabIndex={0}
            aria-label={name}
            aria-describedby={hintId}
            className="relative cursor-crosshair touch-pan-y select-none"
            {...gestures.handlers}
          >
            <svg
              role="img"
              aria-label={name}
              width={width}
              height={axisTop + AXIS_HEIGHT}
              className="block overflow-visible"
            >
              <TimelinePatterns id={patternId} />
              <TimelineAxis ticks={timeTicks([view.from, view.to], width, timeZone)} scale={scale} bottom={axisTop} />
              {lanes.map((lane, index) => (
                <LaneSpans
                  key={lane.provider}
                  drawn={drawn[index] ?? []}
                  id={patternId}
                  y={BRACKET_HEIGHT + index * laneHeight}
                  height={laneHeight}
                  focused={focus?.lane === index ? focus.span : null}
                />
              ))}
              <EpisodeBrackets
                brackets={brackets}
                width={width}
                selectedId={props.selectedEpisodeId ?? null}
                labelOf={(bracket) => bracketLabel(bracket, labels)}
                onSelect={selectBracket}
              />
              {now >= view.from && now <= view.to && (
                <line x1={scale(now)} x2={scale(now)} y1={BRACKET_HEIGHT - 4} y2={lanesBottom} stroke="var(--accent)" />
              )}
              <TimelineCrosshair view={view} scale={scale} bottom={lanesBottom} />
              {drag && (
                <rect
                  x={Math.min(drag.start, drag.end)}
                  width={Math.abs(drag.end - drag.start)}
                  y={BRACKET_HEIGHT}
                  height={lanesBottom - BRACKET_HEIGHT}
                  fill="var(--accent)"
                  opacity="0.18"
                />
              )}
            </svg>
            {focus && focusedLane && focus.span.to > view.from && focus.span.from < view.to && (
              <SpanTooltip
                label={focusedLane.label ?? focusedLane.provider}
                span={focus.span}
                now={now}
                timeZone={timeZone}
                x={scale(middleOf(focus.span, view))}
                width={width}
                below={BRACKET_HEIGHT + (focus.lane + 1) * laneHeight}
              />
            )}
          </div>
          <AnnotationMarks
            annotations={annotations}
            domain={[view.from, view.to]}
            left={0}
            width={width}
            top={BRACKET_HEIGHT}
            bottom={lanesBottom + MARKS_HEIGHT / 2}
            marks="bottom"
            timeZone={timeZone}
          />
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <StatusKey lanes={lanes} />
        <div className="ml-auto flex items-center gap-1">
          {zoomed && props.onUseRange && (
            <Button size="small" tone="quiet" onClick={() => props.onUseRange?.(view)}>
              Set as range
            </Button>
          )}
          {zoomed && <span className="text-table text-ink-muted tabular-nums">{windowTimes(view, now, timeZone)}</span>}
          <IconButton
            icon={ZoomIn}
            size="small"
            label="Zoom in (+)"
            onClick={() => change(zoomAround(view, full, (view.from + view.to) / 2, 0.5))}
          />
          <IconButton
            icon={ZoomOut}
            size="small"
            label="Zoom out (−)"
            disabled={!zoomed}
            onClick={() => change(zoomAround(view, full, (view.from + view.to) / 2, 2))}
          />
          <IconButton
            icon={Maximize2}
            size="small"
            label="Show the whole range (0)"
            disabled={!zoomed}
            onClick={() => change(null)}
          />
        </div>
      </div>
      <p id={hintId} className="sr-only">
        Arrow keys walk the spans, plus and minus zoom, Shift with arrows pans, 0 shows all, Enter selects.
      </p>
      <p role="status" className="sr-only">
        {focus && focusedLane ? describeSpan(focusedLane.label ?? focusedLane.provider, focus.span, now, timeZone) : ''}
      </p>
      <SpanList lanes={lanes} now={now} timeZone={timeZone} />
    </div>
  );
}

function TimelineCrosshair({
  view,
  scale,
  bottom,
}: {
  view: TimelineWindow;
  scale: (at: number) => number;
  bottom: number;
}) {
  const at = useCrosshair((state) => state.at);
  if (at === null || at < view.from || at > view.to) return null;
  return (
    <line
      x1={scale(at)}
      x2={scale(at)}
      y1={BRACKET_HEIGHT}
      y2={bottom}
      stroke="var(--line-strong)"
      pointerEvents="none"
    />
  );
}

function bracketLabel(bracket: Bracket, labels: ReadonlyMap<string, string>): string {
  const [first] = bracket.episodes;
  if (bracket.episodes.length > 1) return `${bracket.episodes.length} episodes`;
  const to = first?.to_provider;
  return to ? `→ ${labels.get(to) ?? to}` : 'nobody served';
}

function laneHeightOf(height: number | undefined, lanes: number): number {
  if (height === undefined || lanes === 0) return 26;
  return Math.min(30, Math.max(16, (height - BRACKET_HEIGHT - AXIS_HEIGHT) / lanes));
}
