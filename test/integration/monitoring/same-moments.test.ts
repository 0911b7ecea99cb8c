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

interface Plan {
  scrapeSeconds: number;
  evaluationSeconds: number;
  endSeconds: number;
  /** What is wrong from when until when, in seconds since the start. */
  scenes: Readonly<Record<string, readonly [since: number, until: number]>>;
  /** The rules that the scenes set off. */
  shown: readonly string[];
  /** How many moments Prometheus is asked about at least. */
  questions: number;
}

/** One scene for each rule that two hours can show. */
const TWO_HOURS: Plan = {
  scrapeSeconds: 15,
  evaluationSeconds: 30,
  endSeconds: 7_200,
  scenes: {
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
    softLimit: [6_000, 6_300],
    forced: [600, 6_000],
  },
  shown: [
    'PrimaryModelDown',
    'UsingFallbackModel',
    'AllModelsDown',
    'RequestsFailing',
    'BreakerFlapping',
    'ProviderLockedOut',
    'KvCacheFull',
    'BudgetNearlyGone',
    'BudgetExhausted',
    'SoftLimitReached',
    'OverrideTooLong',
    'UnknownPrice',
    'DiskNearlyFull',
    'NotificationsWaiting',
  ],
  questions: 200,
};

const HOUR = 3_600;
/** Those that look back a day, or wait for half of one. */
const TWO_DAYS: Plan = {
  scrapeSeconds: 120,
  evaluationSeconds: 120,
  endSeconds: 30 * HOUR,
  scenes: {
    apiUsed: [2 * HOUR, 2 * HOUR + 240],
    paidProbes: [3 * HOUR, 3 * HOUR + 240],
    isolated: [4 * HOUR, 20 * HOUR],
  },
  shown: ['APIUsageHigh', 'ProbesCostMoney', 'ProviderIsolatedTooLong'],
  questions: 60,
};
/** The engine looks at the last minute's first tokens and Prometheus at ten: they mean the same and differ in their moments. */
const LEFT_OUT = ['FirstTokenSlow'];
/** How long before the scene the override began. */
const FORCED_BEFORE_SECONDS = 4 * HOUR - 1_200;
const DAY_MS = 24 * HOUR * 1_000;

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

/** The engine's own alerts and its metrics page over the time of a plan, on one clock. */
async function record(plan: Plan): Promise<{ changes: Change[]; series: Map<string, string[]> }> {
  const { scrapeSeconds, evaluationSeconds, endSeconds, scenes } = plan;
  // The time at which promtool begins.
  const clock = createManualClock(0);
  const { events, source, page } = metricsUnderTest([PRIMARY, FALLBACK]);
  const [primary, fallback] = source.providers;
  if (!primary || !fallback) throw new Error('There are two providers.');
  fallback.role = 'fallback';
  const restored = { unpricedAttempts: [], breakerOpenings: [] };
  const counters = new AlertCounters({ clock, events, isApi: (name) => name === FALLBACK, restored });
  /** What the store would answer about the fallback. */
  const used: { at: number; origin: string; usd: number }[] = [];
  const ofLastDay = (origin: string) => used.filter((one) => one.origin === origin && one.at > clock.now() - DAY_MS);
  events.on('request_finished', ({ origin, attempt_list: attempts, cost_usd: usd }) => {
    if (attempts.some(({ provider }) => provider === FALLBACK)) used.push({ at: clock.now(), origin, usd });
  });
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
      evaluationMs: evaluationSeconds * 1_000,
      rules: {},
    }),
    facts: () => ({
      ...counters.facts(),
      status: aStatus(clock.now(), {
        providers: source.providers,
        primary: PRIMARY,
        serving: FALLBACK,
        override: source.override,
      }),
      quotas: fallback.quota,
      apiRequestsOfDay: ofLastDay('client').length,
      probeCostUsd: new Map([[FALLBACK, ofLastDay('probe').reduce((sum, { usd }) => sum + usd, 0)]]),
      lockedOut: source.lockedOut,
      diskFree: source.diskFree,
      undelivered: source.notificationsWaiting,
    }),
    notify: () => undefined,
  });
  const series = new Map<string, string[]>();
  for (let second = 0; second <= endSeconds; second += scrapeSeconds) {
    const during = (scene: string): boolean => {
      const [since, until] = scenes[scene] ?? [0, 0];
      return second >= since && second < until;
    };
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
        soft_limit: 5,
        soft_exceeded: during('softLimit'),
        used: during('nearlyGone') ? 95 : during('gone') ? 100 : 10,
      }),
    ];
    source.lockedOut = new Map(during('lockedOut') ? [[FALLBACK, 'exhausted' as const]] : []);
    fallback.isolation = during('isolated') ? { operator: 'ada', reason: 'upgrade', since: 0 } : null;
    source.override = during('forced')
      ? {
          id: 1,
          provider: FALLBACK,
          scope: 'all',
          reason: 'upgrade',
          operator: 'ada',
          created_at: ((scenes['forced']?.[0] ?? 0) - FORCED_BEFORE_SECONDS) * 1_000,
          expires_at: endSeconds * 1_000,
        }
      : null;
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
    for (let call = 0; during('apiUsed') && call < 550; call += 1) {
      events.emit('request_finished', aRequest({ attempt_list: [anAttempt({ provider: FALLBACK })] }));
    }
    // Prometheus sees no increase in a series that begins: the first probe has been paid before.
    const probeUsd = during('paidProbes') ? 0.4 : second === scrapeSeconds ? 0.01 : 0;
    if (probeUsd > 0) {
      const attempt = anAttempt({ provider: FALLBACK, cost_usd: probeUsd });
      events.emit('request_finished', aRequest({ origin: 'probe', cost_usd: probeUsd, attempt_list: [attempt] }));
    }
    const step = second / scrapeSeconds;
    const samples = new Map(samplesOf(await page()));
    for (const name of samples.keys()) if (!series.has(name)) series.set(name, Array<string>(step).fill('_'));
    for (const [name, values] of series) {
      // Prometheus marks a series that a scrape no longer holds as ended at once.
      values.push(samples.get(name) ?? (['_', 'stale'].includes(values.at(-1) ?? '_') ? '_' : 'stale'));
    }
    if (second % evaluationSeconds === 0) book.look();
    clock.advance(scrapeSeconds * 1_000);
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
  it.each([
    ['over two hours', TWO_HOURS],
    ['over more than a day', TWO_DAYS],
  ])('begin and end at the same moments, within one evaluation, %s', { timeout: 120_000 }, async (_, plan) => {
    const { shown, endSeconds, evaluationSeconds } = plan;
    const { changes, series } = await record(plan);
    // Each scene set its rule off, and it was over before the end.
    for (const rule of shown) {
      const own = changes.filter((change) => change.rule === rule).map(({ firing }) => firing);
      expect(own, rule).toContain(true);
      expect(own.at(-1), rule).toBe(false);
    }
    const questions = shown.flatMap((rule) => {
      const slack = Math.max(intervalOf(rule), evaluationSeconds);
      const moments: number[] = [];
      for (let second = 0; second <= endSeconds; second += evaluationSeconds) {
        const settled = !changes.some((change) => change.rule === rule && Math.abs(change.atSeconds - second) <= slack);
        const near = changes.some((change) => change.rule === rule && Math.abs(change.atSeconds - second) <= 3 * slack);
        // Every moment around a change but the one evaluation that is allowed, and now and then in between.
        if (settled && (near || second % (20 * evaluationSeconds) === 0)) moments.push(second);
      }
      return moments.map((second) => ({
        expr: `(count(ALERTS{alertname="${rule}",alertstate="firing"}) > bool 0) or vector(0)`,
        eval_time: `${second}s`,
        exp_samples: [{ labels: '{}', value: Number(firesAt(changes, rule, second)) }],
      }));
    });
    expect(questions.length).toBeGreaterThan(plan.questions);
    expect(ask(plan, series, questions)).toBe('');
  });

  it('are compared for every rule but those that are known to differ', () => {
    const compared = [...TWO_HOURS.shown, ...TWO_DAYS.shown, ...LEFT_OUT];
    expect(RULES.map(({ name }) => name as string).toSorted()).toEqual(compared.toSorted());
  });
});

function ask(plan: Plan, series: ReadonlyMap<string, readonly string[]>, questions: readonly object[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-moments-'));
  try {
    const file = join(directory, 'moments_test.yml');
    const test = {
      interval: `${plan.scrapeSeconds}s`,
      input_series: [...series].map(([name, values]) => ({ series: name, values: values.join(' ') })),
      promql_expr_test: questions,
    };
    writeFileSync(
      file,
      stringify({
        rule_files: [join(MONITORING, 'prometheus/alerts.yml')],
        evaluation_interval: `${plan.evaluationSeconds}s`,
        tests: [test],
      }),
    );
    const { status, stdout, stderr } = spawnSync(promtool ?? '', ['test', 'rules', file], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
