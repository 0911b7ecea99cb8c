import type { Experiments, ExperimentState, ShadowDrop, ShadowPair } from '../../../shared/domain/experiments.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatPercent, formatUsd } from '../../../shared/format/number.ts';
import type { MarkStatus } from '../../ui/StatusMark.tsx';

/** How the experiment stands, as mark and word. */
export function experimentMark({ state, held_back: heldBack }: Pick<Experiments, 'state' | 'held_back'>): {
  status: MarkStatus;
  word: string;
} {
  if (state === 'running') {
    return heldBack === null ? { status: 'healthy', word: 'running' } : { status: 'degraded', word: 'held back' };
  }
  const marks: Record<Exclude<ExperimentState, 'running'>, MarkStatus> = {
    paused: 'forced',
    ended: 'disabled',
    off: 'disabled',
  };
  return { status: marks[state], word: state };
}

/** What a share of the requests came to, as one sentence without its time. */
export function shadowSentence(
  { config, state, summary, quotas }: Experiments,
  label: (provider: string) => string,
): { before: string; after: string } {
  if (!config) return { before: 'Nothing is sent to a second provider', after: '.' };
  const target = config.model === null ? label(config.provider) : `${label(config.provider)} (${config.model})`;
  const of = config.call_sites ? ` of ${config.call_sites.join(', ')}` : '';
  const verb = state === 'running' ? 'Sending' : 'Sent';
  const money = quotas.find(({ limit }) => limit === 'usd_per_day');
  const spent = money ? `, ${formatUsd(money.used)} of ${formatUsd(money.limit_value)} today` : '';
  const pairs = summary.pairs === 1 ? 'pair' : 'pairs';
  return {
    before: `${verb} ${formatPercent(config.share)} of the requests${of} to ${target} as well`,
    after: `: ${formatCount(summary.pairs)} ${pairs}${spent}.`,
  };
}

const DROPS: Readonly<Record<ShadowDrop, string>> = {
  answered_by_shadow: 'answered by the shadow provider itself',
  resumed: 'answered by two providers together',
  too_large: 'too large to be kept for a copy',
  queue_full: 'came while as many copies waited as may',
  paused: 'the experiment was paused',
  switched_off: 'the experiment was switched off',
  unavailable: 'the shadow provider could not be asked',
  carries_fallback: 'the shadow provider stood in for another one',
  unsuitable: 'the shadow provider cannot take such a request',
  price_unknown: 'no price is known',
  experiment_budget: 'the budget of the experiment was used up',
  provider_limit: 'a limit of the provider, of which a fifth is kept for callers',
};

/** Why requests were not sent. */
export function dropWords(reason: ShadowDrop): string {
  return DROPS[reason];
}

/** How the copy of a pair ended. */
export function outcomeMark({ outcome, failure_class: failure }: ShadowPair['shadow']): {
  status: MarkStatus;
  word: string;
} {
  if (outcome === 'success') return { status: 'healthy', word: 'answered' };
  if (outcome === 'cancelled') return { status: 'unknown', word: 'cancelled' };
  return { status: 'unhealthy', word: (failure ?? 'failed').replaceAll('_', ' ') };
}

/** `+1.2 s`, `−340 ms`, `0 ms`. */
export function signedDuration(ms: number): string {
  return signed(ms, formatDuration, 0.5);
}

/** `+0.012 USD`, `−0.40 USD`, `0 USD`. */
export function signedUsd(usd: number): string {
  return signed(usd, formatUsd, 0.000_000_5);
}

function signed(value: number, format: (value: number) => string, nothing: number): string {
  if (Math.abs(value) < nothing) return format(0);
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}

/** The lines that switch an experiment on, for a provider of the registry. */
export function shadowYaml(provider: string): string {
  return [
    'experiments:',
    '  shadow:',
    '    enabled: true',
    `    provider: ${provider}`,
    '    share: 0.1 # of the answered requests',
    '    usd_per_day: 5',
    '    max_concurrent: 2',
    '',
  ].join('\n');
}
