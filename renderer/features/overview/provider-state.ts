import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { formatPercent } from '../../../shared/format/number.ts';
import { formatClockSeconds } from '../../../shared/format/time.ts';
import { statusWord, type MarkStatus } from '../../ui/StatusMark.tsx';
import { countdownText } from '../../ui/time.tsx';

/** The mark of a card: what a human did goes before what was measured. */
export function cardMark(provider: ProviderStatus): { mark: MarkStatus; word: string; since: number; reason: string } {
  const { isolation, health } = provider;
  if (isolation)
    return {
      mark: 'forced',
      word: 'isolated',
      since: isolation.since,
      reason: `taken out by ${isolation.operator}: ${isolation.reason}`,
    };
  // What a good probe found is no news.
  const reason = health.status === 'healthy' ? '' : health.reason;
  return { mark: health.status, word: statusWord(health.status), since: health.since, reason };
}

/** What holds traffic back besides health, in a sentence: the breaker, its ramp, a cooling. Null while nothing does. */
export function admissionWords(provider: ProviderStatus, now: number): string | null {
  const { breaker } = provider;
  if (breaker.state === 'open') {
    const retry =
      breaker.retry_at === null
        ? ''
        : breaker.retry_at > now
          ? ` Next trial in ${countdownText(breaker.retry_at - now)}.`
          : ' The next request is its trial.';
    // An unhealthy provider's own reason stands above it and says the same.
    const reason = breaker.reason && provider.health.status !== 'unhealthy' ? ` ${breaker.reason}.` : '';
    return `Breaker open.${retry}${reason}`;
  }
  if (breaker.state === 'half_open') return 'Breaker half open: one trial request in flight.';
  if (breaker.cooling_until !== null && breaker.cooling_until > now) {
    return `Rate limited by the provider: left alone until ${formatClockSeconds(breaker.cooling_until)}.`;
  }
  if (breaker.admitted_share < 1)
    return `Ramping back: ${formatPercent(breaker.admitted_share)} of its share admitted.`;
  return null;
}

/** What the provider is for: "primary", "fallback 1", "not in the chain". */
export function roleWords({ role, chain_position: position }: ProviderStatus): string {
  if (role === 'primary') return 'primary';
  if (role === 'fallback') return position === null ? 'fallback' : `fallback ${position}`;
  return 'on request';
}
