import { z } from 'zod';
import {
  acknowledgeRequestSchema,
  alertHistoryQuerySchema,
  alertSchema,
  alertsSchema,
  deliverySchema,
  endSilenceRequestSchema,
  silenceRequestSchema,
  silenceSchema,
} from '../domain/alerts.ts';
import { base } from './base.ts';

/** Alerts, silences and what was sent to whom. */
export const alertCalls = {
  list: base
    .route({ method: 'GET', path: '/alerts', summary: 'Alerts with their rules, silences and channels' })
    .output(alertsSchema),
  history: base
    .route({ method: 'GET', path: '/alerts/history', summary: 'Alerts that fired, newest first' })
    .input(alertHistoryQuerySchema)
    .output(z.object({ alerts: z.array(alertSchema) })),
  acknowledge: base
    .route({ method: 'POST', path: '/alerts/{id}/ack', summary: 'Say that somebody is on it' })
    .input(acknowledgeRequestSchema)
    .output(alertSchema),
};

export const silenceCalls = {
  create: base
    .route({ method: 'POST', path: '/silences', summary: 'Keep matching alerts from being notified until a time' })
    .input(silenceRequestSchema)
    .output(silenceSchema),
  end: base
    .route({ method: 'DELETE', path: '/silences', summary: 'End a silence before its time' })
    .input(endSilenceRequestSchema)
    .output(silenceSchema),
};

export const notifyCalls = {
  deliveries: base
    .route({ method: 'GET', path: '/notify/deliveries', summary: 'What was sent to whom, newest first' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }))
    .output(z.object({ deliveries: z.array(deliverySchema) })),
  test: base
    .route({ method: 'POST', path: '/notify/test', summary: 'Send a test notification to one channel' })
    .input(z.object({ channel: z.string(), operator: z.string().trim().min(1).max(100) }))
    .output(deliverySchema),
};
