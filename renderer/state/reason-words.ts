import { useMemo } from 'react';
import { onReadersClock } from '../../shared/format/written-times.ts';
import { useLive } from './live.ts';

/** What a provider's trouble comes down to, as far as its reason tells: each has its own way out. */
export type TroubleKind =
  | 'unreachable'
  | 'timeout'
  | 'loading'
  | 'overloaded'
  | 'rate_limited'
  | 'unauthorized'
  | 'exhausted'
  | 'model_missing'
  | 'failing';

const SIGNS: readonly { kind: TroubleKind; words: RegExp }[] = [
  {
    kind: 'unauthorized',
    words: /unauthori[sz]ed|\b40[13]\b|refuses our key|invalid.{0,10}key|key is (wrong|missing)/i,
  },
  { kind: 'exhausted', words: /credit|spend limit|billing|quota exceeded|insufficient_quota/i },
  { kind: 'model_missing', words: /model.{0,40}(not (listed|found|served)|missing)|does not (list|serve)/i },
  { kind: 'rate_limited', words: /rate limit|\b429\b/i },
  { kind: 'loading', words: /loading|\b503\b/i },
  { kind: 'overloaded', words: /overload|\b529\b|queue/i },
  { kind: 'timeout', words: /timed out|time ?out|within \d|no further token|no first token|hang/i },
  { kind: 'unreachable', words: /connection|refused|reset|unreachable|not found|resolved|certificate/i },
];

/** Reads the kind of trouble off a reason in words; `failing` where nothing gives it away. */
export function troubleKind(reason: string): TroubleKind {
  return SIGNS.find(({ words }) => words.test(reason))?.kind ?? 'failing';
}

const STATES: Readonly<Record<TroubleKind, string>> = {
  unreachable: 'is unreachable',
  timeout: 'does not answer in time',
  loading: 'is loading or its engine is down',
  overloaded: 'is overloaded',
  rate_limited: 'limits our rate',
  unauthorized: 'refuses our key',
  exhausted: 'has no credit left for us',
  model_missing: 'does not serve the model',
  failing: 'fails',
};

/** The predicate that goes with a kind, after a provider's name: "is unreachable". */
export function troubleWords(kind: TroubleKind): string {
  return STATES[kind];
}

/** When a reason was made, and on whose clock it is read. */
export interface Reading {
  /** Epoch ms. */
  at: number;
  /** IANA zone; the viewer's when left out. */
  timeZone?: string | undefined;
}

/**
 * A reason of the engine as people read it: registry names become the names on screen, and a leading one goes; moments are
 * on the reader's clock.
 */
export function readableReason(
  reason: string,
  labels: ReadonlyMap<string, string>,
  { at, timeZone }: Reading = { at: Date.now() },
): string {
  const withoutLead = onReadersClock(reason, at, timeZone).replace(/^([\w.-]+): /, (lead, name: string) =>
    labels.has(name) ? '' : lead,
  );
  return withoutLead.replace(/[\w.-]+/g, (word) => labels.get(word) ?? word);
}

/**
 * A reason without the address at which it was met, for where room is short; the whole belongs beside it. A host has a
 * letter or a dot, a time of day has neither.
 */
export function withoutAddress(reason: string): string {
  return reason.replace(/ (at|to) (\[[\da-f:]+\]|[\w-]*[.a-z-][\w.-]*):\d+\b/gi, '');
}

/** {@link readableReason} with the providers of the present status; `at` (epoch ms) is now when left out. */
export function useReadableReason(): (reason: string, at?: number) => string {
  const pairs = useLive(
    (state) => state.status?.providers.map(({ name, display_name: label }) => `${name}\t${label}`).join('\n') ?? '',
  );
  return useMemo(() => {
    const labels = new Map(pairs.split('\n').map((pair) => pair.split('\t') as [string, string]));
    return (reason: string, at = Date.now()) => readableReason(reason, labels, { at });
  }, [pairs]);
}
