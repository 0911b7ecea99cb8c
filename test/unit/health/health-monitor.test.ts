import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../../electron/engine/events.ts';
import {
  createHealthMonitor,
  type EngineHealthMonitor,
  type HealthMonitorDeps,
} from '../../../electron/engine/health/health-monitor.ts';
import type { AttemptOutcome } from '../../../electron/engine/health/types.ts';
import type { ProbeResult, Provider } from '../../../electron/engine/providers/types.ts';
import type { ProviderConfig } from '../../../electron/engine/registry/types.ts';
import type { BreakerStatus, HealthTransition } from '../../../shared/domain/provider.ts';
import {
  goodProbe,
  memoryHealthStorage,
  probedProvider,
  providerConfig,
  refusedProbe,
  registryOf,
} from '../../support/health-fixtures.ts';
import { ManualClock } from '../../support/health-manual-clock.ts';

const failed: AttemptOutcome = {
  ok: false,
  class: 'server_error',
  message: 'HTTP 500',
  retryAfterMs: null,
  countsAgainstHealth: true,
};
const unreachable: AttemptOutcome = { ...failed, class: 'unreachable', message: 'connection refused' };
const succeeded: AttemptOutcome = { ok: true, latencyMs: 400, firstTokenMs: 80 };

let clock: ManualClock;
let storage: ReturnType<typeof memoryHealthStorage>;
let answer: () => Promise<ProbeResult>;
let probes: number;
let available: boolean;
let configs: ProviderConfig[];
let scrapeLoad: Provider['scrapeLoad'];
let monitor: EngineHealthMonitor;
let breakers: { provider: string; breaker: BreakerStatus }[];
let announced: HealthTransition[];
let paid: ProbeResult[];

function build(change: Partial<HealthMonitorDeps> = {}): EngineHealthMonitor {
  const events = new EventBus((error) => {
    throw error;
  });
  events.on('breaker_changed', (event) => breakers.push(event));
  events.on('health_changed', (event) => announced.push(event));
  const provider = probedProvider(
    'kimi',
    () => {
      probes += 1;
      return answer();
    },
    {
      availability: () =>
        available
          ? { available: true }
          : { available: false, keyEnv: 'KIMI_API_KEY', reason: 'KIMI_API_KEY is not set' },
    },
  );
  monitor = createHealthMonitor({
    registry: () => registryOf(...configs),
    provider: () => ({ ...provider, scrapeLoad }),
    clock,
    random: () => 0.5,
    events,
    storage,
    restored: { isolations: [], lastHealth: [] },
    onProbeUsage: (_, probe) => paid.push(probe),
    ...change,
  });
  return monitor;
}

async function started(change: Partial<HealthMonitorDeps> = {}): Promise<EngineHealthMonitor> {
  build(change).start();
  await clock.advance(0);
  return monitor;
}

function send(outcome: AttemptOutcome): void {
  const result = monitor.admit('kimi', 0);
  if (!result.admitted) throw new Error(`not admitted: ${result.reason}`);
  result.admission.report(outcome);
}

const status = (): string => monitor.standing('kimi').health.status;

beforeEach(() => {
  clock = new ManualClock();
  storage = memoryHealthStorage();
  answer = () => Promise.resolve(goodProbe);
  probes = 0;
  available = true;
  configs = [providerConfig('kimi')];
  scrapeLoad = null;
  breakers = [];
  announced = [];
  paid = [];
});

afterEach(() => monitor.stop());

describe('probing', () => {
  it('begins at once and goes on by the interval', async () => {
    await started();
    expect(probes).toBe(1);
    expect(status()).toBe('healthy');
    await clock.advance(29_999);
    expect(probes).toBe(1);
    await clock.advance(1);
    expect(probes).toBe(2);
  });

  it.each([
    [0, 27_000],
    [0.999_999, 33_000],
  ])('is jittered by ten per cent either way (draw %d)', async (draw, interval) => {
    await started({ random: () => draw });
    await clock.advance(interval - 1);
    expect(probes).toBe(1);
    await clock.advance(1);
    expect(probes).toBe(2);
  });

  it('counts a silent provider as failed when the timeout is over, and never overlaps', async () => {
    answer = () => new Promise(() => undefined);
    await started();
    await clock.advance(1_999);
    expect(status()).toBe('unknown');
    void monitor.probeNow('kimi');
    await clock.advance(1);
    expect(probes).toBe(1);
    expect(monitor.standing('kimi').health).toMatchObject({ status: 'unhealthy', reason: 'no answer within 2 s' });
  });

  it('looks again on a fresh connection before it calls a server gone', async () => {
    await started();
    const answers = [refusedProbe, goodProbe];
    answer = () => Promise.resolve(answers.shift() ?? goodProbe);
    await clock.advance(30_000);
    expect(status()).toBe('healthy');
    expect(probes).toBe(3);
  });

  it('survives a probe that throws', async () => {
    answer = () => Promise.reject(new Error('a bug'));
    await started();
    expect(monitor.standing('kimi').health).toMatchObject({ status: 'unhealthy', reason: 'the probe itself failed' });
  });

  it('asks an unhealthy self-hosted server every five seconds, so that its return is noticed soon', async () => {
    await started();
    answer = () => Promise.resolve(refusedProbe);
    await clock.advance(30_000);
    expect(status()).toBe('unhealthy');
    const before = probes;
    await clock.advance(15_000);
    // Each looks twice: a closed kept connection is no dead server.
    expect(probes - before).toBe(6);
    answer = () => Promise.resolve(goodProbe);
    await clock.advance(5_000);
    expect(monitor.standing('kimi').breaker.state).toBe('half_open');
  });

  it('never quickens a probe that costs money, and passes its usage on', async () => {
    configs = [
      providerConfig('kimi', {
        healthCheck: { enabled: true, endpoint: null, method: 'test_request', intervalMs: 60_000, timeoutMs: 2_000 },
      }),
    ];
    const usage = {
      input_tokens: 3,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 1,
      reasoning_tokens: 0,
      estimated: false,
    };
    answer = () => Promise.resolve({ ...goodProbe, kind: 'test_request', usage });
    await started();
    for (let count = 0; count < 3; count += 1) send(unreachable);
    await clock.advance(59_999);
    expect(probes).toBe(1);
    expect(paid).toHaveLength(1);
  });

  it('rests while the provider is switched off or its key is missing, and says which', async () => {
    available = false;
    await started();
    expect(monitor.standing('kimi').health).toMatchObject({ status: 'disabled', reason: 'KIMI_API_KEY is not set' });
    configs = [providerConfig('kimi', { enabled: false })];
    monitor.setRegistry();
    await clock.advance(300_000);
    expect(probes).toBe(0);
    expect(monitor.standing('kimi').health.reason).toBe('switched off in the registry');
  });

  it('waits for the first probes, but not longer than asked', async () => {
    answer = () => new Promise(() => undefined);
    build().start();
    let done = false;
    const waiting = monitor.waitForFirstProbes(1_500).then(() => {
      done = true;
    });
    await clock.advance(1_499);
    expect(done).toBe(false);
    await clock.advance(1);
    await waiting;
    expect(done).toBe(true);
  });

  it('stops: no timer and no event afterwards', async () => {
    await started();
    await monitor.stop();
    announced = [];
    answer = () => Promise.resolve(refusedProbe);
    await clock.advance(600_000);
    expect(probes).toBe(1);
    expect(announced).toEqual([]);
  });
});

describe('transitions', () => {
  it('are stored and announced with both ends and the reason', async () => {
    await started();
    answer = () => Promise.resolve(refusedProbe);
    await clock.advance(30_000);
    expect(storage.transitions.map(({ from_status, to_status, reason }) => [from_status, to_status, reason])).toEqual([
      ['unknown', 'healthy', 'answers'],
      ['healthy', 'unhealthy', 'connection refused'],
    ]);
    expect(announced).toEqual(storage.transitions);
  });

  it('keep "since" over a restart when the status is the same as before', async () => {
    const lastHealth = [{ provider: 'kimi', status: 'unhealthy' as const, since: 12_345, reason: 'gone' }];
    answer = () => Promise.resolve(refusedProbe);
    await started({ restored: { isolations: [], lastHealth } });
    expect(monitor.standing('kimi').health.since).toBe(12_345);
  });

  it('go on in memory when they cannot be stored', async () => {
    const errors: unknown[] = [];
    const full = {
      ...storage,
      addHealthTransition: () => {
        throw new Error('disk full');
      },
    };
    await started({ storage: full, onStorageError: (error) => errors.push(error) });
    expect(status()).toBe('healthy');
    expect(announced).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });
});

describe('suspend', () => {
  it('probes again at once, and records no outage for the gap', async () => {
    await started();
    answer = () => Promise.resolve(refusedProbe);
    clock.jumpWall(3_600_000);
    await clock.advance(6_000);
    expect(probes).toBe(3);
    expect(status()).toBe('healthy');
    answer = () => Promise.resolve(goodProbe);
    await clock.advance(2_000);
    expect(probes).toBe(4);
    expect(storage.transitions).toHaveLength(1);
  });

  it('believes a failure that is still there after the second look', async () => {
    await started();
    answer = () => Promise.resolve(refusedProbe);
    clock.jumpWall(3_600_000);
    await clock.advance(8_000);
    expect(status()).toBe('unhealthy');
  });
});

describe('traffic', () => {
  it('opens the breaker, which is announced and makes the provider unhealthy', async () => {
    await started();
    for (let count = 0; count < 3; count += 1) send(failed);
    expect(monitor.standing('kimi').health).toMatchObject({
      status: 'unhealthy',
      reason: '3 failures in a row, the last: HTTP 500',
    });
    expect(breakers.map(({ breaker }) => breaker.state)).toEqual(['open']);
    expect(monitor.admit('kimi', 0)).toMatchObject({ admitted: false });
  });

  it('announces each step of the recovery as time and the trial bring it', async () => {
    await started();
    for (let count = 0; count < 3; count += 1) send(failed);
    await clock.advance(10_000);
    send(succeeded);
    await clock.advance(20_000);
    expect(breakers.map(({ breaker }) => [breaker.state, breaker.admitted_share])).toEqual([
      ['open', 0],
      ['half_open', 0],
      ['closed', 0.1],
      ['closed', 1],
    ]);
    expect(announced.map(({ to_status }) => to_status)).toEqual(['healthy', 'unhealthy', 'degraded', 'healthy']);
  });

  it('prompts a probe when the server is unreachable, so that one failed request is enough', async () => {
    await started();
    await clock.advance(5_000);
    answer = () => Promise.resolve(refusedProbe);
    send(unreachable);
    await clock.advance(0);
    expect(probes).toBe(3);
    expect(monitor.standing('kimi')).toMatchObject({
      health: { status: 'unhealthy' },
      breaker: { state: 'open', reason: 'connection refused' },
    });
  });

  it('is counted once for each admission, whatever is reported afterwards', async () => {
    await started();
    for (let count = 0; count < 2; count += 1) send(failed);
    const result = monitor.admit('kimi', 0);
    if (!result.admitted) throw new Error('not admitted');
    result.admission.withdraw();
    result.admission.report(failed);
    result.admission.report(failed);
    expect(monitor.standing('kimi').breaker.state).toBe('closed');
  });

  it('gives the recent p95 for a minute', async () => {
    await started();
    for (let count = 0; count < 20; count += 1) send({ ...succeeded, latencyMs: 400 });
    expect(monitor.standing('kimi').recentLatencyMs).toBeCloseTo(400, -2);
    await clock.advance(61_000);
    expect(monitor.standing('kimi').recentLatencyMs).toBeNull();
  });

  it('calls a provider slow over a handful of requests, and no longer when the slow minute is over', async () => {
    await started();
    for (let count = 0; count < 4; count += 1) send({ ...succeeded, latencyMs: 12_000 });
    expect(monitor.standing('kimi').slow).toBe(false);
    send({ ...succeeded, latencyMs: 12_000 });
    expect(monitor.standing('kimi').slow).toBe(true);
    await clock.advance(40_000);
    expect(monitor.standing('kimi').slow).toBe(true);
    await clock.advance(21_000);
    expect(monitor.standing('kimi').slow).toBe(false);
  });

  it('degrades a slow provider, and lets it be healthy again when the slow minute is over', async () => {
    await started();
    for (let count = 0; count < 5; count += 1) send({ ...succeeded, latencyMs: 12_000 });
    expect(status()).toBe('degraded');
    await clock.advance(75_000);
    expect(status()).toBe('healthy');
  });

  it('makes an unprobed provider healthy by its answers', async () => {
    configs = [
      providerConfig('kimi', {
        healthCheck: { enabled: false, endpoint: null, method: 'endpoint', intervalMs: 30_000, timeoutMs: 2_000 },
      }),
    ];
    await started();
    expect(status()).toBe('unknown');
    send(succeeded);
    expect(status()).toBe('healthy');
    expect(probes).toBe(0);
  });
});

describe('load', () => {
  it('is scraped every five seconds, and is unknown, not zero, when it cannot be read', async () => {
    let readable = true;
    scrapeLoad = () =>
      readable
        ? Promise.resolve({
            running: 3,
            waiting: 0,
            kv_cache_usage: 0.4,
            generation_tokens_per_second: null,
            scraped_at: clock.now(),
          })
        : Promise.reject(new Error('no metrics'));
    await started();
    expect(monitor.standing('kimi').load).toMatchObject({ running: 3, kv_cache_usage: 0.4 });
    readable = false;
    await clock.advance(5_000);
    expect(monitor.standing('kimi').load).toBeNull();
    expect(status()).toBe('healthy');
  });

  it('that hangs is given up and asked again', async () => {
    let scrapes = 0;
    scrapeLoad = () => {
      scrapes += 1;
      return new Promise(() => undefined);
    };
    await started();
    await clock.advance(15_000);
    expect(scrapes).toBe(3);
  });
});

describe('operators', () => {
  it('close the breaker and end the cooling with a reset, which probes at once', async () => {
    await started();
    for (let count = 0; count < 3; count += 1) send(failed);
    monitor.reset('kimi');
    await clock.advance(0);
    expect(monitor.standing('kimi').breaker).toMatchObject({ state: 'closed', admitted_share: 1 });
    expect(probes).toBe(2);
    expect(status()).toBe('healthy');
  });

  it('isolate a provider until they rejoin it, whatever probes, traffic and resets say', async () => {
    await started();
    const isolation = { operator: 'ada', reason: 'replacing a GPU', since: clock.now() };
    monitor.isolate('kimi', isolation);
    monitor.reset('kimi');
    await clock.advance(3_600_000);
    expect(monitor.standing('kimi').isolation).toEqual(isolation);
    expect(monitor.standing('kimi').health.status).toBe('healthy');
    expect(monitor.admit('kimi', 0)).toMatchObject({ admitted: false, reason: 'taken out by ada: replacing a GPU' });
    monitor.rejoin('kimi');
    expect(monitor.admit('kimi', 0).admitted).toBe(true);
    expect(storage.isolations).toEqual([
      ['kimi', isolation],
      ['kimi', null],
    ]);
  });

  it('find an isolation again after a restart', async () => {
    const isolation = { operator: 'ada', reason: 'replacing a GPU', since: 1 };
    await started({ restored: { isolations: [{ provider: 'kimi', isolation }], lastHealth: [] } });
    expect(monitor.admit('kimi', 0).admitted).toBe(false);
  });
});

describe('a reload', () => {
  it('keeps breaker and health of an entry whose server is the same', async () => {
    await started();
    for (let count = 0; count < 3; count += 1) send(failed);
    configs = [providerConfig('kimi', { priority: 7 })];
    monitor.setRegistry();
    await clock.advance(0);
    expect(monitor.standing('kimi').breaker.state).toBe('open');
  });

  it('starts afresh with a new server, and forgets an entry that is gone', async () => {
    await started();
    for (let count = 0; count < 3; count += 1) send(failed);
    configs = [providerConfig('kimi', { baseUrl: 'http://elsewhere.test/v1' })];
    monitor.setRegistry();
    await clock.advance(0);
    expect(monitor.standing('kimi').breaker.state).toBe('closed');
    configs = [];
    monitor.setRegistry();
    expect(monitor.standing('kimi').health).toMatchObject({
      status: 'disabled',
      reason: 'kimi is not in the registry',
    });
    const before = probes;
    await clock.advance(600_000);
    expect(probes).toBe(before);
  });

  it('plans one probe, not two, however often it happens', async () => {
    await started();
    for (let count = 0; count < 5; count += 1) monitor.setRegistry();
    await clock.advance(0);
    const before = probes;
    await clock.advance(30_000);
    expect(probes - before).toBe(1);
  });
});
