import { implement } from '@orpc/server';
import { drillCalls } from '../../shared/contract/drills.ts';
import type { EngineApi } from '../engine/engine-api.ts';
import { toFile } from './document-file.ts';

/** The calls about drills over a running engine. */
export function implementDrillCalls({ drills }: Pick<EngineApi, 'drills'>) {
  const api = implement(drillCalls);
  return {
    list: api.list.handler(async ({ input }) => ({ drills: await drills.list(input.limit) })),
    get: api.get.handler(({ input }) => drills.get(input.id)),
    report: api.report.handler(async ({ input }) => toFile(await drills.report(input))),
    preview: api.preview.handler(({ input }) => drills.preview(input.provider)),
    schedule: api.schedule.handler(({ input }) => drills.schedule(input)),
    abort: api.abort.handler(({ input }) => ({ aborted: drills.abort(input) })),
  };
}
