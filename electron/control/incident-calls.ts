import { implement } from '@orpc/server';
import { incidentCalls } from '../../shared/contract/incidents.ts';
import type { EngineApi } from '../engine/engine-api.ts';
import { toFile } from './document-file.ts';

/** The calls about incidents over a running engine. */
export function implementIncidentCalls({ incidents }: Pick<EngineApi, 'incidents'>) {
  const api = implement(incidentCalls);
  return {
    list: api.list.handler(({ input }) => incidents.list(input)),
    summary: api.summary.handler(({ input }) => incidents.summary(input)),
    get: api.get.handler(({ input }) => incidents.get(input.id)),
    report: api.report.handler(async ({ input }) => toFile(await incidents.report(input))),
  };
}
