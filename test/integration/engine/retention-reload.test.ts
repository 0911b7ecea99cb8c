import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../electron/engine/clock.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import { READER_WORKER_URL } from '../../support/store-fixtures.ts';
import { sampleRequest } from '../../support/store-plain-fixtures.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Writes a request of each age into a new data directory, which it answers. */
async function directoryWithRequestsOf(ages: readonly number[]): Promise<string> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'switchyard-retention-'));
  const { writer, reader } = await openStore({
    directory: dataDirectory,
    clock: systemClock,
    retentionDays: 30,
    workerUrl: READER_WORKER_URL,
    onError: () => {},
  });
  const now = systemClock.now();
  await Promise.all(
    ages.map((days) => writer.record(sampleRequest({ id: `${days} days old`, started_at: now - days * DAY }))),
  );
  await reader.close();
  await writer.close();
  return dataDirectory;
}

it('a saved retention deletes what is older at once, without a restart, and every sum stays', async () => {
  const pair = await startPair();
  onTestFinished(() => pair.stop());
  const dataDirectory = await directoryWithRequestsOf([1, 5, 9]);
  const registryPath = join(dataDirectory, 'switchyard.yaml');
  const registry = (days: number) => `${pair.registry()}\nstorage: { retention_days: ${days} }\n`;
  writeFileSync(registryPath, registry(30));
  const engine = await startTestEngine(registry(30), { environment: pair.environment, dataDirectory, registryPath });
  onTestFinished(async () => {
    await engine.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  const kept = async () => (await engine.api.listRequests({ limit: 10 })).requests.map(({ id }) => id);
  const total = async () => (await engine.api.costs({ since: '20d', group_by: 'provider' })).totals;
  const before = await total();
  expect(await kept()).toEqual(['1 days old', '5 days old', '9 days old']);

  writeFileSync(registryPath, registry(3));
  await eventually(async () => (await kept()).length === 1);
  expect(await kept()).toEqual(['1 days old']);
  expect(await total()).toEqual(before);
});
