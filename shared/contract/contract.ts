import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { compareAnswerSchema, compareEventSchema, compareRequestSchema } from '../domain/compare.ts';
import { decisionSchema, routeQuestionSchema } from '../domain/decision.ts';
import {
  costQuerySchema,
  costsSchema,
  fallbacksSchema,
  rangeQuerySchema,
  reliabilitySchema,
  seriesQuerySchema,
  seriesSchema,
} from '../domain/history.ts';
import { liveMessageSchema } from '../domain/live.ts';
import { operatorNoteSchema, overrideRequestSchema, overrideSchema } from '../domain/operations.ts';
import { priceApplicationSchema, priceOutcomeSchema } from '../domain/pricing.ts';
import { providerDetailSchema, providerStatusSchema, uptimeQuerySchema, uptimeSchema } from '../domain/provider.ts';
import {
  endRaiseRequestSchema,
  limitRaiseSchema,
  quotasSchema,
  quotaStatusSchema,
  raiseRequestSchema,
} from '../domain/quota.ts';
import { requestDetailSchema, requestPageSchema, requestQuerySchema } from '../domain/request.ts';
import { replayRequestSchema, replayResultSchema } from '../domain/replay.ts';
import {
  routingChangeSchema,
  routingCheckResultSchema,
  routingCheckSchema,
  routingHistoryQuerySchema,
  routingHistorySchema,
  routingRollbackSchema,
  routingStateSchema,
} from '../domain/routing.ts';
import { statusSchema } from '../domain/status.ts';
import { alertCalls, notifyCalls, silenceCalls } from './alerts.ts';
import { annotationCalls } from './annotations.ts';
import { auditCall, auditChainCalls } from './audit.ts';
import { base } from './base.ts';
import { incidentCalls } from './incidents.ts';
import { settingsCall } from './settings.ts';
import { drillCalls } from './drills.ts';
import { experimentCalls } from './experiments.ts';

const providerName = z.object({ name: z.string() });

/**
 * The console contract: one description for the desktop (MessagePort), the browser (WebSocket) and scripts (REST under
 * `/api`, described at `/api/openapi.json`). Paths and field names are those of the public interface.
 */
export const contract = {
  status: base.route({ method: 'GET', path: '/status', summary: 'The whole live picture' }).output(statusSchema),
  live: base
    .route({ method: 'GET', path: '/live', summary: 'Live stream: a snapshot first, then what changes' })
    .output(eventIterator(liveMessageSchema)),
  providers: {
    get: base
      .route({ method: 'GET', path: '/providers/{name}', summary: 'One provider with its history' })
      .input(providerName)
      .output(providerDetailSchema),
    probe: base
      .route({ method: 'POST', path: '/providers/{name}/probe', summary: 'Probe now' })
      .input(providerName)
      .output(providerStatusSchema),
    reset: base
      .route({ method: 'POST', path: '/providers/{name}/reset', summary: 'Close the breaker and end the cooling' })
      .input(providerName.extend(operatorNoteSchema.shape))
      .output(providerStatusSchema),
    isolate: base
      .route({ method: 'POST', path: '/providers/{name}/isolate', summary: 'Take out by hand' })
      .input(providerName.extend(operatorNoteSchema.shape))
      .output(providerStatusSchema),
    rejoin: base
      .route({ method: 'POST', path: '/providers/{name}/rejoin', summary: 'Put back what was taken out by hand' })
      .input(providerName.extend(operatorNoteSchema.shape))
      .output(providerStatusSchema),
  },
  override: {
    set: base
      .route({ method: 'PUT', path: '/override', summary: 'Force a provider until a time' })
      .input(overrideRequestSchema)
      .output(overrideSchema),
    release: base
      .route({ method: 'DELETE', path: '/override', summary: 'Release the active override' })
      .input(operatorNoteSchema.partial())
      .output(z.object({ released: overrideSchema.nullable() })),
  },
  requests: {
    list: base
      .route({ method: 'GET', path: '/requests', summary: 'Requests, newest first, no bodies' })
      .input(requestQuerySchema)
      .output(requestPageSchema),
    get: base
      .route({ method: 'GET', path: '/requests/{id}', summary: 'One request with its decision, attempts and timings' })
      .input(z.object({ id: z.string() }))
      .output(requestDetailSchema),
  },
  uptime: base
    .route({ method: 'GET', path: '/uptime', summary: 'Health of every provider by calendar day' })
    .input(uptimeQuerySchema)
    .output(uptimeSchema),
  settings: settingsCall,
  fallbacks: base
    .route({ method: 'GET', path: '/fallbacks', summary: 'Fallback events, episodes and health lanes' })
    .input(rangeQuerySchema)
    .output(fallbacksSchema),
  costs: base
    .route({ method: 'GET', path: '/costs', summary: 'Cost, tokens and requests by one dimension' })
    .input(costQuerySchema)
    .output(costsSchema),
  reliability: base
    .route({ method: 'GET', path: '/reliability', summary: 'Calls, failures and latency percentiles by provider' })
    .input(rangeQuerySchema)
    .output(reliabilitySchema),
  prices: {
    apply: base
      .route({ method: 'POST', path: '/prices/apply', summary: 'Apply a rate to past use of unknown price' })
      .input(priceApplicationSchema)
      .output(priceOutcomeSchema),
  },
  series: base
    .route({ method: 'GET', path: '/series', summary: 'Requests, latency and cost over time by provider' })
    .input(seriesQuerySchema)
    .output(seriesSchema),
  quotas: base
    .route({ method: 'GET', path: '/quotas', summary: 'Budgets and rates: used, limit, reset, projection' })
    .output(quotasSchema),
  limits: {
    raise: base
      .route({ method: 'POST', path: '/quotas/raise', summary: 'Raise a limit until a time' })
      .input(raiseRequestSchema)
      .output(quotaStatusSchema),
    endRaise: base
      .route({ method: 'DELETE', path: '/quotas/raise', summary: 'End a raise before its time' })
      .input(endRaiseRequestSchema)
      .output(z.object({ ended: limitRaiseSchema.nullable() })),
  },
  route: base
    .route({ method: 'POST', path: '/route', summary: 'Explain a decision; sends nothing' })
    .input(routeQuestionSchema)
    .output(decisionSchema),
  routing: {
    get: base
      .route({
        method: 'GET',
        path: '/routing',
        summary: 'Live routing, tiers and call sites, and where each value is from',
      })
      .output(routingStateSchema),
    change: base
      .route({ method: 'PUT', path: '/routing', summary: 'Store a change of the routing; takes effect at once' })
      .input(routingChangeSchema)
      .output(routingStateSchema),
    check: base
      .route({ method: 'POST', path: '/routing/check', summary: 'What a change would do; stores nothing' })
      .input(routingCheckSchema)
      .output(routingCheckResultSchema),
    history: base
      .route({ method: 'GET', path: '/routing/history', summary: 'Stored versions of the routing, newest first' })
      .input(routingHistoryQuerySchema)
      .output(routingHistorySchema),
    rollback: base
      .route({ method: 'POST', path: '/routing/rollback', summary: 'Bring a stored version back; 0 is the file alone' })
      .input(routingRollbackSchema)
      .output(routingStateSchema),
  },
  replay: base
    .route({ method: 'POST', path: '/replay', summary: 'What-if: recorded traffic put to another configuration' })
    .input(replayRequestSchema)
    .output(replayResultSchema),
  alerts: alertCalls,
  silences: silenceCalls,
  notify: notifyCalls,
  drills: drillCalls,
  experiments: experimentCalls,
  audit: auditCall,
  auditChain: auditChainCalls,
  annotations: annotationCalls,
  incidents: incidentCalls,
  compare: {
    run: base
      .route({ method: 'POST', path: '/compare', summary: 'One prompt to several providers, answered whole' })
      .input(compareRequestSchema)
      .output(compareAnswerSchema),
    stream: base
      .route({ method: 'POST', path: '/compare/stream', summary: 'One prompt to several providers, streamed' })
      .input(compareRequestSchema)
      .output(eventIterator(compareEventSchema)),
  },
};
