import { createConsoleApi, type ConsoleApi, type ConsoleClient } from '../../renderer/api/client.ts';
import type { Annotation, AnnotationRequest, Annotations } from '../../shared/domain/annotations.ts';
import type { CompareEvent, CompareRequest } from '../../shared/domain/compare.ts';
import type { PriceApplication, PriceOutcome } from '../../shared/domain/pricing.ts';
import type { EndRaiseRequest, LimitRaise, QuotaStatus, RaiseRequest } from '../../shared/domain/quota.ts';
import type { IncidentDetail, IncidentReportQuery, IncidentSummary } from '../../shared/domain/incidents.ts';
import type { CostQuery, Costs, Fallbacks, Series } from '../../shared/domain/history.ts';

/** What the historical calls answer in a test; a call that is left out never answers. */
export interface HistoryAnswers {
  fallbacks?: () => Promise<Fallbacks>;
  costs?: (query: CostQuery) => Promise<Costs>;
  series?: () => Promise<Series>;
  applyPrice?: (application: PriceApplication) => Promise<PriceOutcome>;
  raiseLimit?: (request: RaiseRequest) => Promise<QuotaStatus>;
  endRaise?: (request: EndRaiseRequest) => Promise<{ ended: LimitRaise | null }>;
  incident?: (input: { id: number }) => Promise<IncidentDetail>;
  incidentReport?: (query: IncidentReportQuery) => Promise<File>;
  incidentSummary?: () => Promise<IncidentSummary>;
  annotations?: () => Promise<Annotations>;
  annotate?: (request: AnnotationRequest) => Promise<Annotation>;
  compare?: (request: CompareRequest, signal: AbortSignal | undefined) => AsyncGenerator<CompareEvent, void, void>;
}

/** The console's api over canned answers. */
export function historyApi(answers: HistoryAnswers): ConsoleApi {
  const never = () => new Promise<never>(() => undefined);
  const client = {
    fallbacks: answers.fallbacks ?? never,
    costs: answers.costs ?? never,
    series: answers.series ?? never,
    limits: { raise: answers.raiseLimit ?? never, endRaise: answers.endRaise ?? never },
    incidents: {
      get: answers.incident ?? never,
      report: answers.incidentReport ?? never,
      summary: answers.incidentSummary ?? never,
    },
    annotations: { list: answers.annotations ?? never, create: answers.annotate ?? never },
    prices: { apply: answers.applyPrice ?? never },
    compare: {
      stream: async (request: CompareRequest, options?: { signal?: AbortSignal }) =>
        answers.compare?.(request, options?.signal) ?? never(),
    },
  };
  // Only the calls of the views under test exist; another one fails the test that makes it.
  return createConsoleApi(client as unknown as ConsoleClient);
}
