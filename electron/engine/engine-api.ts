import type { CompareAnswer, CompareEvent, CompareRequest } from '../../shared/domain/compare.ts';
import type { Decision, RouteQuestion } from '../../shared/domain/decision.ts';
import type {
  CostQuery,
  Costs,
  Episode,
  Fallbacks,
  RangeQuery,
  Reliability,
  Series,
  SeriesQuery,
} from '../../shared/domain/history.ts';
import type {
  AuditExportQuery,
  AuditPage,
  AuditQuery,
  AuditVerification,
  AuditVerifyQuery,
  OperatorNote,
  Override,
  OverrideRequest,
} from '../../shared/domain/operations.ts';
import type { PriceApplication, PriceOutcome } from '../../shared/domain/pricing.ts';
import type { ProviderDetail, ProviderStatus, Uptime, UptimeQuery } from '../../shared/domain/provider.ts';
import type { EndRaiseRequest, LimitRaise, Quotas, QuotaStatus, RaiseRequest } from '../../shared/domain/quota.ts';
import type { RequestDetail, RequestPage, RequestQuery, RequestSummary } from '../../shared/domain/request.ts';
import type { ReplayRequest, ReplayResult } from '../../shared/domain/replay.ts';
import type {
  RoutingChange,
  RoutingCheck,
  RoutingCheckResult,
  RoutingHistory,
  RoutingHistoryQuery,
  RoutingRollback,
  RoutingState,
} from '../../shared/domain/routing.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { AlertOperations } from './operations/alert-operations.ts';
import type { AnnotationOperations } from './operations/annotation-operations.ts';
import type { DrillOperations } from './operations/drill-operations.ts';
import type { EventBus } from './events.ts';
import type { ExperimentOperations } from './operations/experiment-operations.ts';
import type { IncidentOperations } from './operations/incident-operations.ts';
import type { NotifyOperations } from './operations/notify-operations.ts';
import type { TextDocument } from './text-document.ts';

/** All that the control plane may ask of a running engine. Every `provider` argument that does not exist throws NOT_FOUND. */
export interface EngineApi {
  readonly events: EventBus;
  /** Memory only; cheap enough to be called on every transition. */
  status(): Status;
  /** The newest finished requests, newest first, from memory. */
  recentRequests(): RequestSummary[];
  openEpisodes(): Episode[];
  provider(name: string): Promise<ProviderDetail>;
  /** Health by calendar day. Throws INVALID_REQUEST for a time zone that does not exist. */
  uptime(query: UptimeQuery): Promise<Uptime>;
  /** How this installation is set up; no secret is in it. */
  settings(): Promise<Settings>;
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
  reliability(query: RangeQuery): Promise<Reliability>;
  /** Applies a rate to past use of unknown price, a batch at a time; audited unless it is a dry run. */
  applyPrice(application: PriceApplication): Promise<PriceOutcome>;
  series(query: SeriesQuery): Promise<Series>;
  quotas(): Quotas;
  /** Raises a limit until a time. Throws NOT_FOUND for a limit that is not set, INVALID_REQUEST for a value or time that raises nothing. */
  raiseLimit(request: RaiseRequest): QuotaStatus;
  /** Ends a raise before its time; null when the limit is not raised. */
  endRaise(request: EndRaiseRequest): LimitRaise | null;
  explainRoute(question: RouteQuestion): Decision;
  routing(): RoutingState;
  /** Stores a change of the routing and lets it take effect. Throws CONFLICT for one made on another version. */
  changeRouting(change: RoutingChange): RoutingState;
  /** What a change of the routing would do; stores nothing. */
  checkRouting(check: RoutingCheck): RoutingCheckResult;
  routingHistory(query: RoutingHistoryQuery): Promise<RoutingHistory>;
  /** Throws NOT_FOUND for a version that never was. */
  rollbackRouting(rollback: RoutingRollback): Promise<RoutingState>;
  /** What-if: puts recorded traffic to another configuration; sends nothing. */
  replay(request: ReplayRequest, signal?: AbortSignal): Promise<ReplayResult>;
  audit(query: AuditQuery): Promise<AuditPage>;
  /** Whether the audit is what was written. */
  verifyAudit(query: AuditVerifyQuery): Promise<AuditVerification>;
  exportAudit(query: AuditExportQuery): Promise<TextDocument>;
  readonly annotations: Pick<AnnotationOperations, keyof AnnotationOperations>;
  readonly incidents: Pick<IncidentOperations, 'list' | 'get' | 'report' | 'summary'>;
  readonly alerts: Pick<AlertOperations, keyof AlertOperations>;
  readonly notify: Pick<NotifyOperations, keyof NotifyOperations>;
  readonly experiments: Pick<ExperimentOperations, keyof ExperimentOperations>;
  readonly drills: Pick<DrillOperations, keyof DrillOperations>;
  compare(request: CompareRequest, signal: AbortSignal): AsyncIterable<CompareEvent>;
  compareWhole(request: CompareRequest, signal: AbortSignal): Promise<CompareAnswer>;
}
