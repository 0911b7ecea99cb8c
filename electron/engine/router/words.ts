import type { Registry } from '../registry/types.ts';
import type { Place } from './candidate-order.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** `03:12 UTC`, with the date when it is more than half a day away. */
export function clockTime(at: number, now: number): string {
  const [date, time] = new Date(at).toISOString().split('T');
  const minutes = `${(time ?? '').slice(0, 5)} UTC`;
  return Math.abs(now - at) < DAY_MS / 2 ? minutes : `${date} ${minutes}`;
}

/** What a provider is in this order, such as "primary" or "fallback 2". */
export function roleWords({ provider, role }: Place, { routing }: Registry): string {
  switch (role) {
    case 'forced':
      return 'forced by the request';
    case 'override':
      return 'forced by the operator';
    case 'wanted':
      return 'asked for';
    case 'primary':
      return provider === routing.primary ? 'primary' : 'shares load with the primary';
    case 'fallback': {
      const position = routing.fallbackChain.indexOf(provider);
      return position > 0 ? `fallback ${position}` : 'fallback';
    }
  }
}
