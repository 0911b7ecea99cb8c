import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../electron/engine/clock.ts';
import { EventBus } from '../../../electron/engine/events.ts';
import { createQuotaManager } from '../../../electron/engine/quota/quota-manager.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { providerConfig, registryOf } from '../../support/health-fixtures.ts';

const child = new URL('../../support/quota-kill-child.ts', import.meta.url).pathname;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchyard-quota-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Lets a process reserve until it has done `most`, kills it with SIGKILL, and answers how many it let through. */
async function reserveAndKill(limit: number, most: number): Promise<{ sent: number; end: string }> {
  const running = spawn(process.execPath, [child, directory, String(limit), String(most)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(running, 'exit');
  const written: string[] = [];
  for await (const line of createInterface({ input: running.stdout })) {
    if (line === 'done') break;
    written.push(line);
  }
  running.kill('SIGKILL');
  await exited;
  return { sent: written.filter((line) => line === 'sent').length, end: written.at(-1) ?? '' };
}

describe('daily budgets under kill -9', () => {
  it('let exactly the limit through over several lives of the process', async () => {
    const first = await reserveAndKill(100, 60);
    const second = await reserveAndKill(100, 1_000);
    const third = await reserveAndKill(100, 1_000);
    expect([first.sent, second.sent, third.sent]).toEqual([60, 40, 0]);
    expect([second.end, third.end]).toEqual(['budget_exhausted', 'budget_exhausted']);
  });

  it('keep what was settled, and the estimates of what was still under way', async () => {
    await reserveAndKill(100, 10);
    const store = await openStore({
      directory,
      clock: systemClock,
      retentionDays: 30,
      workerUrl: new URL('../../../electron/engine/store/reader-worker.ts', import.meta.url),
      onError: (error) => expect.unreachable(String(error)),
    });
    const limits = { queueTimeoutMs: 0, requests_per_day: 100, usd_per_day: 1_000 };
    const quota = createQuotaManager({
      registry: () => registryOf(providerConfig('claude', { limits })),
      clock: systemClock,
      storage: store.writer,
      events: new EventBus(() => undefined),
    });
    const used = Object.fromEntries(quota.status().map((status) => [status.limit, status.used]));
    await store.writer.close();
    await store.reader.close();
    expect(used).toEqual({ requests_per_day: 10, usd_per_day: 0.015 });
  });
});
