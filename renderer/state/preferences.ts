import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { DEFAULT_RANGE, type Range } from './range.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface Preferences {
  theme: Theme;
  /** The range of a view whose address names none. */
  range: Range;
  /** Who acts; remembered so that an override at night asks one thing less. */
  operator: string;
}

/** What this viewer chose, kept in the browser's local storage. */
export const usePreferences = create<Preferences>()(
  persist((): Preferences => ({ theme: 'system', range: DEFAULT_RANGE, operator: '' }), {
    name: 'switchyard-preferences',
    version: 1,
  }),
);

/** The theme that `data-theme` gets. */
export function resolveTheme(theme: Theme, systemIsDark: boolean): 'light' | 'dark' {
  if (theme === 'system') return systemIsDark ? 'dark' : 'light';
  return theme;
}
