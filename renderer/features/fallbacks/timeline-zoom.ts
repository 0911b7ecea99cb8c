import type { TimelineWindow } from '../../ui/charts/timeline-model.ts';

/** The part of the timeline in sight, as the address has it: `zoom=1763600000000-1763603600000` (epoch ms); null when there is none. */
export function parseZoom(text: string | null): TimelineWindow | null {
  const [, from, to] = /^(\d{12,14})-(\d{12,14})$/.exec(text ?? '') ?? [];
  if (from === undefined || to === undefined || Number(from) >= Number(to)) return null;
  return { from: Number(from), to: Number(to) };
}

/** What {@link parseZoom} reads. */
export function writeZoom({ from, to }: TimelineWindow): string {
  return `${Math.floor(from)}-${Math.ceil(to)}`;
}
