import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLEAR_EVALUATIONS,
  evaluate,
  fingerprintOf,
  isSilenced,
  type Evaluation,
  type TrackedAlert,
} from '../../../electron/engine/alerts/alert-states.ts';
import { RULES, type Rule } from '../../../electron/engine/alerts/rules.ts';
import type { AlertNotice, Silence } from '../../../shared/domain/alerts.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
const STEP = 15_000;
const FINDING = { labels: { model_name: 'kimi' }, summary: 'down', response: '', checks: [] };

function ruleOf(changes: Partial<Rule> = {}): Rule {
  const [rule] = RULES;
  if (!rule) throw new Error('There are rules.');
  return { ...rule, forSeconds: 60, ...changes };
}

/** Plays evaluations one after the other, each 15 s after the last unless it says otherwise. */
function play(steps: (Partial<Evaluation> & { holds: boolean })[], rule = ruleOf()) {
  let tracked: TrackedAlert[] = [];
  const notices: AlertNotice[] = [];
  let now = NOW;
  for (const { holds, ...rest } of steps) {
    now += STEP;
    const step = evaluate(tracked, {
      now,
      elapsedMs: STEP,
      findings: holds ? [{ rule, finding: FINDING }] : [],
      silences: [],
      mayResolve: () => true,
      ...rest,
    });
    tracked = step.tracked;
    notices.push(...step.notices);
  }
  return { tracked, notices, events: notices.map(({ event }) => event) };
}

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);
const HOLDS = { holds: true };
const CLEAR = { holds: false };

describe('an alert', () => {
  it('fires once its condition has held for long enough, and not before', () => {
    expect(play(times(4, HOLDS))).toMatchObject({ events: [], tracked: [{ alert: { state: 'pending' } }] });
    expect(play(times(5, HOLDS)).events).toEqual(['trigger']);
    expect(play(times(50, HOLDS)).events).toEqual(['trigger']);
  });

  it('fires at once where the rule has no duration', () => {
    expect(play([HOLDS], ruleOf({ forSeconds: 0 })).events).toEqual(['trigger']);
  });

  it('is forgotten when its condition ends before it fired', () => {
    expect(play([HOLDS, HOLDS, CLEAR])).toMatchObject({ events: [], tracked: [] });
  });

  it('resolves only after it was clear for several looks, so that flapping is one alert', () => {
    const flapping = times(6, [HOLDS, CLEAR]).flat();
    expect(play([...times(5, HOLDS), ...flapping]).events).toEqual(['trigger']);
    expect(play([...times(5, HOLDS), ...times(CLEAR_EVALUATIONS, CLEAR)]).events).toEqual(['trigger', 'resolve']);
  });

  it('does not count a pause as time in which the condition held, nor as time in which it was clear', () => {
    const pause = { holds: true, elapsedMs: 0 };
    expect(play([HOLDS, HOLDS, pause, HOLDS, HOLDS]).events).toEqual([]);
    const quiet = { holds: false, elapsedMs: 0 };
    expect(play([...times(5, HOLDS), ...times(9, quiet)]).events).toEqual(['trigger']);
  });

  it('does not resolve before enough was seen after a start', () => {
    const early = { holds: false, mayResolve: () => false };
    expect(play([...times(5, HOLDS), ...times(9, early)]).events).toEqual(['trigger']);
  });

  it('has times in order although the clock goes back', () => {
    const { tracked } = play([...times(4, HOLDS), { holds: true, now: NOW - 3_600_000 }]);
    const alert = tracked[0]?.alert;
    expect(alert?.firing_since).toBeGreaterThanOrEqual(alert?.pending_since ?? Number.POSITIVE_INFINITY);
  });
});

const silence: Silence = {
  id: 4,
  matchers: [{ label: 'model_name', value: 'kim*' }],
  reason: 'upgrade',
  operator: 'ana',
  created_at: NOW,
  expires_at: NOW + 24 * 3_600_000,
  ended_at: null,
};

describe('a silence', () => {
  it('keeps an alert from being told, and what outlives it is told then', () => {
    const quiet = { holds: true, silences: [silence] };
    const silenced = play(times(9, quiet));
    expect(silenced).toMatchObject({ events: [], tracked: [{ alert: { state: 'firing', silence_id: 4 } }] });
    expect(play([...times(9, quiet), HOLDS]).events).toEqual(['trigger']);
  });

  it('of an alert that nobody was told of leaves nothing to resolve', () => {
    const quiet = { holds: true, silences: [silence] };
    const gone = { holds: false, silences: [silence] };
    expect(play([...times(9, quiet), ...times(5, gone)]).events).toEqual([]);
  });

  it.each([
    [[{ label: 'model_name', value: 'kimi' }], true],
    [[{ label: 'model_name', value: 'k*i' }], true],
    [[{ label: 'model_name', value: 'kim' }], false],
    [[{ label: 'model_name', value: 'k.mi' }], false],
    [[{ label: 'alertname', value: 'Primary*' }], true],
    [[{ label: 'severity', value: 'warning' }], false],
    [[{ label: 'nothing', value: '*' }], true],
    [[{ label: 'nothing', value: 'x' }], false],
    [
      [
        { label: 'model_name', value: 'kimi' },
        { label: 'severity', value: 'critical' },
      ],
      true,
    ],
  ])('with %j matches: %s', (matchers, expected) => {
    const alert = { rule: 'PrimaryModelDown', severity: 'critical' as const, labels: { model_name: 'kimi' } };
    expect(isSilenced(alert, { ...silence, matchers }, NOW)).toBe(expected);
    expect(isSilenced(alert, { ...silence, matchers }, silence.expires_at)).toBe(false);
    expect(isSilenced(alert, { ...silence, matchers, ended_at: NOW }, NOW)).toBe(false);
  });
});

describe('whatever happens', () => {
  const stepArbitrary = fc.record({
    holds: fc.boolean(),
    elapsedMs: fc.constantFrom(0, STEP, STEP, STEP),
    jump: fc.constantFrom(0, 0, 0, -7_200_000, 86_400_000),
    silenced: fc.boolean(),
    mayResolve: fc.boolean(),
    restart: fc.boolean(),
  });

  it('triggers and resolves alternate, beginning with a trigger, over restarts and jumps of the clock', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { maxLength: 60 }), (steps) => {
        let tracked: TrackedAlert[] = [];
        let stored = new Map<string, TrackedAlert>();
        let now = NOW;
        const events: string[] = [];
        for (const { holds, elapsedMs, jump, silenced, mayResolve, restart } of steps) {
          now += elapsedMs + jump;
          // What was stored is all that a killed process leaves.
          if (restart) tracked = [...stored.values()].map((one) => ({ ...one, heldMs: 0, clear: 0 }));
          const step = evaluate(tracked, {
            now,
            elapsedMs,
            findings: holds ? [{ rule: ruleOf(), finding: FINDING }] : [],
            silences: silenced ? [{ ...silence, expires_at: now + 1 }] : [],
            mayResolve: () => mayResolve,
          });
          tracked = step.tracked;
          for (const one of step.changed) stored.set(one.alert.id, one);
          stored = new Map([...stored].filter(([, { alert }]) => alert.state === 'firing'));
          events.push(...step.notices.map(({ event }) => event));
        }
        for (const [index, event] of events.entries()) expect(event).toBe(index % 2 === 0 ? 'trigger' : 'resolve');
      }),
    );
  });
});

it('fingerprints do not depend on the order of labels', () => {
  expect(fingerprintOf('A', { b: '1', a: '2' })).toBe(fingerprintOf('A', { a: '2', b: '1' }));
  expect(fingerprintOf('A', { a: '1,b="2"' })).not.toBe(fingerprintOf('A', { a: '1', b: '2' }));
});
