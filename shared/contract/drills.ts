import { z } from 'zod';
import {
  abortDrillSchema,
  drillDetailSchema,
  drillPreviewSchema,
  drillReportQuerySchema,
  drillRequestSchema,
  drillSchema,
} from '../domain/drills.ts';
import { base } from './base.ts';

/** Announced faults on purpose, and how they ended. */
export const drillCalls = {
  list: base
    .route({ method: 'GET', path: '/drills', summary: 'Drills, newest first' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }))
    .output(z.object({ drills: z.array(drillSchema) })),
  get: base
    .route({ method: 'GET', path: '/drills/{id}', summary: 'One drill and the incidents that it made' })
    .input(z.object({ id: z.coerce.number().int() }))
    .output(drillDetailSchema),
  report: base
    .route({
      method: 'GET',
      path: '/drills/{id}/report',
      summary: 'The report of one drill with its incidents: md, html or json',
    })
    .input(drillReportQuerySchema)
    .output(z.file()),
  preview: base
    .route({ method: 'GET', path: '/drills/preview', summary: 'What a drill on a provider would touch' })
    .input(z.object({ provider: z.string() }))
    .output(drillPreviewSchema),
  schedule: base
    .route({ method: 'POST', path: '/drills', summary: 'Announce a drill; it begins by itself' })
    .input(drillRequestSchema)
    .output(drillSchema),
  abort: base
    .route({ method: 'DELETE', path: '/drills', summary: 'Abort the announced or running drill' })
    .input(abortDrillSchema)
    .output(z.object({ aborted: drillSchema.nullable() })),
};
