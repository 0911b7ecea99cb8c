import { annotationRequestSchema, annotationSchema, annotationsSchema } from '../domain/annotations.ts';
import { rangeQuerySchema } from '../domain/history.ts';
import { base } from './base.ts';

/** What charts say beside their curves. */
export const annotationCalls = {
  list: base
    .route({
      method: 'GET',
      path: '/annotations',
      summary: 'Deploys, notes, overrides, configuration changes and alerts over time',
    })
    .input(rangeQuerySchema)
    .output(annotationsSchema),
  create: base
    .route({ method: 'POST', path: '/annotations', summary: 'Note a deploy or anything else beside the charts' })
    .input(annotationRequestSchema)
    .output(annotationSchema),
};
