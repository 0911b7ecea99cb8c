import type { RangeQuery } from '../../../shared/domain/history.ts';
import type { ReplayOutcome, ReplayRequest, ReplayResult } from '../../../shared/domain/replay.ts';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import { formatCount, formatPercent, formatUsd } from '../../../shared/format/number.ts';

/** One provider before and after. */
export interface ProviderShift {
  provider: string;
  before: ReplayResult['before']['providers'][number] | null;
  after: ReplayResult['after']['providers'][number] | null;
}

/** Every provider of either side, the largest share first. */
export function providerShifts({ before, after }: Pick<ReplayResult, 'before' | 'after'>): ProviderShift[] {
  const names = new Set([...before.providers, ...after.providers].map(({ provider }) => provider));
  const shifts = [...names].map((provider) => ({
    provider,
    before: before.providers.find((side) => side.provider === provider) ?? null,
    after: after.providers.find((side) => side.provider === provider) ?? null,
  }));
  const weight = ({ before: was, after: is }: ProviderShift) => Math.max(was?.share ?? 0, is?.share ?? 0);
  return shifts.toSorted((a, b) => weight(b) - weight(a));
}

/** Who served, or why nobody did. */
export function outcomeWords({ provider, outcome }: ReplayOutcome, label: (provider: string) => string): string {
  if (outcome === 'refused_by_budget') return 'refused by a budget';
  return provider === null ? 'not served' : label(provider);
}

/** `+12`, `−3`, `no change`. */
export function changeWords(before: number, after: number, format: (value: number) => string): string {
  const change = after - before;
  if (change === 0) return 'no change';
  return `${change > 0 ? '+' : '−'}${format(Math.abs(change))}`;
}

export function replayToJson(result: ReplayResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** Where the configuration comes from that is tried. */
export const REPLAY_SOURCES = [
  { value: 'draft', label: 'Unsaved changes' },
  { value: 'version', label: 'A stored version' },
  { value: 'registry', label: 'Another registry' },
] as const;
export type ReplaySource = (typeof REPLAY_SOURCES)[number]['value'];

/** The source written in the address; the unsaved changes where there is none or it is not one. */
export function sourceOf(text: string | null): ReplaySource {
  return REPLAY_SOURCES.find(({ value }) => value === text)?.value ?? 'draft';
}

/** What is filled in for each source. */
export interface ReplayForm {
  span: RangeQuery;
  changes: RoutingDocument;
  /** As in the address; the file alone where there is none. */
  version: string | null;
  registry: string;
}

/** The request that a form makes, or what it still lacks. */
export function replayRequest(
  source: ReplaySource,
  { span, changes, version, registry }: ReplayForm,
): { ok: true; request: ReplayRequest } | { ok: false; missing: string } {
  if (source === 'registry') {
    if (registry.trim() === '') return { ok: false, missing: 'Paste a registry file first.' };
    return { ok: true, request: { ...span, registry } };
  }
  if (source === 'version') {
    const number = Number(version ?? '0');
    if (!Number.isSafeInteger(number) || number < 0) return { ok: false, missing: `There is no version "${version}".` };
    return { ok: true, request: { ...span, version: number } };
  }
  if (Object.keys(changes).length === 0) {
    return {
      ok: false,
      missing: 'There are no unsaved changes: edit the routing first, or try a stored version or another registry.',
    };
  }
  return { ok: true, request: { ...span, routing: changes } };
}

/** The whole difference in one sentence. */
export function replaySentence({ requests, changed, before, after }: ReplayResult): string {
  if (requests === 0) return 'No request was recorded in this range.';
  if (changed === 0) return `None of ${formatCount(requests)} requests would go another way.`;
  const refused = after.refused_by_budget - before.refused_by_budget;
  return [
    `${formatPercent(changed / requests)} of ${formatCount(requests)} requests would go another way`,
    `cost ${changeWords(before.cost_usd, after.cost_usd, formatUsd)}`,
    ...(refused === 0 ? [] : [`${changeWords(0, refused, formatCount)} refused by a budget`]),
  ].join(', ');
}
