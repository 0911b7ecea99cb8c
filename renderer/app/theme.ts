import { resolveTheme, usePreferences } from '../state/preferences.ts';

/** Keeps `data-theme` on the document what the viewer, or else the system, asks for. */
export function followTheme(): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    document.documentElement.dataset['theme'] = resolveTheme(usePreferences.getState().theme, system.matches);
  };
  apply();
  system.addEventListener('change', apply);
  usePreferences.subscribe(apply);
}
