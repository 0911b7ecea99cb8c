import type { Bracket, DrawnSpan, TimelineStatus } from './timeline-model.ts';
import type { TimeTick } from './time-axis.ts';

export const BRACKET_HEIGHT = 20;
export const AXIS_HEIGHT = 20;
/** Mean width of a letter of the labels. */
const CHARACTER_PX = 6;

/**
 * How a state looks on a lane. Height and pattern carry it as well as colour: healthy is a thin line, degraded is
 * striped, unhealthy fills the lane, so that the picture reads the same without colour.
 */
const LOOKS: Readonly<Record<TimelineStatus, { height: number; fill: (id: string) => string; opacity: number }>> = {
  healthy: { height: 0.3, fill: () => 'var(--ok)', opacity: 0.8 },
  degraded: { height: 0.62, fill: (id) => `url(#${id}-degraded)`, opacity: 1 },
  unhealthy: { height: 1, fill: () => 'var(--bad)', opacity: 1 },
  unknown: { height: 0.62, fill: (id) => `url(#${id}-unknown)`, opacity: 1 },
  disabled: { height: 0.1, fill: () => 'var(--off)', opacity: 0.6 },
  no_data: { height: 1, fill: (id) => `url(#${id}-no_data)`, opacity: 1 },
};

/** Patterns of the states that are not a plain fill; `id` keeps those of two timelines apart. */
export function TimelinePatterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-degraded`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" fill="var(--warn)" opacity="0.45" />
        <rect width="3" height="6" fill="var(--warn)" />
      </pattern>
      <pattern id={`${id}-unknown`} width="5" height="5" patternUnits="userSpaceOnUse">
        <circle cx="2.5" cy="2.5" r="1.2" fill="var(--off)" />
      </pattern>
      <pattern id={`${id}-no_data`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="1.2" height="6" fill="var(--line-strong)" opacity="0.7" />
      </pattern>
    </defs>
  );
}

/** The spans of one lane around its middle line. */
export function LaneSpans(props: {
  drawn: readonly DrawnSpan[];
  id: string;
  y: number;
  height: number;
  focused: DrawnSpan['span'] | null;
}) {
  const { drawn, id, y, height, focused } = props;
  const room = height - 6;
  return drawn.map(({ x, width, span }) => {
    const look = LOOKS[span.status];
    const tall = Math.max(2, room * look.height);
    const top = y + (height - tall) / 2;
    return (
      <g key={`${span.from} ${x}`}>
        <rect
          x={x}
          y={top}
          width={width}
          height={tall}
          fill={look.fill(id)}
          opacity={look.opacity}
          shapeRendering="crispEdges"
        />
        {span === focused && (
          <rect
            x={x + 0.5}
            y={y + 1.5}
            width={Math.max(1, width - 1)}
            height={height - 3}
            fill="none"
            stroke="var(--ink)"
          />
        )}
      </g>
    );
  });
}

/** Episodes as brackets above the lanes, named where there is room; an open one has no right leg. */
export function EpisodeBrackets(props: {
  brackets: readonly Bracket[];
  width: number;
  selectedId: number | null;
  labelOf: (bracket: Bracket) => string;
  onSelect: (bracket: Bracket) => void;
}) {
  const { brackets, width: plotWidth, selectedId, labelOf, onSelect } = props;
  return brackets.map((bracket, index) => {
    const { x, width, open, episodes } = bracket;
    const selected = episodes.some(({ id }) => id === selectedId);
    const color = selected ? 'var(--accent)' : 'var(--ink-muted)';
    const label = labelOf(bracket);
    const labelWidth = label.length * CHARACTER_PX;
    const previous = brackets[index - 1];
    const rightward = (brackets[index + 1]?.x ?? plotWidth) - x >= labelWidth;
    // At the right edge the name goes to the left, unless it would run over the neighbour's.
    const leftward =
      !rightward &&
      index === brackets.length - 1 &&
      x + width - (previous?.x ?? 0) >= labelWidth * (previous ? 2.2 : 1);
    return (
      <g
        key={episodes[0]?.id}
        className="cursor-pointer"
        data-episode={episodes[0]?.id}
        onClick={(event) => {
          event.stopPropagation();
          onSelect(bracket);
        }}
      >
        <rect x={x - 3} width={width + 6} height={BRACKET_HEIGHT} fill="transparent" />
        <path
          d={`M${x + 0.5} ${BRACKET_HEIGHT - 2}v-5h${Math.max(2, width - 1)}${open ? '' : 'v5'}`}
          fill="none"
          stroke={color}
          strokeWidth={selected ? 2 : 1.25}
        />
        {(rightward || leftward) && (
          <text x={rightward ? x : x + width} y={9} textAnchor={rightward ? 'start' : 'end'} fontSize="11" fill={color}>
            {label}
          </text>
        )}
      </g>
    );
  });
}

/** Round times under the lanes, with a faint line up through them. */
export function TimelineAxis({
  ticks,
  scale,
  bottom,
}: {
  ticks: readonly TimeTick[];
  scale: (at: number) => number;
  bottom: number;
}) {
  return ticks.map(({ at, label }) => (
    <g key={at}>
      <line x1={scale(at)} x2={scale(at)} y1={BRACKET_HEIGHT} y2={bottom} stroke="var(--line)" />
      <text x={scale(at)} y={bottom + 14} textAnchor="middle" fontSize="11" fill="var(--ink-faint)">
        {label}
      </text>
    </g>
  ));
}
