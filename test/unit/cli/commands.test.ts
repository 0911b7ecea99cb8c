import { describe, expect, it } from 'vitest';
import { readDurationSeconds, readPort, UsageError } from '../../../electron/cli/command.ts';
import { HELP } from '../../../electron/cli/help.ts';
import { agentAverage, type ReportData } from '../../../electron/cli/report-data.ts';
import { renderReport } from '../../../electron/cli/report-format.ts';
import { renderStatus } from '../../../electron/cli/status-command.ts';
import { renderTable } from '../../../electron/cli/table.ts';
import { FakeEngine } from '../../support/control-engine.ts';

describe('options', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['2h', 7200],
    ['1d', 86_400],
  ])('%s is %d seconds', (text, seconds) => {
    expect(readDurationSeconds('ttl', text)).toBe(seconds);
  });

  it.each(['', '15', 'm', '-5m', '0m', 'soon'])('"%s" is no duration', (text) => {
    expect(() => readDurationSeconds('ttl', text)).toThrow(UsageError);
  });

  it.each(['-1', '65536', '80x', ''])('"%s" is no port', (text) => {
    expect(() => readPort('gateway-port', text)).toThrow(UsageError);
  });

  it('takes port 0 as "a free one" and no port as "not given"', () => {
    expect([readPort('p', '0'), readPort('p', undefined)]).toEqual([0, undefined]);
  });
});

it('help of every command begins with its usage', () => {
  for (const [name, text] of Object.entries(HELP)) expect(text).toContain(`Usage: switchyard ${name || 'COMMAND'}`);
});

it('a table aligns its columns', () => {
  expect(
    renderTable(
      ['a', 'n'],
      [
        ['long name', '1'],
        ['x', '22'],
      ],
      new Set(['n']),
    ),
  ).toBe(['a           n', 'long name   1', 'x          22'].join('\n'));
});

describe('status on one screen', () => {
  it('leads with the verdict and names what is forced', () => {
    const engine = new FakeEngine();
    engine.setOverride({ provider: 'claude', ttl_seconds: 600, reason: 'drill', operator: 'ada', scope: 'all' });
    const screen = renderStatus(engine.status(), []);
    expect(screen.split('\n')[0]).toMatch(/^● PRIMARY {2}kimi serves since/);
    expect(screen).toContain('FORCED to claude (all) by ada for 10 min more: drill');
    expect(screen).toContain('● healthy');
  });

  it('says in the first line when the providers are simulated, and who is down and why', () => {
    const status = { ...new FakeEngine().status(), simulated: true };
    const down = { ...status, verdict: 'down' as const, serving: null, cause: 'connection refused' };
    const lines = renderStatus(down, []).split('\n');
    expect(lines[0]).toBe('SIMULATED providers');
    expect(lines[1]).toBe('■ DOWN  nobody can serve since 0 s: kimi: connection refused');
  });

  it('shows the budgets of call sites, soft limits that are passed, and who raised what until when', () => {
    const engine = new FakeEngine();
    const note = { operator: 'ada', reason: 'launch day' };
    const target = { scope: 'provider' as const, name: 'claude', limit: 'requests_per_day' as const };
    const raised = engine.raiseLimit({ ...target, limit_value: 1500, ttl_seconds: 3600, ...note });
    const ofChat = { ...raised, scope: 'call_site' as const, name: 'chat', provider: null, raise: null };
    const soft = { ...ofChat, used: 812, limit_value: 900, soft_limit: 800, soft_exceeded: true };
    const lines = renderStatus(engine.status(), [raised, soft]).split('\n');
    expect(lines).toContain('◆ RAISED claude requests_per_day from 1000 to 1500 by ada for 1 h more: launch day');
    expect(lines).toContain('call site chat: 812 of 900 requests today');
    expect(lines).toContain('▲ call site chat: 812 requests today, over the soft limit of 800');
  });
});

async function reportData(key = 'claude'): Promise<ReportData> {
  const engine = new FakeEngine();
  const costs = await engine.costs({ group_by: 'provider' });
  const named = { ...costs, rows: costs.rows.map((row) => ({ ...row, key })) };
  return {
    since: costs.since,
    until: costs.until,
    byProvider: named,
    byModel: named,
    byTier: { ...named, rows: named.rows.map((row) => ({ ...row, key: 'fast' })) },
    byCallSite: { ...named, rows: named.rows.map((row) => ({ ...row, key: 'chat' })) },
    byAgent: { ...named, rows: named.rows.map((row) => ({ ...row, key: 'triage' })) },
    byDay: named,
    reliability: await engine.reliability(),
    fallbacks: await engine.fallbacks(),
  };
}

describe('the report', () => {
  it('has a table for each grouping, and names those that named none', async () => {
    const data = await reportData();
    data.byTier.rows.push({ ...data.byTier.totals, key: '' });
    const text = renderReport(data, 'md');
    const headings = [...text.matchAll(/^## By (.*)$/gm)].map(([, words]) => words);
    expect(headings).toEqual(['provider', 'model', 'tier', 'call site', 'agent', 'day']);
    expect(text).toContain('\n| fast | 3 |');
    expect(text).toContain('\n| (no tier) | 3 |');
    expect(text).toContain('\n| chat | 3 |');
  });

  it('shows a model called like a picture as text', async () => {
    const data = await reportData();
    data.byModel.rows.push({ ...data.byModel.totals, key: '![x](http://evil.example)<img src=x>' });
    expect(renderReport(data, 'md')).toContain('| !\\[x\\](http://evil.example)&lt;img src=x&gt; |');
  });

  it('as CSV and as JSON has the same groupings', async () => {
    const data = await reportData();
    const groups = renderReport(data, 'csv')
      .split('\n')
      .slice(1)
      .map((line) => line.split(',', 2).join(' '));
    expect([...new Set(groups)]).toEqual([
      'provider claude',
      'model claude',
      'tier fast',
      'call_site chat',
      'agent triage',
      'day claude',
      'amortised kimi',
      'total ',
    ]);
    expect(JSON.parse(renderReport(data, 'json'))).toMatchObject({
      by_provider: [{ key: 'claude', requests: 3 }],
      by_model: [{ key: 'claude' }],
      by_tier: [{ key: 'fast' }],
      by_call_site: [{ key: 'chat' }],
      by_agent: [{ key: 'triage' }],
      by_day: [{ key: 'claude' }],
    });
  });

  it('counts requests of unknown price beside the sum', async () => {
    expect(renderReport(await reportData(), 'md')).toContain('0.50 USD + 1 request of unknown price');
  });

  it('sets savings, what the cache saved and machines apart from the cost', async () => {
    const text = renderReport(await reportData(), 'md');
    expect(text).toContain('All of it on claude-haiku would have cost 0.75 USD at list price: 0.25 USD saved');
    expect(text).toContain('The cache saved 0.02 USD.');
    expect(text).toContain('less than the public list price of each model');
    expect(text).toContain('| kimi | 1.5 | 2.00 USD | 3.00 USD |');
    expect(text).toContain('| claude | 3 | 100 % | 0 % | 30 | 60 | 0.50 USD + 1 request of unknown price |');
  });

  it('says nothing of savings against a model without a price', async () => {
    const data = await reportData();
    data.byProvider.reference = { model: 'house-model', pricing_unknown: true };
    const text = renderReport(data, 'md');
    expect(text).toContain('No price of house-model is known');
    expect(text).not.toContain('would have cost 0.75');
  });

  it('has success, errors and latency of each provider', async () => {
    expect(renderReport(await reportData(), 'md')).toContain('| claude | 4 | 75 % | 25 % | 900 ms | 4.0 s | — | — |');
    const lines = renderReport(await reportData(), 'csv').split('\n');
    expect(lines[1]).toMatch(/^provider,claude,3,.*,4,1,900,4000,,,,$/);
  });

  it('averages over the executions whose price is known', async () => {
    const data = await reportData();
    expect(agentAverage(data.byAgent)).toEqual({
      executions: 3,
      cost_usd: 0.5,
      average_cost_usd: 0.25,
      pricing_unknown_requests: 1,
    });
    expect(renderReport(data, 'md')).toContain(
      '3 executions by agents, 0.25 USD on average (1 of unknown price left out)',
    );
    expect(agentAverage({ rows: data.byAgent.rows.map((row) => ({ ...row, key: '' })) })).toBeNull();
  });

  it('as CSV has as many columns in every line', async () => {
    const lines = renderReport(await reportData(), 'csv').split('\n');
    expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
    expect(lines[0]).toMatch(/^group,key,requests,.*pricing_unknown_requests,.*amortised_cost_usd$/);
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['quotes', 'a"b', '"a""b"'],
    ['a formula', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ])('as CSV disarms %s', async (_name, key, cell) => {
    expect(renderReport(await reportData(key), 'csv')).toContain(`provider,${cell},3`);
  });

  it('as JSON is JSON', async () => {
    expect(JSON.parse(renderReport(await reportData(), 'json'))).toMatchObject({
      totals: { requests: 3 },
      episodes: [],
    });
  });
});
