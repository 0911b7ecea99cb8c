import { afterEach, describe, expect, it } from 'vitest';
import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const QUICK =
  '    health_check: { interval_seconds: 0.1, timeout_seconds: 10 }\n    breaker: { failures: 2, open_seconds: 0.2, ramp_seconds: 0.5 }\n    retry: { max_retries: 0 }';

let pair: Pair;
let engine: TestEngine;

async function start(claude = ''): Promise<void> {
  pair = await startPair();
  engine = await startTestEngine(pair.registry({ kimi: QUICK, claude }), { environment: pair.environment });
}

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

interface Heard {
  status: number;
  provider: string | null;
  attempts: number;
}

async function ask(): Promise<Heard> {
  const response = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
  });
  await response.arrayBuffer();
  return {
    status: response.status,
    provider: response.headers.get('x-switchyard-provider'),
    attempts: Number(response.headers.get('x-switchyard-attempts')),
  };
}

const verdict = (wanted: string) => eventually(() => engine.api.status().verdict === wanted);

/** Asks until the primary has its full share again, and hears everything. */
async function askUntilWhole(heard: Heard[]): Promise<void> {
  await eventually(async () => {
    heard.push(await ask());
    const kimi = engine.api.status().providers.find(({ name }) => name === 'kimi');
    return kimi?.breaker.state === 'closed' && kimi.breaker.admitted_share === 1;
  });
}

async function lastIncident(): Promise<IncidentDetail> {
  const { incidents } = await engine.api.incidents.list({});
  return await engine.api.incidents.get(incidents[0]?.id ?? 0);
}

describe('an incident', () => {
  it('is told with the figures that its callers heard', async () => {
    await start('    limits: { requests_per_day: 1000 }');
    expect(await ask()).toMatchObject({ status: 200, provider: 'kimi' });
    const heard: Heard[] = [];
    await pair.kimi.crash();
    heard.push(await ask());
    await verdict('fallback');
    for (let call = 0; call < 10; call += 1) heard.push(await ask());
    engine.api.annotations.create({ kind: 'note', text: 'restarted vLLM', operator: 'ada' });
    await pair.kimi.restart();
    await verdict('primary');
    await askUntilWhole(heard);
    expect(await ask()).toMatchObject({ provider: 'kimi' });

    const incident = await eventually(async () => {
      const last = await lastIncident();
      return last.full_share_at === null ? null : last;
    });
    const rerouted = heard.filter(({ provider }) => provider === 'claude');
    const slowed = heard.filter(({ attempts }) => attempts > 1);
    expect(incident.requests).toEqual({
      affected: rerouted.length,
      rerouted: rerouted.length,
      slowed: slowed.length,
      lost: 0,
      cancelled: 0,
    });
    const { requests } = await engine.api.listRequests({ limit: 200 });
    const spent = requests.filter(({ provider }) => provider === 'claude').map(({ cost_usd: cost }) => cost);
    expect(incident.extra_cost_usd).toBeCloseTo(
      spent.reduce((sum, cost) => sum + cost, 0),
      6,
    );
    expect(incident).toMatchObject({
      kind: 'fallback',
      state: 'ended',
      provider: 'kimi',
      served_by: 'claude',
      gaps: [],
    });
    expect(incident.cause).toMatchObject({ failures: [{ class: 'unreachable' }] });
    expect(incident.cause.summary).toContain('refused connections');
    expect(incident.budgets).toMatchObject([
      { name: 'claude', limit: 'requests_per_day', used_before: expect.any(Number), limit_value: 1000 },
    ]);
    // What the fallback answered while the primary's share still rose is in both figures; one request may have been on its
    // way to the fallback as the share became whole.
    const used = incident.budgets[0]?.used_after ?? 0;
    expect([rerouted.length, rerouted.length - 1]).toContain(used);

    const { started_at: begun, detected_at: detected, recovered_at: recovered, full_share_at: whole } = incident;
    expect(begun).toBeLessThanOrEqual(detected ?? 0);
    expect(detected).toBeLessThanOrEqual(recovered ?? 0);
    expect(recovered).toBeLessThanOrEqual(whole ?? 0);
    expect(incident.time_to_recover_ms).toBe((recovered ?? 0) - begun);
    const kinds = incident.timeline.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['detected', 'breaker', 'first_fallback', 'recovered', 'full_share']));
    expect(kinds[0]).toBe('first_failure');
    expect(incident.timeline.map(({ at }) => at)).toEqual(
      incident.timeline.map(({ at }) => at).toSorted((left, right) => left - right),
    );
    const drawn = incident.charts.providers
      .flatMap(({ points }) => points)
      .reduce((sum, point) => sum + point.requests, 0);
    expect(drawn).toBe(requests.length);

    const { total, weeks } = await engine.api.incidents.summary({});
    expect(total).toMatchObject({ incidents: 1, outages: 0, mean_time_to_recover_ms: incident.time_to_recover_ms });
    expect(weeks.at(-1)).toMatchObject({ incidents: 1, mean_time_to_detect_ms: incident.time_to_detect_ms });
    const markdown = await engine.api.incidents.report({ id: incident.id, format: 'md' });
    expect(markdown.text).toContain('## What we learned');
    const html = await engine.api.incidents.report({ id: incident.id, format: 'html' });
    expect(html.text.match(/<svg /g)).toHaveLength(4);
    expect((await engine.api.annotations.list({})).annotations).toMatchObject([
      { kind: 'note', text: 'restarted vLLM' },
    ]);
  });

  it('counts what was lost, is open while it lasts, and knows what the operator did', async () => {
    await start();
    await ask();
    await pair.kimi.crash();
    await pair.claude.crash();
    const heard: Heard[] = [];
    heard.push(await ask(), await ask());
    await verdict('down');
    heard.push(await ask());
    engine.api.isolate('kimi', { operator: 'ada', reason: 'looking at it' });
    const incident = await lastIncident();
    expect(heard.every(({ status }) => status >= 500)).toBe(true);
    expect(incident).toMatchObject({
      kind: 'outage',
      state: 'open',
      recovered_at: null,
      time_to_recover_ms: null,
      requests: { affected: heard.length, lost: heard.length, rerouted: 0, slowed: 0 },
    });
    expect(incident.timeline).toContainEqual(
      expect.objectContaining({ kind: 'operator', operator: 'ada', subject: 'kimi' }),
    );
    expect(incident.notes[0]).toContain('It lasts');
  });

  it('that never was is not found', async () => {
    await start();
    await expect(engine.api.incidents.get(7)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what ends by itself', () => {
  it('is in the audit, and the chain holds', async () => {
    await start('    limits: { requests_per_day: 10 }');
    engine.api.setOverride({ provider: 'claude', ttl_seconds: 1, reason: 'a test', operator: 'ada', scope: 'all' });
    engine.api.annotations.create({ kind: 'deploy', text: 'v1.2', operator: 'ada', link: 'https://example.com/v1.2' });
    const { entries } = await eventually(async () => {
      const page = await engine.api.audit({ limit: 10, action: 'override.' });
      return page.entries.length === 2 ? page : null;
    });
    expect(entries[0]).toMatchObject({
      action: 'override.expire',
      operator: 'switchyard',
      target: 'claude',
      before: { operator: 'ada' },
      after: null,
    });
    expect(await engine.api.verifyAudit({})).toMatchObject({ ok: true, entries: 3 });
    const { annotations } = await engine.api.annotations.list({});
    expect(annotations.map(({ kind }) => kind).toSorted()).toEqual(['deploy', 'override']);
    const csv = await engine.api.exportAudit({ format: 'csv' });
    expect(csv.text.split('\r\n')).toHaveLength(5);
  });
});
