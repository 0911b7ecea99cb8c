import { describe, expect, it } from 'vitest';
import { AlertBook } from '../../../electron/engine/alerts/alert-book.ts';
import type { AlertFacts } from '../../../electron/engine/alerts/alert-facts.ts';
import { EventBus } from '../../../electron/engine/events.ts';
import type { Alert, AlertNotice, AlertRuleName } from '../../../shared/domain/alerts.ts';
import type { HealthStatus } from '../../../shared/domain/provider.ts';
import { aStatus } from '../../support/console-fixtures.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const AT = Date.UTC(2026, 10, 20, 3);
const EVALUATION_MS = 15_000;
const HOUR_MS = 3_600_000;

/** A book over one primary whose health the test sets, on a clock whose wall side can be moved alone. */
function startBook(firing: Alert[] = []) {
  const manual = createManualClock(AT);
  let ahead = 0;
  const clock = { ...manual, now: () => manual.now() + ahead };
  const events = new EventBus((error) => {
    throw error;
  });
  const notices: AlertNotice[] = [];
  const pending: number[] = [];
  events.on('pending_alerts_changed', ({ ids }) => pending.push(ids.length));
  let health: HealthStatus = 'healthy';
  const facts = (): AlertFacts => {
    const status = aStatus(clock.now());
    const providers = status.providers.map((provider, index) =>
      index === 0 ? { ...provider, health: { ...provider.health, status: health } } : provider,
    );
    return {
      status: { ...status, providers },
      quotas: [],
      requests: { finished: 0, failed: 0 },
      apiAnswers: new Map(),
      apiRequestsOfDay: 0,
      breakerOpenings: new Map(),
      probeCostUsd: new Map(),
      unpriced: new Map(),
      lockedOut: new Map(),
      diskFree: 0.5,
      undelivered: new Map(),
    };
  };
  const book = new AlertBook({
    clock,
    events,
    storage: {
      saveAlert: () => undefined,
      addSilence: (silence) => ({ ...silence, id: 1 }),
      saveSilence: () => undefined,
      expireSilence: () => undefined,
    },
    restored: { alerts: firing.map((alert) => ({ alert, notified: true })), silences: [] },
    config: () => ({ enabled: true, alertOnFallback: true, evaluationMs: EVALUATION_MS, rules: {} }),
    facts,
    notify: (told) => void notices.push(...told),
  });
  book.start();
  return {
    book,
    pending,
    told: () => notices.map(({ event, alert }) => `${event} ${alert.rule}`),
    set: (status: HealthStatus) => {
      health = status;
    },
    /** Lets this much time pass, looking as often as it does by itself. */
    pass: (ms: number) => manual.advance(ms),
    /** Moves the wall clock alone: a correction, or a suspend that the monotonic clock does not count. */
    step: (ms: number) => {
      ahead += ms;
    },
  };
}

it('what is pending is announced when it begins, when it fires and when it is gone', () => {
  const { set, pass, pending, told } = startBook();
  set('unhealthy');
  pass(EVALUATION_MS);
  expect(pending).toEqual([1]);
  pass(60_000);
  expect(pending).toEqual([1]);
  set('healthy');
  pass(EVALUATION_MS);
  expect(pending).toEqual([1, 0]);
  set('unhealthy');
  pass(6 * 60_000);
  expect(pending).toEqual([1, 0, 1, 0]);
  expect(told()).toEqual(['trigger PrimaryModelDown']);
});

describe('after a restart', () => {
  const firing = (rule: AlertRuleName): Alert => ({
    id: rule,
    rule,
    severity: 'warning',
    state: 'firing',
    labels: {},
    fingerprint: `${rule}{}`,
    summary: 'as it was before',
    response: '',
    checks: [],
    runbook: '',
    pending_since: AT - 600_000,
    firing_since: AT - 300_000,
    resolved_at: null,
    acknowledged: null,
    silence_id: null,
  });

  it.each<[AlertRuleName, number]>([
    ['PrimaryModelDown', 1],
    ['UsingFallbackModel', 5],
    ['RequestsFailing', 5],
    ['BreakerFlapping', 15],
    ['UnknownPrice', 60],
  ])('%s is not resolved before what it looks at was seen whole, %i min', (rule, minutes) => {
    const { pass, told } = startBook([firing(rule)]);
    pass(minutes * 60_000 - EVALUATION_MS);
    expect(told()).toEqual([]);
    pass(3 * EVALUATION_MS);
    expect(told()).toEqual([`resolve ${rule}`]);
  });
});

describe('a step of the wall clock', () => {
  it.each([HOUR_MS, -HOUR_MS, 8 * HOUR_MS])('of %i ms makes no alert fire before its time, nor twice', (step) => {
    const { set, pass, step: move, told, book } = startBook();
    set('unhealthy');
    pass(60_000);
    move(step);
    pass(3 * 60_000);
    expect(told()).toEqual([]);
    pass(2 * 60_000);
    expect(told()).toEqual(['trigger PrimaryModelDown']);
    const [alert] = book.firing;
    expect(alert?.firing_since).toBeGreaterThanOrEqual(alert?.pending_since ?? Infinity);
    move(-step);
    pass(10 * 60_000);
    expect(told()).toEqual(['trigger PrimaryModelDown']);
    set('healthy');
    pass(60_000);
    expect(told()).toEqual(['trigger PrimaryModelDown', 'resolve PrimaryModelDown']);
  });

  it.each([HOUR_MS, -HOUR_MS])('of %i ms resolves nothing that still holds', (step) => {
    const { set, pass, step: move, told } = startBook();
    set('unhealthy');
    pass(6 * 60_000);
    move(step);
    pass(10 * 60_000);
    expect(told()).toEqual(['trigger PrimaryModelDown']);
  });
});

describe('a suspend of eight hours', () => {
  /** The first look after waking up still sees the health of before; the probes know better a moment later. */
  const sleep = ({ book, pass, step }: ReturnType<typeof startBook>, counted: boolean) => {
    if (counted) {
      book.stop();
      pass(8 * HOUR_MS);
      book.start();
      book.look();
    } else {
      step(8 * HOUR_MS);
      pass(EVALUATION_MS);
    }
  };

  it.each([true, false])('fires nothing on what was known before it (monotonic clock counts: %s)', (counted) => {
    const stage = startBook();
    stage.set('unhealthy');
    // One look short of firing.
    stage.pass(5 * 60_000);
    sleep(stage, counted);
    expect(stage.told()).toEqual([]);
    stage.set('healthy');
    stage.pass(60_000);
    expect(stage.told()).toEqual([]);
  });

  it.each([true, false])('loses no alert that fired before it (monotonic clock counts: %s)', (counted) => {
    const stage = startBook();
    stage.set('unhealthy');
    stage.pass(6 * 60_000);
    stage.set('unknown');
    sleep(stage, counted);
    stage.set('unhealthy');
    stage.pass(60_000);
    expect(stage.told()).toEqual(['trigger PrimaryModelDown']);
    stage.set('healthy');
    stage.pass(60_000);
    expect(stage.told()).toEqual(['trigger PrimaryModelDown', 'resolve PrimaryModelDown']);
  });
});
