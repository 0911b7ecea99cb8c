import { expect, it } from 'vitest';
import { AlertCounters } from '../../../electron/engine/alerts/alert-counters.ts';
import { EventBus } from '../../../electron/engine/events.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { anAttempt, aRequest } from '../../support/records.ts';

const NOTHING = { unpricedAttempts: [], breakerOpenings: [] };

it('models without a price are one alert a provider, however many names callers invent', () => {
  const events = new EventBus((error) => {
    throw error;
  });
  const counters = new AlertCounters({ clock: createManualClock(0), events, isApi: () => true, restored: NOTHING });
  for (let count = 1; count <= 1_000; count += 1) {
    const model = `claude-${count}`;
    const attempt = anAttempt({ provider: 'claude', model, pricing_unknown: true });
    events.emit('request_finished', aRequest({ model, pricing_unknown: true, attempt_list: [attempt] }));
  }
  expect([...counters.facts().unpriced]).toEqual([['claude', { calls: 1_000, model: 'claude-1000' }]]);
  counters.stop();
});
