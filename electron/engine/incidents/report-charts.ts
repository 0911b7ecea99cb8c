import { escapeMarkup } from '../../../shared/format/markup.ts';
import type { LaneSpan } from '../../../shared/domain/history.ts';
import { formatClockSeconds } from '../../../shared/format/time.ts';

/** One curve; null leaves a gap. Times are epoch milliseconds. */
export interface ChartLine {
  name: string;
  points: { at: number; value: number | null }[];
}

interface Frame {
  since: number;
  until: number;
  /** Moments that are marked across the chart. */
  marks: { at: number; label: string }[];
}

const WIDTH = 900;
/** Room for a name of `LONGEST_NAME` characters in the widest of the common system fonts. */
const LEFT = 150;
const RIGHT = 12;
const TOP = 22;
const PLOT_HEIGHT = 130;
const LANE_HEIGHT = 22;
const LONGEST_NAME = 20;
const CHARACTER_WIDTH = 7;
const LEGEND_ROW = 16;
/** Dark enough for paper, and told apart by their dashes too where colour is not printed. */
const STROKES = [
  { colour: '#1f5fbf', dash: '' },
  { colour: '#b4451f', dash: '7 3' },
  { colour: '#2c7a3f', dash: '2 3' },
  { colour: '#7a3fa0', dash: '10 3 2 3' },
  { colour: '#5a6274', dash: '4 4' },
];
const LANE_COLOURS: Readonly<Record<LaneSpan['status'], string>> = {
  healthy: '#3f9a5b',
  degraded: '#d9a300',
  unhealthy: '#c2371f',
  unknown: '#9aa2b4',
  disabled: '#c9cedb',
  no_data: '#eef0f4',
};

/** Curves over time as SVG with a legend. `least` is the top of the axis at the least; 1 of a unit when left out. */
export function linesSvg({
  lines,
  format,
  least = 1,
  ...frame
}: Frame & { lines: ChartLine[]; format: (value: number) => string; least?: number }): string {
  const values = lines.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])));
  const top = Math.max(least, ...values);
  const y = (value: number) => TOP + PLOT_HEIGHT - (value / top) * PLOT_HEIGHT;
  const x = scale(frame);
  const legend = legendOf(lines, TOP + PLOT_HEIGHT + 34);
  const grid = [0, 0.5, 1].map((share) => {
    const at = round(y(top * share));
    return `<line x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}" stroke="#e4e7ee"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${escapeMarkup(format(top * share))}</text>`;
  });
  const curves = lines.map(({ points }, index) => {
    const { colour, dash } = strokeOf(index);
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    return `<path d="${pathOf(points, x, y)}" fill="none" stroke="${colour}" stroke-width="1.8" stroke-linecap="round"${dashes}/>`;
  });
  const label = `${lines.map(({ name }) => name).join(', ') || 'nothing'} over time, at most ${format(Math.max(0, ...values))}`;
  return svg(legend.bottom + 6, label, [
    ...grid,
    ...axis(frame, TOP + PLOT_HEIGHT),
    ...markLines(frame, TOP + PLOT_HEIGHT),
    ...curves,
    ...legend.parts,
  ]);
}

/** Health of every provider over time as SVG; the words stand in each span's title. */
export function lanesSvg({ lanes, ...frame }: Frame & { lanes: { provider: string; spans: LaneSpan[] }[] }): string {
  const x = scale(frame);
  const bottom = TOP + lanes.length * LANE_HEIGHT;
  const rows = lanes.map(({ provider, spans }, index) => {
    const top = TOP + index * LANE_HEIGHT;
    const bars = spans.map(({ from, to, status, reason }) => {
      const left = round(x(from));
      const title = escapeMarkup(`${provider}: ${status.replace('_', ' ')}${reason === '' ? '' : `, ${reason}`}`);
      return `<rect x="${left}" y="${top + 3}" width="${round(Math.max(0.5, x(to) - left))}" height="${LANE_HEIGHT - 7}" fill="${LANE_COLOURS[status]}"><title>${title}</title></rect>`;
    });
    return `<text x="${LEFT - 6}" y="${top + 15}" text-anchor="end">${escapeMarkup(shortened(provider))}<title>${escapeMarkup(provider)}</title></text>${bars.join('')}`;
  });
  const statuses = [...new Set(lanes.flatMap(({ spans }) => spans.map(({ status }) => status)))];
  const key = statuses.map(
    (status, index) =>
      `<rect x="${LEFT + index * 110}" y="${bottom + 24}" width="12" height="12" fill="${LANE_COLOURS[status]}"/><text x="${LEFT + index * 110 + 17}" y="${bottom + 34}">${status.replace('_', ' ')}</text>`,
  );
  const label = lanes
    .map(({ provider, spans }) => `${provider}: ${spans.map(({ status }) => status).join(', ')}`)
    .join('; ');
  return svg(bottom + 42, label, [...rows, ...axis(frame, bottom), ...markLines(frame, bottom), ...key]);
}

function svg(height: number, label: string, parts: string[]): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeMarkup(label)}" font-family="system-ui, sans-serif" font-size="11" fill="#3a4152">${parts.join('')}</svg>`;
}

function scale({ since, until }: Frame): (at: number) => number {
  const perMs = (WIDTH - LEFT - RIGHT) / Math.max(1, until - since);
  return (at) => LEFT + (Math.min(until, Math.max(since, at)) - since) * perMs;
}

function strokeOf(index: number): { colour: string; dash: string } {
  return STROKES[index % STROKES.length] ?? { colour: '#5a6274', dash: '' };
}

/** A gap in the figures is a gap in the curve; a point alone is drawn as a dot. */
function pathOf(points: ChartLine['points'], x: (at: number) => number, y: (value: number) => number): string {
  let isDrawing = false;
  return points
    .map(({ at, value }, index) => {
      if (value === null) {
        isDrawing = false;
        return '';
      }
      const place = `${round(x(at))} ${round(y(value))}`;
      const isAlone = !isDrawing && (points[index + 1]?.value ?? null) === null;
      const step = isDrawing ? `L${place}` : `M${place}${isAlone ? 'h0.01' : ''}`;
      isDrawing = true;
      return step;
    })
    .join('');
}

function axis(frame: Frame, bottom: number): string[] {
  const x = scale(frame);
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = frame.since + (frame.until - frame.since) * share;
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    return `<text x="${round(x(at))}" y="${bottom + 15}" text-anchor="${anchor}">${formatClockSeconds(at, 'UTC')}</text>`;
  });
}

function markLines(frame: Frame, bottom: number): string[] {
  const x = scale(frame);
  return frame.marks.map(({ at, label }) => {
    const place = round(x(at));
    const anchor = place > WIDTH - 90 ? 'end' : 'start';
    return `<line x1="${place}" y1="${TOP - 4}" x2="${place}" y2="${bottom}" stroke="#3a4152" stroke-dasharray="3 3"/><text x="${place + (anchor === 'end' ? -4 : 4)}" y="${TOP - 8}" text-anchor="${anchor}">${escapeMarkup(label)}</text>`;
  });
}

/** Below the axis, from left to right, in as many rows as it takes. */
function legendOf(lines: readonly ChartLine[], top: number): { parts: string[]; bottom: number } {
  let left = LEFT;
  let bottom = top;
  const parts = lines.map(({ name }, index) => {
    const { colour, dash } = strokeOf(index);
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    const shown = shortened(name);
    const width = 46 + shown.length * CHARACTER_WIDTH;
    if (left > LEFT && left + width > WIDTH) {
      left = LEFT;
      bottom += LEGEND_ROW;
    }
    const part = `<line x1="${left}" y1="${bottom - 4}" x2="${left + 22}" y2="${bottom - 4}" stroke="${colour}" stroke-width="2"${dashes}/><text x="${left + 28}" y="${bottom}">${escapeMarkup(shown)}<title>${escapeMarkup(name)}</title></text>`;
    left += width;
    return part;
  });
  return { parts, bottom };
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
