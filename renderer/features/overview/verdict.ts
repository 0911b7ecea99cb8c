import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { formatDuration, formatDurationCoarse } from '../../../shared/format/duration.ts';
import { formatCount, formatRate, formatUsd } from '../../../shared/format/number.ts';
import { formatClock, formatClockSeconds, formatDay } from '../../../shared/format/time.ts';
import { readableReason, troubleKind, troubleWords, withoutAddress } from '../../state/reason-words.ts';
import type { MarkStatus } from '../../ui/StatusMark.tsx';
import { budgetSentence } from './quota-words.ts';

/** The first thing an operator reads: a mark, a word, and what is going on in full sentences. */
export interface VerdictWords {
  mark: MarkStatus;
  label: string;
  /** Who serves and since when. */
  headline: string;
  /** Why, what it costs, how long it can last; each a sentence. */
  details: readonly string[];
}

/** Most providers of which a failure of all is told one by one. */
const MOST_CAUSES = 4;
const DAY_MS = 86_400_000;

/**
 * The verdict in words, from the status alone.
 *
 * @param now Epoch ms, by which ages are told.
 * @param timeZone IANA zone of the times named; the viewer's when left out.
 */
export function verdictWords(status: Status, now: number, timeZone?: string): VerdictWords {
  if (isFirstRun(status)) return firstRunWords();
  if (status.verdict === 'down' || status.serving === null) return downWords(status, now, timeZone);
  const serving = status.providers.find(({ name }) => name === status.serving);
  const name = serving?.display_name ?? status.serving;
  const readable = reader(status, now, timeZone);
  const since = sinceWords(status.verdict_since, now, timeZone);
  const money = [costSentence(status, serving), serving ? budgetSentence(serving.quota, timeZone) : null].filter(
    (sentence) => sentence !== null,
  );
  const { override } = status;
  if (override && override.scope === 'all' && override.provider === status.serving) {
    return {
      mark: 'forced',
      label: 'FORCED BY HAND',
      headline: `Serving from ${name} since ${since}.`,
      details: [
        `${override.operator} forced it until ${formatClock(override.expires_at, timeZone)}: ${ended(override.reason)}`,
        ...(serving && cannotServe(serving)
          ? [`${name} is ${serving.health.status}: ${ended(readable(serving.health.reason))}`]
          : []),
        ...money,
      ],
    };
  }
  if (status.verdict === 'fallback') {
    return {
      mark: 'degraded',
      label: 'ON FALLBACK',
      headline: `Serving from ${name} since ${since}.`,
      details: [...causeSentence(status, readable), ...money],
    };
  }
  const degraded = serving?.health.status === 'degraded';
  return {
    mark: degraded ? 'degraded' : 'healthy',
    label: degraded ? 'PRIMARY DEGRADED' : 'PRIMARY SERVING',
    headline: `Serving from ${name} since ${since}.`,
    details: [
      ...(degraded && serving ? [sentence(readable(serving.health.reason))] : []),
      ...paceSentence(serving),
      ...money,
    ],
  };
}

/** {@link verdictWords} as one text: "Serving from Claude since 03:12 (7 min). Kimi is unreachable: …". */
export function verdictSentence(status: Status, now: number, timeZone?: string): string {
  const { headline, details } = verdictWords(status, now, timeZone);
  return [headline, ...details].join(' ');
}

/** True when no provider was ever able to serve: nothing is configured yet. */
export function isFirstRun(status: Status): boolean {
  return status.verdict === 'down' && status.providers.every(({ health }) => health.status === 'disabled');
}

function firstRunWords(): VerdictWords {
  return {
    mark: 'unknown',
    label: 'NOT SET UP YET',
    headline: 'No provider is configured, so no request can be served.',
    details: [],
  };
}

function downWords(status: Status, now: number, timeZone?: string): VerdictWords {
  const chain = status.providers
    .filter(({ role, health }) => role !== 'other' && health.status !== 'disabled')
    .toSorted((left, right) => (left.chain_position ?? 99) - (right.chain_position ?? 99));
  const readable = reader(status, now, timeZone);
  const causes = chain
    .slice(0, MOST_CAUSES)
    .map(
      (provider) => `${provider.display_name}: ${ended(withoutAddress(readable(whyNotServing(provider, timeZone))))}`,
    );
  return {
    mark: 'unhealthy',
    label: 'ALL DOWN',
    headline: `Nobody can serve since ${sinceWords(status.verdict_since, now, timeZone)}.`,
    details: causes.length > 0 ? causes : causeSentence(status, readable),
  };
}

/** Why a provider takes no requests, without a final stop. */
export function whyNotServing(provider: ProviderStatus, timeZone?: string): string {
  const { health, breaker, isolation, quota, key, key_env: keyName } = provider;
  if (key === 'missing') return `its key ${keyName ?? ''} is missing`.replace('  ', ' ');
  if (isolation) return `taken out by ${isolation.operator}: ${isolation.reason}`;
  if (cannotServe(provider)) return health.reason || health.status;
  const spent = quota.find(({ exhausted }) => exhausted);
  if (spent)
    return spent.reset_at === null ? 'busy' : `its budget is used up until ${formatClock(spent.reset_at, timeZone)}`;
  if (breaker.state === 'open') return `its breaker is open${breaker.reason ? `, ${breaker.reason}` : ''}`;
  if (breaker.cooling_until !== null)
    return `rate limited until ${formatClockSeconds(breaker.cooling_until, timeZone)}`;
  // A healthy provider's reason says what its probe found, which explains nothing here.
  return health.status === 'healthy' ? 'healthy, but the policy sends it no requests' : health.reason || health.status;
}

function cannotServe({ health }: ProviderStatus): boolean {
  return health.status === 'unhealthy' || health.status === 'disabled';
}

/**
 * Why the primary does not serve. The engine's reason begins with what its breaker or its probe met; a person first wants
 * to know who is in what state.
 */
function causeSentence(status: Status, readable: (reason: string) => string): string[] {
  if (status.cause === '') return [];
  const primary = status.providers.find(({ name }) => name === status.primary);
  const cause = readable(status.cause);
  if (!primary || cause.includes(primary.display_name)) return [sentence(cause)];
  const failing = primary.health.status === 'unhealthy' && primary.health.reason !== '';
  const reason = failing ? readable(primary.health.reason) : cause;
  if (primary.isolation || (!failing && primary.breaker.state === 'closed'))
    return [sentence(`${primary.display_name}: ${reason}`)];
  return [sentence(`${primary.display_name} ${troubleWords(troubleKind(reason))}: ${withoutAddress(reason)}`)];
}

function costSentence(status: Status, serving: ProviderStatus | undefined): string {
  const unpriced = status.pricing_unknown_last_hour;
  const unknown =
    unpriced > 0
      ? ` (${formatCount(unpriced)} ${unpriced === 1 ? 'request' : 'requests'} of the last hour unpriced)`
      : '';
  const primary = status.providers.find(({ name }) => name === status.primary);
  const instead =
    status.verdict === 'fallback' && primary?.deployment === 'self-hosted' && serving?.deployment === 'api'
      ? ' instead of 0'
      : '';
  return `${formatUsd(status.cost_usd_per_hour)}/h${instead}${unknown}.`;
}

function paceSentence(serving: ProviderStatus | undefined): string[] {
  if (!serving) return [];
  const { requests_per_second: rate, first_token_ms: firstToken } = serving.gauges;
  const pace = `${formatRate(rate)}${firstToken ? `, first token in ${formatDuration(firstToken.p95)} at p95` : ''}.`;
  return rate === 0 && !firstToken ? ['No request in the last minute.'] : [pace];
}

function sinceWords(at: number, now: number, timeZone?: string): string {
  const clock = formatClock(at, timeZone);
  const age = now - at;
  const words =
    age < 60_000 ? formatDurationCoarse(Math.max(0, age)) : formatDuration(Math.floor(age / 60_000) * 60_000);
  return `${age >= DAY_MS ? `${formatDay(at, timeZone)}, ${clock}` : clock} (${words})`;
}

/** Reads what the engine says of this status with its names and on the viewer's clock. */
function reader({ providers }: Status, now: number, timeZone?: string): (reason: string) => string {
  const labels = new Map(providers.map(({ name, display_name: label }) => [name, label]));
  return (reason) => readableReason(reason, labels, { at: now, timeZone });
}

/** A text of the engine as a sentence of ours: a capital first, one stop last. */
function sentence(text: string): string {
  const whole = ended(text);
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
}

/** A text as the end of a sentence: one stop last. */
function ended(text: string): string {
  const trimmed = text.trim().replace(/\.+$/, '');
  return trimmed === '' ? '' : `${trimmed}.`;
}
