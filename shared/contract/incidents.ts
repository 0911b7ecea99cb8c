import { z } from 'zod';
import { rangeQuerySchema } from '../domain/history.ts';
import {
  incidentDetailSchema,
  incidentReportQuerySchema,
  incidentsSchema,
  incidentSummarySchema,
} from '../domain/incidents.ts';
import { base } from './base.ts';

/** What went wrong, told from what was stored. */
export const incidentCalls = {
  list: base
    .route({ method: 'GET', path: '/incidents', summary: 'Stretches in which the primary did not serve, newest first' })
    .input(rangeQuerySchema)
    .output(incidentsSchema),
  summary: base
    .route({ method: 'GET', path: '/incidents/summary', summary: 'Mean time to detect and to recover by week' })
    .input(rangeQuerySchema)
    .output(incidentSummarySchema),
  get: base
    .route({ method: 'GET', path: '/incidents/{id}', summary: 'One incident with its timeline and figures over time' })
    .input(z.object({ id: z.coerce.number().int() }))
    .output(incidentDetailSchema),
  report: base
    .route({ method: 'GET', path: '/incidents/{id}/report', summary: 'A post-mortem to fill in: md, html or json' })
    .input(incidentReportQuerySchema)
    .output(z.file()),
};
