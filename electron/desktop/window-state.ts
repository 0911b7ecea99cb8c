import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const boundsSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const windowStateSchema = z.object({ bounds: boundsSchema, maximized: z.boolean() });
export type Bounds = z.infer<typeof boundsSchema>;
export type WindowState = z.infer<typeof windowStateSchema>;

const MINIMUM = { width: 400, height: 400 };
const DEFAULT = { width: 1360, height: 880 };
/** Pixels of a window that have to be on a screen, so that it can be dragged. */
const VISIBLE = 100;

/** Where the window goes: where it was, if enough of that is still on a screen, else centred on the first one. */
export function placeWindow(saved: WindowState | null, workAreas: readonly Bounds[]): WindowState {
  const bounds = saved?.bounds;
  const onScreen =
    bounds !== undefined &&
    workAreas.some(
      (area) =>
        bounds.x + bounds.width - area.x >= VISIBLE &&
        area.x + area.width - bounds.x >= VISIBLE &&
        bounds.y >= area.y - 1 &&
        area.y + area.height - bounds.y >= VISIBLE,
    );
  if (saved && bounds && onScreen) {
    const size = { width: Math.max(bounds.width, MINIMUM.width), height: Math.max(bounds.height, MINIMUM.height) };
    return { bounds: { ...bounds, ...size }, maximized: saved.maximized };
  }
  const area = workAreas[0] ?? { x: 0, y: 0, ...DEFAULT };
  const width = Math.min(DEFAULT.width, area.width);
  const height = Math.min(DEFAULT.height, area.height);
  const x = Math.round(area.x + (area.width - width) / 2);
  const y = Math.round(area.y + (area.height - height) / 2);
  return { bounds: { x, y, width, height }, maximized: saved?.maximized ?? false };
}

export function readWindowState(path: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Remembers the window; a place that cannot be written costs the memory and nothing else. */
export function saveWindowState(path: string, state: WindowState): void {
  try {
    writeFileSync(path, JSON.stringify(state));
  } catch {
    return;
  }
}
