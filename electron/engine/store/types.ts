import type { Costs, Episode, FallbackEvent, Fallbacks, Series } from '../../../shared/domain/history.ts';
import type { AuditEntry, AuditPage, Override } from '../../../shared/domain/operations.ts';
import type { HealthStatus, HealthTransition, Isolation } from '../../../shared/domain/provider.ts';
import type { RequestDetail, RequestPage, RequestQuery } from '../../../shared/domain/request.ts';
import type { CostGroup } from '../../../shared/domain/history.ts';
import type { QuotaStorage } from '../quota/types.ts';

/** Half-open range in epoch milliseconds. */
export interface TimeRange {
  since: number;
  until: number;
}

/**
 * The writing side: synchronous SQLite on the caller's thread. `record` groups all rows of one event-loop turn into one
 * commit; everything else commits before it returns.
 */
export interface StoreWriter extends QuotaStorage {
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
  addAudit(entry: Omit<AuditEntry, 'id'>): AuditEntry;
  /** Deletes what is older than the retention, in small steps; answers how many rows went. */
  purge(before: number): number;
  close(): Promise<void>;
}

/** What the engine needs to go on where it stopped. */
export interface RestoredState {
  override: Override | null;
  isolations: { provider: string; isolation: Isolation }[];
  openEpisodes: Episode[];
  lastHealth: { provider: string; status: HealthStatus; since: number; reason: string }[];
}

/** The reading side: every query runs in a worker thread. */
export interface StoreReader {
  listRequests(query: Omit<RequestQuery, 'since' | 'until'> & Partial<TimeRange>): Promise<RequestPage>;
  getRequest(id: string): Promise<RequestDetail | null>;
  fallbacks(range: TimeRange): Promise<Omit<Fallbacks, 'since' | 'until'>>;
  costs(range: TimeRange, groupBy: CostGroup, timeZone: string): Promise<Pick<Costs, 'rows' | 'totals'>>;
  series(range: TimeRange, buckets: number): Promise<Series>;
  healthTransitions(provider: string, range: TimeRange): Promise<HealthTransition[]>;
  /** Spans of one provider's health, gaps included, covering the range. */
  healthSpans(provider: string, range: TimeRange): Promise<Fallbacks['lanes'][number]['spans']>;
  audit(limit: number, cursor: string | null): Promise<AuditPage>;
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
