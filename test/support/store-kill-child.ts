import { systemClock } from '../../electron/engine/clock.ts';
import { openStore } from '../../electron/engine/store/open-store.ts';
import { sampleAttempt, sampleRequest } from './store-plain-fixtures.ts';

/** Records rows without end and writes each one's id to stdout once the store has promised to keep it. */
const [directory = ''] = process.argv.slice(2);
const store = await openStore({
  directory,
  clock: systemClock,
  retentionDays: 30,
  workerUrl: new URL('../../electron/engine/store/reader-worker.ts', import.meta.url),
  onError: (error) => console.error(error),
});

for (let turn = 0; ; turn += 1) {
  const ids = Array.from({ length: 1 + (turn % 7) }, (_, index) => `${turn}-${index}`);
  await Promise.all(
    ids.map(async (id) => {
      await store.writer.record(sampleRequest({ id, attempt_list: [sampleAttempt({ cost_usd: 0.000_123 })] }));
      process.stdout.write(`${id}\n`);
    }),
  );
}
