import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AlertBook } from '../../../electron/engine/alerts/alert-book.ts';
import { AlertCounters } from '../../../electron/engine/alerts/alert-counters.ts';
import { RULES } from '../../../electron/engine/alerts/rules.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { metricsUnderTest } from '../../support/metrics-fixtures.ts';
import { findProgram, MONITORING, readYaml } from '../../support/monitoring-stack.ts';
import type { RuleFile } from '../../support/monitoring-stack.ts';
import { aQuota, aStatus } from '../../support/console-fixtures.ts';
import { anAttempt, aRequest } from '../../support/records.ts';

const PRIMARY = 'kimi_k2_self_hosted';
const FALLBACK = 'claude_opus_api';
const SCRAPE_SECONDS = 15;
const EVALUATION_SECONDS = 30;
const END_SECONDS = 7_200;

/** What is wrong from when until when, in seconds since the start; one scene for each rule that two hours can show. */
const SCENES = {
  unpriced: [60, 300],
  primaryDown: [600, 2_400],
  allDown: [1_200, 1_800],
  cacheFull: [2_700, 3_300],
  flapping: [3_400, 3_700],
  nearlyGone: [4_000, 4_300],
  gone: [4_300, 4_600],
  lockedOut: [4_800, 5_100],
  diskFull: [5_200, 5_800],
  undelivered: [6_000, 6_600],
} as const satisfies Record<string, readonly [number, number]>;
/** The rules that the scenes set off. */
const SHOWN = [
  'PrimaryModelDown',
  'UsingFallbackModel',
  'AllModelsDown',
  'RequestsFailing',
  'BreakerFlapping',
  'ProviderLockedOut',
  'KvCacheFull',
  'BudgetNearlyGone',
  'BudgetExhausted',
  'UnknownPrice',
  'DiskNearlyFull',
  'NotificationsWaiting',
];

const promtool = findProgram('promtool');
if (!promtool) {
  console.warn(
    '\n*** LEFT OUT: promtool not found, so the alerts of the engine are not compared with those of Prometheus. ' +
      'Install Debian package prometheus. ***\n',
  );
}

interface Change {
  rule: string;
  firing: boolean;
  atSeconds: number;
}

/** Two hours of the engine's own alerts and of its metrics page, on one clock. */
async function record(): Promise<{ changes: Change[]; series: Map<string, string[]> }> {
  const startedAt = Date.UTC(2026, 10, 20, 12);
  const clock = createManualClock(startedAt);
  const { events, source, page } = metricsUnderTest([PRIMARY, FALLBACK]);
  const [primary, fallback] = source.providers;
  if (!primary || !fallback) throw new Error('There are two providers.');
  fallback.role = 'fallback';
  const counters = new AlertCounters({ clock, events, isApi: (name) => name === FALLBACK });
  const changes: Change[] = [];
  events.on('alert_changed', ({ rule, state }) => {
    if (state !== 'pending') changes.push({ rule, firing: state === 'firing', atSeconds: clock.monotonic() / 1_000 });
  });
  const book = new AlertBook({
    clock,
    events,
    storage: {
      saveAlert: () => undefined,
      addSilence: (silence) => ({ ...silence, id: 1 }),
      saveSilence: () => undefined,
      expireSilence: () => undefined,
    },
    restored: { alerts: [], silences: [] },
    config: () => ({
      enabled: true,
      alertOnFallback: true,
      evaluationMs: EVALUATION_SECONDS * 1_000,
      rules: {},
    }),
    facts: () => ({
      ...counters.facts(),
      status: aStatus(clock.now(), { providers: source.providers, primary: PRIMARY, serving: FALLBACK }),
      quotas: fallback.quota,
      apiRequestsOfDay: 0,
      probeCostUsd: new Map(),
      lockedOut: source.lockedOut,
      diskFree: source.diskFree,
      undelivered: source.notificationsWaiting,
    }),
    notify: () => undefined,
  });
  const series = new Map<string, string[]>();
  for (let second = 0; second <= END_SECONDS; second += SCRAPE_SECONDS) {
    const during = (scene: keyof typeof SCENES): boolean => second >= SCENES[scene][0] && second < SCENES[scene][1];
    const ill = (down: boolean) => ({
      ...primary.health,
      status: down ? ('unhealthy' as const) : ('healthy' as const),
    });
    primary.health = ill(during('primaryDown'));
    fallback.health = ill(during('allDown'));
    primary.load = {
      running: 1,
      waiting: 0,
      kv_cache_usage: during('cacheFull') ? 0.97 : 0.4,
      generation_tokens_per_second: 10,
      scraped_at: clock.now(),
    };
    fallback.quota = [
      aQuota(clock.now(), {
        scope: 'provider',
        name: FALLBACK,
        provider: FALLBACK,
        limit: 'requests_per_day',
        limit_value: 100,
        used: during('nearlyGone') ? 95 : during('gone') ? 100 : 10,
      }),
    ];
    source.lockedOut = new Map(during('lockedOut') ? [[FALLBACK, 'exhausted' as const]] : []);
    source.diskFree = during('diskFull') ? 0.03 : 0.5;
    source.notificationsWaiting = new Map(during('undelivered') ? [['slack', 2]] : []);
    if (during('flapping')) {
      for (const state of ['open', 'closed'] as const) {
        events.emit('breaker_changed', { provider: FALLBACK, breaker: { ...fallback.breaker, state } });
      }
    }
    const failed = during('allDown');
    const provider = during('primaryDown') ? FALLBACK : PRIMARY;
    if (second > 0) {
      const attempt = anAttempt({ provider, pricing_unknown: during('unpriced') });
      events.emit(
        'request_finished',
        aRequest({
          provider: failed ? null : provider,
          model: failed ? null : provider,
          status: failed ? 'error' : 'success',
          pricing_unknown: during('unpriced'),
          // Nobody who is down is asked.
          attempt_list: failed ? [] : [attempt],
        }),
      );
    }
    const step = second / SCRAPE_SECONDS;
    const samples = new Map(samplesOf(await page()));
    for (const name of samples.keys()) if (!series.has(name)) series.set(name, Array<string>(step).fill('_'));
    for (const [name, values] of series) {
      // Prometheus marks a series that a scrape no longer holds as ended at once.
      values.push(samples.get(name) ?? (['_', 'stale'].includes(values.at(-1) ?? '_') ? '_' : 'stale'));
    }
    if (second % EVALUATION_SECONDS === 0) book.look();
    clock.advance(SCRAPE_SECONDS * 1_000);
  }
  counters.stop();
  return { changes, series };
}

/** The series that the rules look at, with their values. */
function samplesOf(page: string): [string, string][] {
  return page.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^((?:llm|switchyard)_\S+(?: \S+)*) (\S+)$/.exec(line) ?? [];
    return name === '' || name.includes('_bucket') || name.includes('_sum') ? [] : [[name, value] as [string, string]];
  });
}

/** Whether the rule fires in the engine at that moment. */
function firesAt(changes: readonly Change[], rule: string, atSeconds: number): boolean {
  return changes.findLast((change) => change.rule === rule && change.atSeconds <= atSeconds)?.firing ?? false;
}

const { groups } = readYaml('prometheus/alerts.yml') as RuleFile;
/** How often Prometheus looks at a rule, in seconds. */
const intervalOf = (rule: string): number =>
  Number.parseInt(groups.find(({ rules }) => rules.some(({ alert }) => alert === rule))?.interval ?? '30', 10);

describe.runIf(promtool)("the engine's alerts and those of Prometheus", () => {
  it('begin and end at the same moments, within one evaluation', { timeout: 120_000 }, async () => {
    const { changes, series } = await record();
    // Each scene set its rule off, and it was over before the end.
    for (const rule of SHOWN) {
      const own = changes.filter((change) => change.rule === rule).map(({ firing }) => firing);
      expect(own, rule).toContain(true);
      expect(own.at(-1), rule).toBe(false);
    }
    expect(RULES.map(({ name }) => name as string)).toEqual(expect.arrayContaining(SHOWN));
    const questions = SHOWN.flatMap((rule) => {
      const slack = intervalOf(rule);
      const moments: number[] = [];
      for (let second = 0; second <= END_SECONDS; second += EVALUATION_SECONDS) {
        const settled = !changes.some((change) => change.rule === rule && Math.abs(change.atSeconds - second) <= slack);
        const near = changes.some((change) => change.rule === rule && Math.abs(change.atSeconds - second) <= 3 * slack);
        // Every moment around a change but the one evaluation that is allowed, and now and then in between.
        if (settled && (near || second % 600 === 0)) moments.push(second);
      }
      return moments.map((second) => ({
        expr: `(count(ALERTS{alertname="${rule}",alertstate="firing"}) > bool 0) or vector(0)`,
        eval_time: `${second}s`,
        exp_samples: [{ labels: '{}', value: Number(firesAt(changes, rule, second)) }],
      }));
    });
    expect(questions.length).toBeGreaterThan(200);
    expect(ask(series, questions)).toBe('');
  });
});

function ask(series: ReadonlyMap<string, readonly string[]>, questions: readonly object[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-moments-'));
  try {
    const file = join(directory, 'moments_test.yml');
    const test = {
      interval: `${SCRAPE_SECONDS}s`,
      input_series: [...series].map(([name, values]) => ({ series: name, values: values.join(' ') })),
      promql_expr_test: questions,
    };
    writeFileSync(
      file,
      stringify({
        rule_files: [join(MONITORING, 'prometheus/alerts.yml')],
        evaluation_interval: `${EVALUATION_SECONDS}s`,
        tests: [test],
      }),
    );
    const { status, stdout, stderr } = spawnSync(promtool ?? '', ['test', 'rules', file], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
