import type { Costs, Episode, FallbackEvent, Fallbacks, Reliability, Series } from '../../../shared/domain/history.ts';
import type {
  AuditEntry,
  AuditPage,
  AuditProof,
  AuditQuery,
  AuditVerification,
  ChainedAuditEntry,
  Override,
} from '../../../shared/domain/operations.ts';
import type { Annotation, StoredAnnotation } from '../../../shared/domain/annotations.ts';
import type { IncidentRows, Mark, NewMark } from './incident-types.ts';
import type { TimeRange } from './time-range.ts';
import type { HealthStatus, HealthTransition, Isolation } from '../../../shared/domain/provider.ts';
import type { PriceOutcome, Rates } from '../../../shared/domain/pricing.ts';
import type { RequestDetail, RequestPage, RequestQuery, RequestStatus, Usage } from '../../../shared/domain/request.ts';
import type { Asked, Demand, Tier } from '../../../shared/domain/decision.ts';
import type { Alert, AlertNotice, Delivery, Silence } from '../../../shared/domain/alerts.ts';
import type { Drill } from '../../../shared/domain/drills.ts';
import type { ShadowPair, ShadowPairPage, ShadowPause, ShadowSummary } from '../../../shared/domain/experiments.ts';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { RoutingDocument, RoutingVersion } from '../../../shared/domain/routing.ts';
import type { CostGroup } from '../../../shared/domain/history.ts';
import type { QuotaStorage, RaiseStorage } from '../quota/types.ts';

/**
 * The writing side: synchronous SQLite on the caller's thread. `record` groups all rows of one event-loop turn into one
 * commit; everything else commits before it returns.
 */
export interface StoreWriter extends QuotaStorage, RaiseStorage {
  /** Resolves once the row, its attempts and its rollups are committed. Never rejects for a full disk: it reports and keeps the row for a retry. */
  record(request: RequestDetail): Promise<void>;
  addHealthTransition(transition: Omit<HealthTransition, 'id'>): HealthTransition;
  addFallbackEvent(event: Omit<FallbackEvent, 'id'>): FallbackEvent;
  openEpisode(episode: Omit<Episode, 'id'>): Episode;
  updateEpisode(episode: Episode): void;
  /** Marks that the engine ran from `from` to `to`, so that gaps are "no data" and not downtime. */
  markAlive(from: number, to: number): void;
  saveOverride(override: Omit<Override, 'id'>): Override;
  endOverride(id: number, endedAt: number, how: 'released' | 'expired'): void;
  saveIsolation(provider: string, isolation: Isolation | null): void;
  /** Appends to the audit's chain of hashes; in the same commit, how keys stand with it. */
  addAudit(entry: Omit<AuditEntry, 'id'>, keys?: readonly KnownKey[]): AuditEntry;
  saveKnownKeys(keys: readonly KnownKey[]): void;
  addAnnotation(annotation: Omit<StoredAnnotation, 'id'>): StoredAnnotation;
  addMark(mark: NewMark): Mark;
  /** Stores the next version of the routing configuration; numbers are the caller's. */
  addRoutingVersion(version: StoredRoutingVersion): void;
  /**
   * Prices what one model was used for while no price was known: requests, attempts and rollups together, a batch a
   * transaction, letting the event loop go on in between. Every batch notes in its own transaction how far it came;
   * the audit's one row is written when it is over, or at the next start where the process died meanwhile, so the audit
   * is true wherever it stops. What is left over is there for another call. Rejects when the database cannot be written.
   */
  applyRates(order: PriceOrder, note: AuditNote): Promise<PriceCounts>;
  saveAlert(alert: Alert, notified: boolean): void;
  addSilence(silence: Omit<Silence, 'id'>): Silence;
  saveSilence(silence: Silence): void;
  /** Stores that its time was over and the audit's row of it in one commit, so that there is one of each. */
  expireSilence(ended: Silence, entry: Omit<AuditEntry, 'id'>): AuditEntry;
  addDelivery(delivery: Omit<Delivery, 'id'>, notices: readonly AlertNotice[]): Delivery;
  saveDelivery(delivery: Delivery): void;
  addDrill(drill: Omit<Drill, 'id'>): Drill;
  saveDrill(drill: Drill): void;
  addShadowPair(pair: Omit<ShadowPair, 'id'>): ShadowPair;
  saveShadowState(state: ShadowState): void;
  /** Deletes what is older than the retention, in small steps; answers how many rows went. */
  purge(before: number): number;
  close(): Promise<void>;
}

/** Where the shadow experiment stands. */
export interface ShadowState {
  provider: string;
  /** As the registry names it; null for the provider's own. */
  model: string | null;
  /** Since when it compares with these, epoch milliseconds. */
  since: number;
  paused: ShadowPause | null;
}

/** A rate for one model over a range of requests' starts. */
export interface PriceOrder {
  model: string;
  rates: Rates;
  range: TimeRange;
}

/** Who applies a rate, when and why. */
export type AuditNote = Pick<AuditEntry, 'at' | 'operator' | 'reason'>;

export type PriceCounts = Pick<PriceOutcome, 'attempts' | 'requests' | 'requests_now_known' | 'cost_usd'>;

/** Which rows of the audit are meant; what is left out holds for all. `action` is how it begins. */
export type AuditFilter = Partial<TimeRange> & Pick<AuditQuery, 'action' | 'operator' | 'target' | 'id'>;

/** What money is held against besides itself. */
export interface CostBasis {
  /** Rates of the reference model; null when its price is not known. */
  reference: Rates | null;
  /** Self-hosted providers and what an hour of them costs in USD. */
  infrastructure: { provider: string; usdPerHour: number }[];
}

/** A version of the routing configuration with everything that is stored in it. */
export interface StoredRoutingVersion extends RoutingVersion {
  stored: RoutingDocument;
}

/** A request as it came and ended, with all that a decision needs to be made again; times in epoch ms and ms. */
export interface RecordedRequest {
  id: string;
  at: number;
  requestedModel: string;
  callSite: string | null;
  tier: Tier | null;
  taskType: string | null;
  /** Null for requests recorded before their questions were kept. */
  asked: Asked | null;
  demand: Demand | null;
  complexity: number | null;
  /** Who answered, or was being asked when the caller left. */
  provider: string | null;
  model: string | null;
  /** The upstream model that was decided on, where its provider answered; vendors answer under names of their own. */
  decidedModel: string | null;
  status: RequestStatus;
  errorCode: string | null;
  failureClass: FailureClass | null;
  /** Providers that failed for this request. */
  failedProviders: string[];
  firstTokenMs: number | null;
  durationMs: number;
  usage: Usage;
  costMicroUsd: number;
  pricingUnknown: boolean;
}

export interface LatencySample {
  provider: string;
  model: string;
  firstTokenMs: number | null;
  durationMs: number;
}

/** A variable that holds a key, and a short fingerprint of it with a salt of its own; null while it is not set. */
export interface KnownKey {
  name: string;
  salt: string;
  fingerprint: string | null;
}

/** What the engine needs to go on where it stopped. */
export interface RestoredState {
  override: Override | null;
  isolations: { provider: string; isolation: Isolation }[];
  openEpisodes: Episode[];
  /** What is stored in the console above the registry file; null when nothing ever was. */
  routing: { version: number; document: RoutingDocument } | null;
  /** What fired, and the silences that hold. */
  alerts: { alerts: { alert: Alert; notified: boolean }[]; silences: Silence[] };
  /** Notifications that had not arrived, oldest first. */
  deliveries: { delivery: Delivery; notices: AlertNotice[] }[];
  /** Null when there never was an experiment. */
  shadow: ShadowState | null;
  /** Which keys the last run knew of; empty before the first. */
  knownKeys: KnownKey[];
  /** When requests of unknown price began in the last hour, in epoch milliseconds; oldest first. */
  unpricedRequests: number[];
  /** Attempts of unknown price in the last hour, by provider; oldest first. */
  unpricedAttempts: (Happened & { model: string })[];
  /** Breakers that opened in the last quarter of an hour; oldest first. */
  breakerOpenings: Happened[];
  lastHealth: { provider: string; status: HealthStatus; since: number; reason: string }[];
}

/** What happened to which provider (null for none), and when in epoch milliseconds. */
export interface Happened {
  at: number;
  name: string | null;
}

/** The reading side: every query runs in a worker thread. */
export interface StoreReader {
  listRequests(query: Omit<RequestQuery, 'since' | 'until'> & Partial<TimeRange>): Promise<RequestPage>;
  getRequest(id: string): Promise<RequestDetail | null>;
  fallbacks(range: TimeRange): Promise<Omit<Fallbacks, 'since' | 'until'>>;
  costs(
    range: TimeRange,
    groupBy: CostGroup,
    timeZone: string,
    basis?: CostBasis,
  ): Promise<Pick<Costs, 'rows' | 'totals' | 'unpriced' | 'amortised'>>;
  /** What health probes cost by provider, those without any left out. */
  probeCosts(range: TimeRange): Promise<{ provider: string; cost_usd: number }[]>;
  reliability(range: TimeRange): Promise<Reliability>;
  /** What `applyRates` would come to. */
  previewRates(order: PriceOrder): Promise<PriceCounts>;
  /** `latency` false leaves the percentiles out; they are there when it is left out. */
  series(range: TimeRange, buckets: number, latency?: boolean): Promise<Series>;
  healthTransitions(provider: string, range: TimeRange): Promise<HealthTransition[]>;
  /** Spans of one provider's health, gaps included, covering the range. */
  healthSpans(provider: string, range: TimeRange): Promise<Fallbacks['lanes'][number]['spans']>;
  /** Spans of every provider whose health was recorded up to the end of the range, gaps included. */
  healthLanes(range: TimeRange): Promise<Fallbacks['lanes']>;
  /** How much is kept. `requests` is told by the first and the last row. */
  storageFacts(): Promise<{ requests: number; oldestRequestAt: number | null; auditEntries: number }>;
  audit(limit: number, cursor: string | null, filter?: AuditFilter): Promise<AuditPage>;
  /** Walks the whole audit; `expected` is a row noted elsewhere that it must hold. */
  verifyAudit(expected: AuditProof | null): Promise<AuditVerification>;
  /** In the order of the chain. */
  auditExport(range: TimeRange): Promise<ChainedAuditEntry[]>;
  /** Everything that is noted or that changed within the range, oldest first; the newest 500. */
  annotations(range: TimeRange): Promise<{ annotations: Annotation[]; truncated: boolean }>;
  /** Episodes that touch the range, newest first. */
  episodes(range: TimeRange, limit: number): Promise<Episode[]>;
  /** What an incident is assembled from; null for an episode that never was. `now` ends one that lasts. */
  incidentRows(id: number, now: number): Promise<IncidentRows | null>;
  /** Newest first; only those before `before` where it is given. */
  routingVersions(limit: number, before: number | null): Promise<RoutingVersion[]>;
  routingVersion(version: number): Promise<StoredRoutingVersion | null>;
  /** Clients' requests in order of arrival, those after `after` alone. */
  recordedRequests(
    range: TimeRange,
    after: { at: number; id: string } | null,
    limit: number,
  ): Promise<RecordedRequest[]>;
  /** Measured latencies of successful attempts, evenly thinned to about `most` requests. */
  latencySamples(range: TimeRange, most: number): Promise<LatencySample[]>;
  /** Those that began to fire within the range, newest first. */
  alerts(range: TimeRange, rule: string | null, limit: number): Promise<Alert[]>;
  /** Newest first. */
  deliveries(limit: number): Promise<Delivery[]>;
  /** Newest first. */
  drills(limit: number): Promise<Drill[]>;
  drill(id: number): Promise<Drill | null>;
  /** Newest first and keyset-paged; with a request's id, only the pair that it is a part of. */
  shadowPairs(limit: number, cursor: string | null, request: string | null): Promise<ShadowPairPage>;
  shadowPair(id: number): Promise<ShadowPair | null>;
  /** What the pairs with a provider come to, those sent since a time in epoch milliseconds. */
  shadowSummary(provider: string, since: number): Promise<ShadowSummary>;
  close(): Promise<void>;
}

export interface Store {
  writer: StoreWriter;
  reader: StoreReader;
  restored: RestoredState;
}

/** What the SQLite writer offers beyond the shared interface. */
export interface RecordingWriter extends StoreWriter {
  /** How many writes wait in memory because the database cannot be written. */
  unwritten(): number;
}

export interface SqliteStore extends Store {
  writer: RecordingWriter;
}
