import { useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import { BRACKET_HEIGHT } from './TimelineDrawing.tsx';
import {
  clampWindow,
  panBy,
  spanAt,
  zoomAround,
  type DrawnSpan,
  type TimelineLane,
  type TimelineSelection,
  type TimelineWindow,
} from './timeline-model.ts';
import { middleOf, stepLane, stepSpan, type TimelineFocus } from './timeline-walk.ts';

/** Pixels from which a press that moves is a drag. */
const DRAG_THRESHOLD = 5;

interface TimelineGround {
  lanes: readonly TimelineLane[];
  /** What is drawn, lane by lane. */
  drawn: readonly (readonly DrawnSpan[])[];
  /** What is in sight, of what there is. */
  view: TimelineWindow;
  full: TimelineWindow;
  /** Pixels. */
  width: number;
  laneHeight: number;
  plot: RefObject<HTMLDivElement | null>;
  focus: TimelineFocus | null;
  setFocus: (focus: TimelineFocus | null) => void;
  /** Zooms; null shows all. */
  change: (next: TimelineWindow | null) => void;
  onSelect: ((selection: TimelineSelection) => void) | undefined;
}

/**
 * Pointer and keyboard of a timeline: hovering and arrow keys walk the spans, dragging, + and − zoom, Shift with arrows
 * pans, 0 shows all, a click or Enter selects. `drag` is the stretch being dragged, in pixels.
 */
export function useTimelineGestures(ground: TimelineGround) {
  const { lanes, drawn, view, full, width, laneHeight, plot, focus, setFocus, change, onSelect } = ground;
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);
  const timeOf = (x: number) => view.from + (x / width) * (view.to - view.from);

  const pointAt = (event: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect();
    return { x: Math.min(width, Math.max(0, event.clientX - (box?.left ?? 0))), y: event.clientY - (box?.top ?? 0) };
  };
  const hover = (x: number, y: number): TimelineFocus | null => {
    const lane = Math.floor((y - BRACKET_HEIGHT) / laneHeight);
    const hit = drawn[lane]?.find((one) => one.x <= x && x < one.x + one.width);
    const span = hit?.span ?? (lanes[lane] ? spanAt(lanes[lane].spans, timeOf(x)) : undefined);
    return span ? { lane, span } : null;
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const { x } = pointAt(event);
    setDrag({ start: x, end: x });
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const { x, y } = pointAt(event);
    setFocus(hover(x, y));
    if (!drag) return;
    setDrag({ start: drag.start, end: x });
    // Captured only once it is a drag, or the click on a bracket would be taken from it.
    if (Math.abs(x - drag.start) > DRAG_THRESHOLD) event.currentTarget.setPointerCapture?.(event.pointerId);
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const { x, y } = pointAt(event);
    setDrag(null);
    if (!drag) return;
    if (Math.abs(x - drag.start) > DRAG_THRESHOLD) {
      setFocus(null);
      change(clampWindow({ from: timeOf(Math.min(drag.start, x)), to: timeOf(Math.max(drag.start, x)) }, full));
      return;
    }
    const hit = hover(x, y);
    const lane = hit ? lanes[hit.lane] : undefined;
    if (hit && lane) onSelect?.({ kind: 'span', provider: lane.provider, span: hit.span });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const centre = focus ? middleOf(focus.span, view) : (view.from + view.to) / 2;
    const actions: Record<string, () => void> = {
      '+': () => change(zoomAround(view, full, centre, 0.5)),
      '=': () => change(zoomAround(view, full, centre, 0.5)),
      '-': () => change(zoomAround(view, full, centre, 2)),
      '0': () => change(null),
      ArrowLeft: () => (event.shiftKey ? change(panBy(view, full, -0.25)) : setFocus(stepSpan(lanes, focus, -1, view))),
      ArrowRight: () => (event.shiftKey ? change(panBy(view, full, 0.25)) : setFocus(stepSpan(lanes, focus, 1, view))),
      ArrowUp: () => setFocus(stepLane(lanes, focus, -1, view)),
      ArrowDown: () => setFocus(stepLane(lanes, focus, 1, view)),
      Escape: () => setFocus(null),
      Enter: () => {
        const lane = focus ? lanes[focus.lane] : undefined;
        if (focus && lane) onSelect?.({ kind: 'span', provider: lane.provider, span: focus.span });
      },
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  return {
    drag: drag && Math.abs(drag.end - drag.start) > DRAG_THRESHOLD ? drag : null,
    handlers: {
      onKeyDown,
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onBlur: () => setFocus(null),
      onPointerLeave: () => !drag && setFocus(null),
      onPointerCancel: () => setDrag(null),
    },
  };
}
