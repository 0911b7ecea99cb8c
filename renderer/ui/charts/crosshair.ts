import { create } from 'zustand';

interface CrosshairState {
  /** The moment under the pointer in any chart of the view (epoch ms); null when it is in none. */
  at: number | null;
  /** Which chart the pointer is in, by its own id. */
  source: string | null;
  point: (at: number | null, source: string) => void;
}

/** The crosshair that all charts of a view share: each draws a line where the pointer is in one of them. */
export const useCrosshair = create<CrosshairState>()((set, get) => ({
  at: null,
  source: null,
  point(at, source) {
    const current = get();
    if (current.at === at && current.source === source) return;
    // A chart that the pointer leaves may only clear what it has set itself.
    if (at === null && current.source !== source) return;
    set({ at, source: at === null ? null : source });
  },
}));
