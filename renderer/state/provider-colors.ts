import { useMemo } from 'react';
import { useLive } from './live.ts';

/** A provider's categorical hue, or a colour with a meaning of its own. Each is a token: `--provider-0` or `--accent`. */
export type SeriesColor = `provider-${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11}` | 'accent' | 'neutral';

const HUES: readonly SeriesColor[] = [
  'provider-0',
  'provider-1',
  'provider-2',
  'provider-3',
  'provider-4',
  'provider-5',
  'provider-6',
  'provider-7',
  'provider-8',
  'provider-9',
  'provider-10',
  'provider-11',
];

/** Hues by the providers' order in the registry, so that one provider has one hue on every screen. A thirteenth shares the first's. */
export function assignProviderColors(names: readonly string[]): ReadonlyMap<string, SeriesColor> {
  return new Map(names.map((name, index) => [name, HUES[index % HUES.length] ?? 'neutral']));
}

/** Looks up a provider's hue; one that the registry no longer holds is neutral. */
export function useProviderColors(): (provider: string) => SeriesColor {
  const names = useLive((state) => state.status?.providers.map(({ name }) => name).join('\n') ?? '');
  return useMemo(() => {
    const colors = assignProviderColors(names === '' ? [] : names.split('\n'));
    return (provider: string) => colors.get(provider) ?? 'neutral';
  }, [names]);
}

/** The CSS value of a series colour. */
export function colorValue(color: SeriesColor): string {
  return color === 'neutral' ? 'var(--ink-faint)' : `var(--${color})`;
}

/**
 * Looks up what a provider is called on screen; its registry name where it has no other. Series and costs have an empty
 * name for requests that nobody answered.
 */
export function useProviderLabels(): (provider: string) => string {
  const pairs = useLive(
    (state) => state.status?.providers.map(({ name, display_name: label }) => `${name}\t${label}`).join('\n') ?? '',
  );
  return useMemo(() => {
    const labels = new Map(pairs.split('\n').map((pair) => pair.split('\t') as [string, string]));
    return (provider: string) => (provider === '' ? 'no answer' : (labels.get(provider) ?? provider));
  }, [pairs]);
}
