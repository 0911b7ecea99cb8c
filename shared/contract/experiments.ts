import { z } from 'zod';
import {
  experimentsSchema,
  shadowPairPageSchema,
  shadowPairQuerySchema,
  shadowPairSchema,
} from '../domain/experiments.ts';
import { operatorNoteSchema } from '../domain/operations.ts';
import { base } from './base.ts';

/** Shadow traffic: where the comparison stands, its pairs, and stopping it for a while. */
export const experimentCalls = {
  get: base
    .route({ method: 'GET', path: '/experiments', summary: 'Where the shadow stands, and what its pairs come to' })
    .output(experimentsSchema),
  pairs: base
    .route({ method: 'GET', path: '/experiments/pairs', summary: 'Pairs of answers, newest first, no bodies' })
    .input(shadowPairQuerySchema)
    .output(shadowPairPageSchema),
  pair: base
    .route({ method: 'GET', path: '/experiments/pairs/{id}', summary: 'One pair' })
    .input(z.object({ id: z.coerce.number().int() }))
    .output(shadowPairSchema),
  pause: base
    .route({ method: 'POST', path: '/experiments/pause', summary: 'Send no copies until resumed; survives a restart' })
    .input(operatorNoteSchema)
    .output(experimentsSchema),
  resume: base
    .route({ method: 'POST', path: '/experiments/resume', summary: 'Send copies again' })
    .input(operatorNoteSchema)
    .output(experimentsSchema),
};
