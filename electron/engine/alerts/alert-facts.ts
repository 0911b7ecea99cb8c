import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { Status } from '../../../shared/domain/status.ts';

/** Everything that rules may look at, taken together at one moment. */
export interface AlertFacts {
  status: Pick<Status, 'providers' | 'primary' | 'serving' | 'cause' | 'override' | 'verdict' | 'at' | 'simulated'>;
  /** Of providers and call sites. */
  quotas: readonly QuotaStatus[];
  /** Clients' requests that ended in the last five minutes. */
  requests: { finished: number; failed: number };
  /** Requests in the last five minutes that an API was asked to answer, by provider. */
  apiAnswers: ReadonlyMap<string, number>;
  /** Requests that APIs answered in the last 24 hours; null while not counted yet. */
  apiRequestsOfDay: number | null;
  /** Breakers that opened in the last 15 minutes, by provider. */
  breakerOpenings: ReadonlyMap<string, number>;
  /** USD that health probes cost in the last 24 hours, by provider; empty while not counted yet. */
  probeCostUsd: ReadonlyMap<string, number>;
  /** Calls without a known price in the last hour, and the model of the latest one, by provider. */
  unpriced: ReadonlyMap<string, { calls: number; model: string }>;
  /** Providers that are out until somebody mends something. */
  lockedOut: ReadonlyMap<string, FailureClass>;
  /** Free share of the disk that holds the data directory; null where it cannot be told. */
  diskFree: number | null;
  /** Notifications that wait, by channel; none that has nothing waiting. */
  undelivered: ReadonlyMap<string, number>;
}

/** One thing that a rule found. */
export interface Finding {
  labels: Record<string, string>;
  summary: string;
  response: string;
  checks: string[];
}
