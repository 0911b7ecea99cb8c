import { FAILURE_CLASSES } from '../../../shared/domain/failure.ts';
import type { RequestQuery, RequestStatus, RequestSummary } from '../../../shared/domain/request.ts';

/** What narrows the list, as it stands in the address; a filter that is not there narrows nothing. */
export type RequestFilters = Partial<Record<FilterName, string>>;

/** The filters in the order of the bar; each is a parameter of the address. */
export const FILTER_NAMES = [
  'q',
  'status',
  'provider',
  'model',
  'call_site',
  'tier',
  'failure',
  'fallback',
  'slower',
  'unpriced',
  'origin',
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

const STATUSES: readonly RequestStatus[] = ['success', 'error', 'timeout', 'cancelled', 'refused'];
const TIERS = ['fast', 'balanced', 'powerful'] as const;
const ORIGINS = ['client', 'playground', 'probe', 'shadow'] as const;

/** What a filter may be; null where it takes any text. */
export function filterChoices(name: FilterName): readonly string[] | null {
  switch (name) {
    case 'status':
      return STATUSES;
    case 'tier':
      return TIERS;
    case 'failure':
      return FAILURE_CLASSES;
    case 'fallback':
    case 'unpriced':
      return ['1'];
    case 'slower':
      return ['1', '2', '5', '10', '30'];
    case 'origin':
      return ORIGINS;
    default:
      return null;
  }
}

/** The filters of an address; values that no filter can have are left out. */
export function readFilters(search: URLSearchParams): RequestFilters {
  const entries = FILTER_NAMES.flatMap((name) => {
    const value = search.get(name)?.trim() ?? '';
    const choices = filterChoices(name);
    if (value === '' || (choices !== null && !choices.includes(value) && name !== 'slower')) return [];
    if (name === 'slower' && !(Number(value) > 0)) return [];
    return [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** The filters as the API takes them. */
export function toQuery(filters: RequestFilters): Partial<RequestQuery> {
  const {
    q,
    status,
    provider,
    model,
    call_site: callSite,
    tier,
    failure,
    fallback,
    slower,
    unpriced,
    origin,
  } = filters;
  return {
    ...(q !== undefined && { search: q }),
    ...(status !== undefined && { status: status as RequestStatus }),
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    ...(callSite !== undefined && { call_site: callSite }),
    ...(tier !== undefined && { tier: tier as (typeof TIERS)[number] }),
    ...(failure !== undefined && { failure_class: failure as (typeof FAILURE_CLASSES)[number] }),
    ...(fallback !== undefined && { fallback: true }),
    ...(slower !== undefined && { min_duration_ms: Number(slower) * 1000 }),
    ...(unpriced !== undefined && { pricing_unknown: true }),
    ...(origin !== undefined && { origin: origin as (typeof ORIGINS)[number] }),
  };
}

/** Whether a request that has just ended belongs into the list: the same conditions as the store's. */
export function matchesFilters(request: RequestSummary, filters: RequestFilters): boolean {
  const {
    q,
    status,
    provider,
    model,
    call_site: callSite,
    tier,
    failure,
    fallback,
    slower,
    unpriced,
    origin,
  } = filters;
  return (
    (q === undefined || contains(request, q)) &&
    (status === undefined || request.status === status) &&
    (provider === undefined || request.provider === provider) &&
    (model === undefined || request.model === model) &&
    (callSite === undefined || request.call_site === callSite) &&
    (tier === undefined || request.tier === tier) &&
    (failure === undefined || request.failure_class === failure) &&
    (fallback === undefined || request.fallback_from !== null || request.resumed) &&
    (slower === undefined || request.duration_ms >= Number(slower) * 1000) &&
    (unpriced === undefined || request.pricing_unknown) &&
    (origin === undefined || request.origin === origin)
  );
}

function contains({ id, error_message: message, user, agent_id: agent }: RequestSummary, text: string): boolean {
  if (id === text) return true;
  const wanted = text.toLowerCase();
  return [message, user, agent].some((field) => field?.toLowerCase().includes(wanted));
}

/** A filter in words, for its chip. */
export function filterWords(name: FilterName, value: string, label: (provider: string) => string): string {
  switch (name) {
    case 'q':
      return `“${value}”`;
    case 'provider':
      return label(value);
    case 'fallback':
      return 'fell back';
    case 'unpriced':
      return 'price unknown';
    case 'slower':
      return `slower than ${value} s`;
    case 'call_site':
      return `call site ${value}`;
    case 'tier':
      return `tier ${value}`;
    default:
      return value.replaceAll('_', ' ');
  }
}
