import { describe, expect, it } from 'vitest';
import { allPass, renderJson, renderReport } from '../../bench/report.ts';
import type { Measure, Outcome } from '../../bench/types.ts';

const CPU: Measure = { what: 'CPU', unit: 'µs', better: 'lower', subject: 300, baseline: 100, limit: 4 };
const RATE: Measure = { what: 'rate', unit: '/s', better: 'higher', subject: 2500, baseline: 10_000, limit: 3 };

function outcome(changes: Partial<Outcome> = {}): Outcome {
  const benchmark = { name: 'gateway', question: 'What does it cost?', baseline: 'asked directly' };
  return { benchmark, measures: [CPU], failure: null, tookMs: 2040, ...changes };
}

describe('a report', () => {
  it('has a line for each measure with its ratio, limit and verdict', () => {
    const [, cpu, rate] = renderReport([outcome({ measures: [CPU, RATE] })]).split('\n');
    expect(cpu?.split(/ {2,}/)).toEqual(['gateway', 'CPU', '300', '100', 'µs', '3.00', '4.00', 'ok']);
    expect(rate?.split(/ {2,}/)).toEqual([
      'gateway',
      'rate',
      '2,500',
      '10,000',
      '/s',
      '4.00',
      '3.00',
      'over the limit',
    ]);
  });

  it('says what was asked, against what, and how long it took', () => {
    const report = renderReport([outcome()]);
    expect(report).toContain('gateway (2.0 s): What does it cost?');
    expect(report).toContain('baseline: asked directly');
  });

  it('keeps a benchmark that could not be measured, with the reason', () => {
    const report = renderReport([outcome({ measures: [], failure: 'The gateway answered 503.' })]);
    expect(report.split('\n')[1]).toMatch(/^gateway +failed$/);
    expect(report).toContain('failed: The gateway answered 503.');
  });

  it('as JSON has the exact figures and the machine', () => {
    const json: unknown = JSON.parse(renderJson([outcome({ measures: [CPU, RATE] })], { node: 'v24', cpus: 2 }));
    expect(json).toMatchObject({
      node: 'v24',
      cpus: 2,
      passes: false,
      benchmarks: [
        {
          name: 'gateway',
          took_ms: 2040,
          failure: null,
          measures: [
            { what: 'CPU', subject: 300, baseline: 100, ratio: 3, limit: 4, passes: true },
            { what: 'rate', ratio: 4, limit: 3, passes: false },
          ],
        },
      ],
    });
  });
});

describe('a run passes', () => {
  it.each([
    ['when every ratio is within its limit', [outcome()], true],
    ['not when one is over', [outcome(), outcome({ measures: [CPU, RATE] })], false],
    ['not when one could not be measured', [outcome({ measures: [], failure: 'no' }), outcome()], false],
  ])('%s', (_, outcomes, expected) => {
    expect(allPass(outcomes)).toBe(expected);
  });
});
