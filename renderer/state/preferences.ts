import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { DEFAULT_RANGE, type Range } from './range.ts';

export type Theme = 'system' | 'light' | 'dark';

/** The theme that one press leads to. */
export const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

export interface Preferences {
  theme: Theme;
  /** The range of a view whose address names none. */
  range: Range;
  /** Who acts; remembered so that an override at night asks one thing less. */
  operator: string;
  /** Ids of the actions used last, newest first. */
  recentActions: readonly string[];
  /** Whether charts show what happened beside their curves. */
  showAnnotations: boolean;
}

const RECENT_KEPT = 6;

/** Remembers that an action was used. */
export function noteAction(id: string): void {
  usePreferences.setState(({ recentActions: before }) => ({
    recentActions: [id, ...before.filter((each) => each !== id)].slice(0, RECENT_KEPT),
  }));
}

/** What this viewer chose, kept in the browser's local storage. */
export const usePreferences = create<Preferences>()(
  persist(
    (): Preferences => ({
      theme: 'system',
      range: DEFAULT_RANGE,
      operator: '',
      recentActions: [],
      showAnnotations: true,
    }),
    {
      name: 'switchyard-preferences',
      version: 1,
    },
  ),
);

/** The theme that `data-theme` gets. */
export function resolveTheme(theme: Theme, systemIsDark: boolean): 'light' | 'dark' {
  if (theme === 'system') return systemIsDark ? 'dark' : 'light';
  return theme;
}
