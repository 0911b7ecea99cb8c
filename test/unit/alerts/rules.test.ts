import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AlertFacts } from '../../../electron/engine/alerts/alert-facts.ts';
import { RULES } from '../../../electron/engine/alerts/rules.ts';
import { SlidingCounts } from '../../../electron/engine/alerts/sliding-counts.ts';
import { ALERT_RULES } from '../../../shared/domain/alerts.ts';
import { parseDuration } from '../../../shared/format/duration.ts';
import { aProvider, aQuota, aStatus } from '../../support/console-fixtures.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
const fileSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.string() }),
        }),
      ),
    }),
  ),
});
const path = resolve(import.meta.dirname, '../../../monitoring/prometheus/alerts.yml');
const inFile = fileSchema.parse(parse(readFileSync(path, 'utf8'))).groups.flatMap(({ rules }) => rules);

describe('the rules of the engine and those of Prometheus', () => {
  it('are the same ones', () => {
    const own = inFile.map(({ alert }) => alert).filter((name) => name !== 'SwitchyardDown');
    expect(own.toSorted()).toEqual(RULES.map(({ name }) => name).toSorted());
    expect(RULES.map(({ name }) => name)).toEqual([...ALERT_RULES]);
  });

  it.each(RULES.map((rule) => [rule.name, rule] as const))(
    '%s has the severity and duration of the file',
    (name, rule) => {
      const there = inFile.find(({ alert }) => alert === name);
      expect(rule.severity).toBe(there?.labels.severity);
      expect(rule.forSeconds).toBe(there?.for === undefined ? 0 : parseDuration(there.for) / 1000);
    },
  );

  it.each([
    ['APIUsageHigh', '> 1000'],
    ['RequestsFailing', '> 0.05'],
    ['FirstTokenSlow', '> 10'],
    ['BreakerFlapping', '> 3'],
    ['OverrideTooLong', '> 4 * 3600'],
    ['KvCacheFull', '> 0.95'],
    ['BudgetNearlyGone', '>= 0.9'],
    ['ProbesCostMoney', '> 0.5'],
    ['DiskNearlyFull', '< 0.05'],
  ])('%s compares with what the file compares with', (name, comparison) => {
    const rule = RULES.find((one) => one.name === name);
    expect(inFile.find(({ alert }) => alert === name)?.expr).toContain(comparison);
    expect(comparison).toContain(String(rule?.threshold));
  });
});

function facts(changes: Partial<AlertFacts> = {}): AlertFacts {
  return {
    status: aStatus(NOW, { providers: [aProvider(NOW, { name: 'kimi', role: 'primary' })], primary: 'kimi' }),
    quotas: [],
    requests: { finished: 100, failed: 0 },
    apiAnswers: new Map(),
    apiRequestsOfDay: 0,
    breakerOpenings: new Map(),
    probeCostUsd: new Map(),
    unpriced: new Map(),
    lockedOut: new Map(),
    diskFree: 0.5,
    undelivered: new Map(),
    ...changes,
  };
}

function found(name: string, changes: Partial<AlertFacts>) {
  const rule = RULES.find((one) => one.name === name);
  if (!rule) throw new Error(`There is no rule ${name}.`);
  return rule.find(facts(changes), rule.threshold ?? 0);
}

const ill = aProvider(NOW, {
  name: 'kimi',
  role: 'primary',
  deployment: 'self-hosted',
  endpoint: 'http://kimi:8000/v1',
  health: { ...aProvider(NOW).health, status: 'unhealthy', reason: 'connection refused' },
});
const down = aStatus(NOW, { providers: [ill], primary: 'kimi', serving: 'claude' });

describe('a rule finds', () => {
  it('nothing while all is well', () => {
    expect(RULES.flatMap((rule) => rule.find(facts(), rule.threshold ?? 0))).toEqual([]);
  });

  it('the primary that is down, says who serves, and what to check', () => {
    expect(found('PrimaryModelDown', { status: down })).toMatchObject([
      {
        labels: { model_name: 'kimi' },
        summary: expect.stringContaining('connection refused'),
        response: expect.stringContaining('Requests go to claude'),
        checks: expect.arrayContaining([
          expect.stringContaining('kubectl logs'),
          'Its port: curl http://kimi:8000/health',
        ]),
      },
    ]);
  });

  it.each<[string, Partial<AlertFacts>, Record<string, string>]>([
    ['AllModelsDown', { status: down }, {}],
    [
      'UsingFallbackModel',
      {
        apiAnswers: new Map([['claude', 3]]),
        status: { ...down, providers: [ill, aProvider(NOW, { name: 'claude' })] },
      },
      { model_name: 'claude' },
    ],
    ['APIUsageHigh', { apiRequestsOfDay: 1001 }, {}],
    ['RequestsFailing', { requests: { finished: 100, failed: 6 } }, {}],
    ['BreakerFlapping', { breakerOpenings: new Map([['kimi', 4]]) }, { model_name: 'kimi' }],
    [
      'ProviderLockedOut',
      { lockedOut: new Map([['claude', 'exhausted']]) },
      { model_name: 'claude', failure_class: 'exhausted' },
    ],
    [
      'BudgetNearlyGone',
      { quotas: [aQuota(NOW, { name: 'claude', limit: 'requests_per_day', used: 95, limit_value: 100 })] },
      { model_name: 'claude', limit: 'requests_per_day' },
    ],
    [
      'BudgetExhausted',
      { quotas: [aQuota(NOW, { name: 'claude', limit: 'usd_per_day', used: 10, limit_value: 10 })] },
      { model_name: 'claude', limit: 'usd_per_day' },
    ],
    [
      'SoftLimitReached',
      { quotas: [aQuota(NOW, { name: 'claude', limit: 'usd_per_day', soft_limit: 5, soft_exceeded: true })] },
      { model_name: 'claude', limit: 'usd_per_day' },
    ],
    ['ProbesCostMoney', { probeCostUsd: new Map([['claude', 0.6]]) }, { model_name: 'claude' }],
    ['UnknownPrice', { unpriced: new Map([['x', 1]]) }, { model_name: 'x' }],
    ['DiskNearlyFull', { diskFree: 0.04 }, {}],
    ['NotificationsWaiting', { undelivered: new Map([['slack', 2]]) }, { channel: 'slack' }],
  ])('%s', (name, changes, labels) => {
    const findings = found(name, changes);
    expect(findings.map((finding) => finding.labels)).toEqual([labels]);
    expect(findings[0]?.checks.length).toBeGreaterThan(0);
  });

  it.each<[string, Partial<AlertFacts>]>([
    ['APIUsageHigh', { apiRequestsOfDay: 1000 }],
    ['APIUsageHigh', { apiRequestsOfDay: null }],
    ['RequestsFailing', { requests: { finished: 0, failed: 0 } }],
    ['RequestsFailing', { requests: { finished: 100, failed: 5 } }],
    ['BudgetNearlyGone', { quotas: [aQuota(NOW, { limit: 'requests_per_day', used: 100, limit_value: 100 })] }],
    ['BudgetNearlyGone', { quotas: [aQuota(NOW, { limit: 'max_concurrent', used: 95, limit_value: 100 })] }],
    ['DiskNearlyFull', { diskFree: null }],
  ])('nothing for %s with %j', (name, changes) => {
    expect(found(name, changes)).toEqual([]);
  });
});

describe('counts over a sliding window', () => {
  it('forget what has left it', () => {
    const counts = new SlidingCounts(60_000);
    counts.add('a', 1, NOW);
    counts.add('a', 2, NOW + 30_000);
    expect(counts.totals(NOW + 30_000).get('a')).toBe(3);
    expect(counts.totals(NOW + 61_000).get('a')).toBe(2);
    expect(counts.totals(NOW + 120_000).get('a')).toBeUndefined();
  });

  it('stay bounded whatever names come', () => {
    const counts = new SlidingCounts(60_000, 3);
    for (let name = 0; name < 50; name += 1) counts.add(`model-${name}`, 1, NOW);
    expect(counts.totals(NOW).size).toBe(4);
    expect(counts.totals(NOW).get('other')).toBe(47);
  });
});
