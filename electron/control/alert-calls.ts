import { implement } from '@orpc/server';
import { alertCalls, silenceCalls } from '../../shared/contract/alerts.ts';
import type { EngineApi } from '../engine/engine-api.ts';

/** The calls about alerts over a running engine. */
export function implementAlertCalls({ alerts }: Pick<EngineApi, 'alerts'>) {
  const api = implement(alertCalls);
  return {
    list: api.list.handler(() => alerts.list()),
    history: api.history.handler(async ({ input }) => ({ alerts: await alerts.history(input) })),
    acknowledge: api.acknowledge.handler(({ input }) => alerts.acknowledge(input)),
  };
}

/** The calls about silences over a running engine. */
export function implementSilenceCalls({ alerts }: Pick<EngineApi, 'alerts'>) {
  const api = implement(silenceCalls);
  return {
    create: api.create.handler(({ input }) => alerts.createSilence(input)),
    end: api.end.handler(({ input }) => alerts.endSilence(input)),
  };
}
