import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthSpans } from '../../../electron/engine/store/health-spans.ts';
import type { HealthStatus } from '../../../shared/domain/provider.ts';

const HOUR = 3_600_000;
const range = { since: 0, until: 10 * HOUR };
const running = [{ since: 0, until: 10 * HOUR }];

function change(at: number, from: HealthStatus, to: HealthStatus, reason = `${to} now`) {
  return { at, from_status: from, to_status: to, reason };
}

describe('the health of a provider over time', () => {
  it('runs from transition to transition', () => {
    const spans = healthSpans(
      range,
      change(-5, 'unknown', 'healthy'),
      [change(2 * HOUR, 'healthy', 'unhealthy'), change(3 * HOUR, 'unhealthy', 'healthy')],
      running,
    );
    expect(spans).toEqual([
      { from: 0, to: 2 * HOUR, status: 'healthy', reason: 'healthy now' },
      { from: 2 * HOUR, to: 3 * HOUR, status: 'unhealthy', reason: 'unhealthy now' },
      { from: 3 * HOUR, to: 10 * HOUR, status: 'healthy', reason: 'healthy now' },
    ]);
  });

  it('is unknown, not down, while the engine was not running', () => {
    const alive = [
      { since: 0, until: 2 * HOUR },
      { since: 5 * HOUR, until: 10 * HOUR },
    ];
    const spans = healthSpans(range, change(-5, 'unknown', 'healthy'), [], alive);
    expect(spans.map(({ status, to }) => [status, to])).toEqual([
      ['healthy', 2 * HOUR],
      ['no_data', 5 * HOUR],
      ['healthy', 10 * HOUR],
    ]);
  });

  it('does not call a quick restart a gap, nor the moment since the engine last said it runs', () => {
    const alive = [
      { since: 0, until: 2 * HOUR },
      { since: 2 * HOUR + 20_000, until: 10 * HOUR - 15_000 },
    ];
    expect(healthSpans(range, change(-5, 'unknown', 'healthy'), [], alive)).toHaveLength(1);
  });

  it('takes what the first transition came from for the time before it', () => {
    const spans = healthSpans(range, null, [change(HOUR, 'degraded', 'healthy')], running);
    expect(spans[0]).toEqual({ from: 0, to: HOUR, status: 'degraded', reason: '' });
  });

  it('is no data throughout when the engine never ran', () => {
    expect(healthSpans(range, null, [], [])).toEqual([
      { from: 0, to: 10 * HOUR, status: 'no_data', reason: 'Switchyard was not running' },
    ]);
  });

  it('covers the range without gap or overlap, whatever happened', () => {
    const times = fc.array(fc.integer({ min: -HOUR, max: 11 * HOUR }), { maxLength: 8 });
    const statuses = fc.constantFrom<HealthStatus>('healthy', 'degraded', 'unhealthy', 'unknown', 'disabled');
    fc.assert(
      fc.property(times, times, fc.array(statuses, { minLength: 8, maxLength: 8 }), (changes, alive, to) => {
        const ordered = changes.filter((at) => at >= 0 && at < range.until).toSorted((left, right) => left - right);
        const bounds = alive.toSorted((left, right) => left - right);
        const spans = healthSpans(
          range,
          null,
          ordered.map((at, index) => change(at, 'unknown', to[index] ?? 'healthy')),
          bounds.flatMap((since, index) => (index % 2 ? [] : [{ since, until: bounds[index + 1] ?? since }])),
        );
        expect(spans[0]?.from).toBe(range.since);
        expect(spans.at(-1)?.to).toBe(range.until);
        for (const [index, span] of spans.entries()) {
          expect(span.to).toBeGreaterThan(span.from);
          if (index > 0) expect(span.from).toBe(spans[index - 1]?.to);
        }
      }),
    );
  });
});
