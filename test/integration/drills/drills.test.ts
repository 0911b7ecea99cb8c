import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../electron/engine/clock.ts';
import type { Drill, DrillRequest } from '../../../shared/domain/drills.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const QUICK =
  '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }\n    breaker: { failures: 2, open_seconds: 0.2, ramp_seconds: 0.1 }';

let pair: Pair;
let engine: TestEngine;

/** Moves the wall clock alone, as a step of the system's time does. */
let ahead = 0;
const clock = { ...systemClock, now: () => systemClock.now() + ahead };

async function start(environment: Record<string, string> = {}, more = ''): Promise<void> {
  ahead = 0;
  pair = await startPair();
  engine = await startTestEngine(`${pair.registry({ kimi: QUICK })}${more}`, {
    environment: { ...pair.environment, ...environment },
    random: seeded(),
    clock,
  });
}

/** A fixed sequence of numbers in [0, 1). */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

const PLAN: DrillRequest = {
  provider: 'kimi',
  fault: 'refuse',
  share: 1,
  delay_ms: 5000,
  duration_seconds: 5,
  starts_in_seconds: 0,
  operator: 'ada',
  reason: 'quarterly exercise',
  targets: { lost_requests: 0, detect_ms: 20_000, recover_ms: 30_000 },
};

async function ask(): Promise<{ status: number; provider: string | null }> {
  const response = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
  });
  await response.arrayBuffer();
  return { status: response.status, provider: response.headers.get('x-switchyard-provider') };
}

function between(text: string, from: string, to: string): string {
  return text.slice(text.indexOf(from), text.indexOf(to));
}

const running = () => eventually(() => engine.api.status().drill?.state === 'running');
const ended = (id: number): Promise<Drill> =>
  eventually(async () => {
    const drill = await engine.api.drills.get(id);
    return drill.state === 'ended' ? drill : null;
  });

describe('a drill', () => {
  it('is met like the real thing, ends by itself, and is judged by what callers lived through', async () => {
    await start();
    expect((await ask()).provider).toBe('kimi');
    let answers: Awaited<ReturnType<typeof ask>>[];
    let drill: Drill;
    // Where a probe is quicker than the first call nobody meets the fault, and nothing is to be learnt.
    do {
      await eventually(() => engine.api.status().providers.every(({ health }) => health.status === 'healthy'));
      answers = [];
      const { id } = engine.api.drills.schedule(PLAN);
      await running();
      while (engine.api.status().drill?.state === 'running') answers.push(await ask());
      drill = await ended(id);
    } while (drill.outcome === 'inconclusive');
    const { id } = drill;
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.some(({ provider }) => provider === 'claude')).toBe(true);
    expect(drill).toMatchObject({ outcome: 'passed', figures: { lost_requests: 0 } });
    expect(drill.figures).toMatchObject({
      answered_requests: answers.length,
      rerouted_requests: answers.filter(({ provider }) => provider === 'claude').length,
    });
    expect(drill.figures.faulty_calls).toBeGreaterThan(0);
    const [incident] = (await engine.api.drills.get(id)).incident_ids;
    expect(incident).toBeDefined();
    expect(await engine.api.incidents.get(incident ?? 0)).toMatchObject({ drill_id: id, provider: 'kimi' });
    const { text } = await engine.api.drills.report({ id, format: 'md' });
    expect(text).toContain('**PASSED**');
    expect(text).toContain('| Requests lost | 0 | at most 0 | met |');
    // What stands in the incident's own report stands in this one, word for word.
    const own = await engine.api.incidents.report({ id: incident ?? 0, format: 'md' });
    expect(text).toContain(between(own.text, '## Summary', '## What we learned'));
    const page = await engine.api.drills.report({ id, format: 'html' });
    expect(page.text.match(/<svg /g)).toHaveLength(4);
    const { incidents } = JSON.parse((await engine.api.drills.report({ id, format: 'json' })).text);
    expect(incidents).toMatchObject([{ id: incident }]);
    const { entries } = await engine.api.audit({ limit: 50 });
    expect(
      entries
        .map(({ action }) => action)
        .filter((action) => action.startsWith('drill.'))
        .slice(0, 3),
    ).toEqual(['drill.end', 'drill.start', 'drill.schedule']);
    expect((await ask()).provider).toBe('kimi');
  });

  it('touches its share of the calls and no other', async () => {
    await start();
    engine.api.drills.schedule({ ...PLAN, fault: 'error_rate', share: 0.3 });
    await running();
    for (let call = 0; call < 20; call += 1) expect((await ask()).status).toBe(200);
    const faulty = engine.api.status().drill?.figures.faulty_calls ?? 0;
    expect(faulty).toBeGreaterThan(0);
    expect(faulty).toBeLessThan(20);
    expect(engine.api.drills.abort({ operator: 'ada' })).toMatchObject({ state: 'ended', outcome: 'aborted' });
  });

  it('holds calls back when it is slow, so that the first token comes late', async () => {
    await start();
    engine.api.drills.schedule({ ...PLAN, fault: 'slow', delay_ms: 300 });
    await running();
    expect((await ask()).provider).toBe('kimi');
    const request = await eventually(() => engine.api.recentRequests()[0]);
    expect(request.duration_ms).toBeGreaterThanOrEqual(300);
    engine.api.drills.abort({});
  });

  it('ends at once when it is aborted', async () => {
    await start();
    const { id } = engine.api.drills.schedule(PLAN);
    await running();
    engine.api.drills.abort({ operator: 'ada', reason: 'enough' });
    expect(engine.api.status().drill).toBeNull();
    expect(await engine.api.drills.get(id)).toMatchObject({ findings: ['Aborted by ada: enough.'] });
    await eventually(async () => (await ask()).provider === 'kimi');
  });

  it('lasts no longer where the clock is set back meanwhile', async () => {
    await start();
    const { id } = engine.api.drills.schedule(PLAN);
    await running();
    ahead = -3_600_000;
    await eventually(() => engine.api.status().drill?.state !== 'running');
    expect((await ended(id)).outcome).not.toBe('aborted');
  });

  it('is stopped by real trouble elsewhere', async () => {
    await start();
    const { id } = engine.api.drills.schedule(PLAN);
    await running();
    engine.api.isolate('claude', { operator: 'ada', reason: 'real trouble' });
    const drill = await ended(id);
    expect(drill.outcome).toBe('stopped');
    expect(drill.findings[0]).toBe('Stopped because of real trouble: No other provider could serve any more.');
  });

  it('is refused on the last healthy provider', async () => {
    await start();
    engine.api.isolate('claude', { operator: 'ada', reason: 'maintenance' });
    expect(() => engine.api.drills.schedule(PLAN)).toThrow('kimi is the last healthy provider');
  });

  it('is refused in production until the registry allows it', async () => {
    await start({ SWITCHYARD_ENV: 'production' });
    expect(() => engine.api.drills.schedule(PLAN)).toThrow('Drills are off in production');
    await engine.stop();
    await pair.stop();
    await start({ SWITCHYARD_ENV: 'production' }, '\ndrills: { enabled: true }\n');
    expect(engine.api.drills.schedule({ ...PLAN, starts_in_seconds: 60 }).state).toBe('scheduled');
  });

  it.each([
    ['was aborted before', 600, () => void engine.api.drills.abort({ operator: 'ada', reason: 'the real thing' })],
    ['found the incident open', 1, () => undefined],
  ])('that never began, as it %s, has no part in the incident', async (_, starts_in_seconds, meanwhile) => {
    await start();
    const { id } = engine.api.drills.schedule({ ...PLAN, starts_in_seconds });
    await pair.kimi.crash();
    await ask();
    const { id: episode } = await eventually(() => engine.api.openEpisodes()[0]);
    meanwhile();
    expect(await ended(id)).toMatchObject({ incident_ids: [], figures: { faulty_calls: 0 } });
    // A real one: it counts in the figures of the week.
    expect(await engine.api.incidents.get(episode)).toMatchObject({ drill_id: null });
    expect((await engine.api.incidents.summary({})).total.incidents).toBe(1);
  });

  it('does not outlive the engine', async () => {
    await start();
    const { id } = engine.api.drills.schedule({ ...PLAN, starts_in_seconds: 60 });
    await engine.stop({ keepData: true });
    engine = await startTestEngine(pair.registry({ kimi: QUICK }), {
      environment: pair.environment,
      dataDirectory: engine.dataDirectory,
    });
    expect(await engine.api.drills.get(id)).toMatchObject({ state: 'ended', outcome: 'aborted', incident_ids: [] });
    expect((await engine.api.drills.report({ id, format: 'md' })).text).toContain('No incident belongs to this drill');
    expect((await ask()).provider).toBe('kimi');
  });
});
