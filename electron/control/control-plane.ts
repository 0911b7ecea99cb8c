import { ORPCError } from '@orpc/client';
import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/contract.ts';
import type { Clock } from '../engine/clock.ts';
import type { EngineApi } from '../engine/engine-api.ts';
import { implementAlertCalls, implementSilenceCalls } from './alert-calls.ts';
import { implementAnnotationCalls } from './annotation-calls.ts';
import { implementAuditCall, implementAuditChainCalls } from './audit-calls.ts';
import { implementDrillCalls } from './drill-calls.ts';
import { implementExperimentCalls } from './experiment-calls.ts';
import { implementIncidentCalls } from './incident-calls.ts';
import { type ReportError, toControlError } from './errors.ts';
import { LiveFeed } from './live-feed.ts';
import { implementNotifyCalls } from './notify-calls.ts';
import { SlidingWindowLimit } from './rate-limit.ts';
import { implementSettingsCall } from './settings-calls.ts';

/** More than any hand presses; a script that has gone wild is held back. Releasing is the way back and is never refused. */
const OVERRIDES_PER_MINUTE = 60;

/** The part of a call that is looked at when it fails. */
interface InterceptedCall<Output> {
  next: () => Promise<Output>;
  procedure: { '~orpc': { inputSchema?: unknown } };
}

export interface ControlPlaneOptions {
  engine: EngineApi;
  clock: Clock;
  /** Told of every error that is not the operator's. */
  report: ReportError;
}

/** Iterates `source` with its errors turned into those a caller may see. */
async function* withControlErrors<Item>(source: AsyncIterable<Item>, report: ReportError): AsyncGenerator<Item> {
  try {
    yield* source;
  } catch (error) {
    throw toControlError(error, report);
  }
}

function admitOverride(limit: SlidingWindowLimit): void {
  const waitMs = limit.take();
  if (waitMs === null) return;
  throw new ORPCError('TOO_MANY_REQUESTS', {
    status: 429,
    message: `More than ${OVERRIDES_PER_MINUTE} overrides in a minute: try again in ${Math.ceil(waitMs / 1000)} s.`,
  });
}

/** The console contract over a running engine, free of any transport. */
export function createControlPlane(options: ControlPlaneOptions) {
  const { engine, clock, report } = options;
  const feed = new LiveFeed(engine, clock);
  const overrideLimit = new SlidingWindowLimit(clock, OVERRIDES_PER_MINUTE, 60_000);
  const api = implement(contract);
  // A call over REST may come without a signal; a comparison nobody can stop ends by its own limits.
  const signalOf = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal;

  const router = api.router({
    status: api.status.handler(() => engine.status()),
    live: api.live.handler(({ signal }) => feed.subscribe(signal)),
    providers: {
      get: api.providers.get.handler(({ input }) => engine.provider(input.name)),
      probe: api.providers.probe.handler(({ input }) => engine.probe(input.name)),
      reset: api.providers.reset.handler(({ input: { name, ...note } }) => engine.resetBreaker(name, note)),
      isolate: api.providers.isolate.handler(({ input: { name, ...note } }) => engine.isolate(name, note)),
      rejoin: api.providers.rejoin.handler(({ input: { name, ...note } }) => engine.rejoin(name, note)),
    },
    override: {
      set: api.override.set.handler(({ input }) => {
        admitOverride(overrideLimit);
        return engine.setOverride(input);
      }),
      release: api.override.release.handler(({ input }) => ({ released: engine.releaseOverride(input) })),
    },
    requests: {
      list: api.requests.list.handler(({ input }) => engine.listRequests(input)),
      get: api.requests.get.handler(({ input }) => engine.getRequest(input.id)),
    },
    uptime: api.uptime.handler(({ input }) => engine.uptime(input)),
    settings: implementSettingsCall(engine),
    fallbacks: api.fallbacks.handler(({ input }) => engine.fallbacks(input)),
    costs: api.costs.handler(({ input }) => engine.costs(input)),
    reliability: api.reliability.handler(({ input }) => engine.reliability(input)),
    prices: { apply: api.prices.apply.handler(({ input }) => engine.applyPrice(input)) },
    series: api.series.handler(({ input }) => engine.series(input)),
    quotas: api.quotas.handler(() => engine.quotas()),
    limits: {
      raise: api.limits.raise.handler(({ input }) => engine.raiseLimit(input)),
      endRaise: api.limits.endRaise.handler(({ input }) => ({ ended: engine.endRaise(input) })),
    },
    route: api.route.handler(({ input }) => engine.explainRoute(input)),
    routing: {
      get: api.routing.get.handler(() => engine.routing()),
      change: api.routing.change.handler(({ input }) => engine.changeRouting(input)),
      check: api.routing.check.handler(({ input }) => engine.checkRouting(input)),
      history: api.routing.history.handler(({ input }) => engine.routingHistory(input)),
      rollback: api.routing.rollback.handler(({ input }) => engine.rollbackRouting(input)),
    },
    replay: api.replay.handler(({ input, signal }) => engine.replay(input, signal)),
    alerts: implementAlertCalls(engine),
    silences: implementSilenceCalls(engine),
    notify: implementNotifyCalls(engine),
    drills: implementDrillCalls(engine),
    experiments: implementExperimentCalls(engine),
    audit: implementAuditCall(engine),
    auditChain: implementAuditChainCalls(engine),
    annotations: implementAnnotationCalls(engine),
    incidents: implementIncidentCalls(engine),
    compare: {
      run: api.compare.run.handler(({ input, signal }) => engine.compareWhole(input, signalOf(signal))),
      stream: api.compare.stream.handler(({ input, signal }) =>
        withControlErrors(engine.compare(input, signalOf(signal)), report),
      ),
    },
  });

  return {
    router,
    /** Options every transport's handler takes: errors leave as one sentence, unexpected ones are reported. */
    handlerOptions: {
      clientInterceptors: [
        async <Output>({ next, procedure }: InterceptedCall<Output>): Promise<Output> => {
          try {
            return await next();
          } catch (error) {
            throw toControlError(error, report, procedure['~orpc'].inputSchema);
          }
        },
      ],
    },
    /** Ends the live subscriptions. */
    close: (): void => feed.close(),
  };
}

export type ControlPlane = ReturnType<typeof createControlPlane>;
