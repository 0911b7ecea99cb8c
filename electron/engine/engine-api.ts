import type { CompareAnswer, CompareEvent, CompareRequest } from '../../shared/domain/compare.ts';
import type { Decision, RouteQuestion } from '../../shared/domain/decision.ts';
import type {
  CostQuery,
  Costs,
  Episode,
  Fallbacks,
  RangeQuery,
  Series,
  SeriesQuery,
} from '../../shared/domain/history.ts';
import type { AuditPage, OperatorNote, Override, OverrideRequest } from '../../shared/domain/operations.ts';
import type { ProviderDetail, ProviderStatus } from '../../shared/domain/provider.ts';
import type { Quotas } from '../../shared/domain/quota.ts';
import type { RequestDetail, RequestPage, RequestQuery, RequestSummary } from '../../shared/domain/request.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { EventBus } from './events.ts';

/** Thrown by engine calls for what the operator can mend; `message` is one sentence with the way out. */
export class OperatorError extends Error {
  readonly code: 'NOT_FOUND' | 'INVALID_REQUEST' | 'CONFLICT';

  constructor(code: OperatorError['code'], message: string) {
    super(message);
    this.name = 'OperatorError';
    this.code = code;
  }
}

/** All that the control plane may ask of a running engine. Every `provider` argument that does not exist throws NOT_FOUND. */
export interface EngineApi {
  readonly events: EventBus;
  /** Memory only; cheap enough to be called on every transition. */
  status(): Status;
  /** The newest finished requests, newest first, from memory. */
  recentRequests(): RequestSummary[];
  openEpisodes(): Episode[];
  provider(name: string): Promise<ProviderDetail>;
  probe(name: string): Promise<ProviderStatus>;
  resetBreaker(name: string, note: OperatorNote): ProviderStatus;
  isolate(name: string, note: OperatorNote): ProviderStatus;
  rejoin(name: string, note: OperatorNote): ProviderStatus;
  setOverride(request: OverrideRequest): Override;
  releaseOverride(note: Partial<OperatorNote>): Override | null;
  listRequests(query: RequestQuery): Promise<RequestPage>;
  /** Throws NOT_FOUND. */
  getRequest(id: string): Promise<RequestDetail>;
  fallbacks(query: RangeQuery): Promise<Fallbacks>;
  costs(query: CostQuery): Promise<Costs>;
  series(query: SeriesQuery): Promise<Series>;
  quotas(): Quotas;
  explainRoute(question: RouteQuestion): Decision;
  audit(query: { limit: number; cursor?: string }): Promise<AuditPage>;
  compare(request: CompareRequest, signal: AbortSignal): AsyncIterable<CompareEvent>;
  compareWhole(request: CompareRequest, signal: AbortSignal): Promise<CompareAnswer>;
}
