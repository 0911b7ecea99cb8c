import { systemClock } from '../../electron/engine/clock.ts';
import { EventBus } from '../../electron/engine/events.ts';
import { createQuotaManager } from '../../electron/engine/quota/quota-manager.ts';
import { openStore } from '../../electron/engine/store/open-store.ts';
import { providerConfig, registryOf } from './health-fixtures.ts';

/**
 * Reserves request after request on a daily limit and writes one line to stdout for each that was let through, at once
 * and after the reservation was promised; `closed` when the budget is gone. Stops after `most` and then waits to be killed.
 */
const [directory = '', limit = '0', most = '0'] = process.argv.slice(2);
const store = await openStore({
  directory,
  clock: systemClock,
  retentionDays: 30,
  workerUrl: new URL('../../electron/engine/store/reader-worker.ts', import.meta.url),
  onError: (error) => console.error(error),
});
const registry = registryOf(
  providerConfig('claude', { limits: { queueTimeoutMs: 0, requests_per_day: Number(limit), usd_per_day: 1_000 } }),
);
const quota = createQuotaManager({
  registry: () => registry,
  clock: systemClock,
  storage: store.writer,
  events: new EventBus((error) => console.error(error)),
});

for (let turn = 0; turn < Number(most); turn += 1) {
  const result = quota.reserve({ provider: 'claude', estimatedTokens: 10, estimatedCostMicroUsd: 1_000 });
  process.stdout.write(result.ok ? 'sent\n' : `${result.code}\n`);
  if (!result.ok) break;
  // Every other one is still on its way when the process dies.
  if (turn % 2 === 0) result.reservation.settle({ tokens: 20, costMicroUsd: 2_000 });
}
process.stdout.write('done\n');
setInterval(() => undefined, 60_000);
