import { implement } from '@orpc/server';
import { experimentCalls } from '../../shared/contract/experiments.ts';
import type { EngineApi } from '../engine/engine-api.ts';

/** The calls about shadow traffic over a running engine. */
export function implementExperimentCalls({ experiments }: Pick<EngineApi, 'experiments'>) {
  const api = implement(experimentCalls);
  return {
    get: api.get.handler(() => experiments.get()),
    pairs: api.pairs.handler(({ input }) => experiments.pairs(input)),
    pair: api.pair.handler(({ input }) => experiments.pair(input.id)),
    pause: api.pause.handler(({ input }) => experiments.pause(input)),
    resume: api.resume.handler(({ input }) => experiments.resume(input)),
  };
}
