import { implement } from '@orpc/server';
import { notifyCalls } from '../../shared/contract/alerts.ts';
import type { EngineApi } from '../engine/engine-api.ts';

/** The calls about notifications over a running engine. */
export function implementNotifyCalls({ notify }: Pick<EngineApi, 'notify'>) {
  const api = implement(notifyCalls);
  return {
    deliveries: api.deliveries.handler(async ({ input }) => ({ deliveries: await notify.deliveries(input.limit) })),
    test: api.test.handler(({ input }) => notify.test(input.channel, input.operator)),
  };
}
