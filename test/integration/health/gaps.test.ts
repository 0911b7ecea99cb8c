import SqliteDatabase from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../electron/engine/clock.ts';
import type { LaneSpan } from '../../../shared/domain/history.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';
import { startSink, type Sink } from '../../support/notify-sink.ts';

const CHILD = new URL('../../support/quota-engine-child.ts', import.meta.url).pathname;
const HOUR_MS = 3_600_000;
const NIGHT_MS = 8 * HOUR_MS;
const QUICK =
  '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }\n    breaker: { open_seconds: 0.2, ramp_seconds: 0.1 }';

let pair: Pair;
let sink: Sink;
let directory: string;
let engine: TestEngine | null;
/** What the wall and the monotonic clock are ahead of those of the machine. */
let ahead: number;
let monotonicAhead: number;
const clock = {
  ...systemClock,
  now: () => systemClock.now() + ahead,
  monotonic: () => systemClock.monotonic() + monotonicAhead,
};

/** Notifications that the store takes for not delivered, as another process sees them. */
function waitingDeliveries(): number {
  const database = new SqliteDatabase(join(directory, 'switchyard.db'), { readonly: true });
  try {
    const waiting = database.prepare<[], number>(`SELECT count(*) FROM deliveries WHERE status = 'waiting'`).pluck();
    return waiting.get() ?? 0;
  } finally {
    database.close();
  }
}

beforeEach(async () => {
  pair = await startPair();
  sink = await startSink();
  directory = mkdtempSync(join(tmpdir(), 'switchyard-gaps-'));
  engine = null;
  ahead = 0;
  monotonicAhead = 0;
});
afterEach(async () => {
  await engine?.stop();
  await sink.stop();
  await pair.stop();
  rmSync(directory, { recursive: true, force: true });
});

const registry = () => `${pair.registry({ kimi: QUICK })}
alerts:
  evaluation_seconds: 0.05
  rules: { PrimaryModelDown: { for_seconds: 0.2 }, UsingFallbackModel: { enabled: false } }
notify:
  webhook: { url: ${sink.url}/hook }
`;

async function start(): Promise<TestEngine> {
  engine = await startTestEngine(registry(), { environment: pair.environment, dataDirectory: directory, clock });
  return engine;
}

const noticeSchema = z.object({
  notices: z.array(z.object({ event: z.string(), alert: z.object({ rule: z.string() }) })),
});
const told = () =>
  sink.bodies().flatMap((body) => noticeSchema.parse(body).notices.map(({ event, alert }) => `${event} ${alert.rule}`));

/** The primary's health as the uptime bars are made of it. */
async function spans(running: TestEngine): Promise<LaneSpan[]> {
  const { lanes } = await running.api.fallbacks({ since: '2d' });
  return lanes.find(({ provider }) => provider === 'kimi')?.spans ?? [];
}

const lasted = (lane: readonly LaneSpan[], status: LaneSpan['status'], from: number) =>
  lane
    .filter((span) => span.status === status)
    .reduce((sum, span) => sum + Math.max(0, span.to - Math.max(span.from, from)), 0);

const down = (running: TestEngine) =>
  eventually(() =>
    running.api.status().providers.find(({ name, health }) => name === 'kimi' && health.status === 'unhealthy'),
  );
const up = (running: TestEngine) =>
  eventually(() =>
    running.api.status().providers.find(({ name, health }) => name === 'kimi' && health.status === 'healthy'),
  );

/** Until the engine has marked that it runs at that time. */
async function marked(running: TestEngine, at: number): Promise<void> {
  await eventually(async () => {
    const lane = await spans(running);
    return lane.some(({ status, to }) => status !== 'no_data' && to > at);
  });
}

async function downOfToday(running: TestEngine): Promise<number> {
  const { providers } = await running.api.uptime({ days: 2 });
  const days = providers.find(({ provider }) => provider === 'kimi')?.days ?? [];
  return days.reduce((sum, { down_ms: ms }) => sum + ms, 0);
}

describe('a suspend of eight hours while the primary is down', () => {
  it('is no data and no downtime, fires nothing and loses nothing', { timeout: 60_000 }, async () => {
    const running = await start();
    await pair.kimi.crash();
    await down(running);
    await eventually(() => told().includes('trigger PrimaryModelDown'));
    const asleep = clock.now();
    ahead = NIGHT_MS;
    await marked(running, clock.now());
    const lane = await spans(running);
    expect(lasted(lane, 'no_data', asleep)).toBeGreaterThan(NIGHT_MS - 2 * 60_000);
    expect(await downOfToday(running)).toBeLessThan(5 * 60_000);
    await pair.kimi.restart();
    await up(running);
    await eventually(() => told().includes('resolve PrimaryModelDown'));
    expect(told()).toEqual(['trigger PrimaryModelDown', 'resolve PrimaryModelDown']);
  });

  it('is no data where the engine is stopped right after waking up', async () => {
    const first = await start();
    await pair.kimi.crash();
    await down(first);
    ahead = NIGHT_MS;
    await first.stop({ keepData: true });
    const second = await start();
    expect(await downOfToday(second)).toBeLessThan(5 * 60_000);
  });
});

describe('a clock that is set', () => {
  it.each([HOUR_MS, -HOUR_MS])('by %i ms makes no downtime and no alert', { timeout: 60_000 }, async (step) => {
    const running = await start();
    await up(running);
    ahead = step;
    // Set forward it has to run on; set back it did at that time already.
    if (step > 0) await marked(running, clock.now());
    expect(await downOfToday(running)).toBe(0);
    expect(told()).toEqual([]);
    await pair.kimi.crash();
    await eventually(() => told().includes('trigger PrimaryModelDown'));
    expect(await downOfToday(running)).toBeLessThan(5 * 60_000);
  });
});

describe('a clock that is set back into an outage that is over', () => {
  it('shows the health that is, not the one of then', { timeout: 60_000 }, async () => {
    const running = await start();
    await pair.kimi.crash();
    await down(running);
    ahead = HOUR_MS;
    await pair.kimi.restart();
    await up(running);
    await marked(running, clock.now());
    ahead = 0;
    const lane = await eventually(async () => {
      const spansNow = await spans(running);
      return spansNow.at(-1)?.status === 'healthy' ? spansNow : null;
    });
    expect(lasted(lane, 'unhealthy', 0)).toBeLessThan(5 * 60_000);
  });
});

describe('kill -9 while an alert fires', () => {
  it('loses it not, tells it not twice, and shows the gap as no data', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [CHILD, directory, registry(), pair.claude.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(createInterface({ input: child.stdout }), 'line');
      await pair.kimi.crash();
      await eventually(() => told().includes('trigger PrimaryModelDown'));
      // What has arrived and is not known to have is told again.
      await eventually(() => waitingDeliveries() === 0);
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    const killedAt = clock.now();
    ahead = NIGHT_MS;
    const running = await start();
    const alert = await eventually(() =>
      running.api.status().firing_alerts.find(({ name }) => name === 'PrimaryModelDown'),
    );
    expect(alert.since).toBeLessThanOrEqual(killedAt);
    const lane = await spans(running);
    expect(lasted(lane, 'no_data', killedAt)).toBeGreaterThan(NIGHT_MS - 2 * 60_000);
    expect(await downOfToday(running)).toBeLessThan(5 * 60_000);
    await pair.kimi.restart();
    await up(running);
    expect(running.api.status().firing_alerts).toHaveLength(1);
    // Nothing resolves before everything was looked at for a while after a start.
    monotonicAhead = 61_000;
    await eventually(() => told().includes('resolve PrimaryModelDown'));
    expect(told()).toEqual(['trigger PrimaryModelDown', 'resolve PrimaryModelDown']);
  });
});
