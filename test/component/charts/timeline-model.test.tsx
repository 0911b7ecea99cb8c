import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampWindow,
  describeSpan,
  drawnSpans,
  episodeBrackets,
  panBy,
  zoomAround,
  type TimelineSpan,
  type TimelineStatus,
} from '../../../renderer/ui/charts/timeline-model.ts';

const FULL = { from: 0, to: 1_000_000 };

function spansOf(lengths: readonly number[], statuses: readonly TimelineStatus[]): TimelineSpan[] {
  let at = 0;
  return lengths.map((length, index) => {
    const span = { from: at, to: at + length, status: statuses[index % statuses.length] ?? 'healthy', reason: '' };
    at += length;
    return span;
  });
}

describe('windows', () => {
  it('zoom around a moment that stays where it is', () => {
    const closer = zoomAround(FULL, FULL, 250_000, 0.5);
    expect(closer).toEqual({ from: 125_000, to: 625_000 });
    expect(zoomAround(closer, FULL, 250_000, 2)).toEqual(FULL);
  });

  it('never leave the range and never get shorter than ten seconds', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -2e6, max: 2e6, noNaN: true }),
        fc.double({ min: 0, max: 2e6, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (from, length, share) => {
          for (const window of [
            clampWindow({ from, to: from + length }, FULL),
            panBy(clampWindow({ from, to: from + length }, FULL), FULL, share),
            zoomAround(clampWindow({ from, to: from + length }, FULL), FULL, from, Math.abs(share) + 0.01),
          ]) {
            expect(window.from).toBeGreaterThanOrEqual(-1e-6);
            expect(window.to).toBeLessThanOrEqual(FULL.to + 1e-6);
            expect(window.to - window.from).toBeGreaterThanOrEqual(9999.99);
          }
        },
      ),
    );
  });
});

describe('drawnSpans', () => {
  it('keeps an outage of one second visible in a day', () => {
    const day = { from: 0, to: 86_400_000 };
    const spans: TimelineSpan[] = [
      { from: 0, to: 40_000_000, status: 'healthy', reason: '' },
      { from: 40_000_000, to: 40_001_000, status: 'unhealthy', reason: 'HTTP 503' },
      { from: 40_001_000, to: 86_400_000, status: 'healthy', reason: '' },
    ];
    const drawn = drawnSpans(spans, day, 800);
    expect(drawn.map(({ span }) => span.status)).toEqual(['healthy', 'unhealthy', 'healthy']);
    expect(drawn[1]?.width).toBeGreaterThanOrEqual(2);
  });

  it('draws no more marks than pixels, inside the plot, and never loses the gravest state', () => {
    const status = fc.constantFrom<TimelineStatus>('healthy', 'degraded', 'unhealthy', 'unknown');
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 400 }),
        fc.array(status, { minLength: 1, maxLength: 7 }),
        (lengths, statuses) => {
          const spans = spansOf(lengths, statuses);
          const window = { from: 0, to: lengths.reduce((sum, length) => sum + length, 0) };
          const drawn = drawnSpans(spans, window, 300);
          expect(drawn.length).toBeLessThanOrEqual(300);
          for (const { x, width } of drawn) {
            expect(x).toBeGreaterThanOrEqual(0);
            expect(x + width).toBeLessThanOrEqual(302.5);
          }
          const wasUnhealthy = spans.some((span) => span.status === 'unhealthy');
          expect(drawn.some(({ span }) => span.status === 'unhealthy')).toBe(wasUnhealthy);
        },
      ),
    );
  });
});

describe('episodeBrackets', () => {
  const episode = (id: number, started_at: number, ended_at: number | null) => ({
    id,
    started_at,
    ended_at,
    from_provider: 'a',
    to_provider: 'b',
  });

  it('runs an open episode to now and marks it open', () => {
    expect(episodeBrackets([episode(1, 500_000, null)], FULL, 1000, 750_000)).toMatchObject([
      { x: 500, width: 250, open: true },
    ]);
  });

  it('gathers episodes that would touch and leaves others alone', () => {
    const brackets = episodeBrackets(
      [episode(3, 800_000, 810_000), episode(1, 100_000, 101_000), episode(2, 102_000, 103_000)],
      FULL,
      1000,
      1_000_000,
    );
    expect(brackets.map(({ episodes }) => episodes.map(({ id }) => id))).toEqual([[1, 2], [3]]);
  });

  it('leaves out what lies outside of the window', () => {
    expect(episodeBrackets([episode(1, 0, 10)], { from: 100, to: 200 }, 100, 200)).toEqual([]);
  });
});

describe('describeSpan', () => {
  const now = Date.UTC(2026, 10, 20, 12);
  it('says what, when, how long and why', () => {
    const span = {
      from: now - 7_200_000,
      to: now - 5_520_000,
      status: 'unhealthy',
      reason: 'connection refused',
    } as const;
    expect(describeSpan('Kimi K2', span, now, 'UTC')).toBe(
      'Kimi K2 unhealthy, 10:00 – 10:28 (28 min): connection refused',
    );
  });

  it('names the day where it is another, once', () => {
    const span = { from: now - 90_000_000, to: now - 86_400_000, status: 'degraded', reason: '' } as const;
    expect(describeSpan('Kimi K2', span, now, 'UTC')).toBe('Kimi K2 degraded, 19 Nov 11:00 – 12:00 (1 h)');
  });

  it('says now for what still lasts', () => {
    const span = { from: now - 420_000, to: now, status: 'unhealthy', reason: '' } as const;
    expect(describeSpan('Kimi K2', span, now, 'UTC')).toBe('Kimi K2 unhealthy, 11:53 – now (7 min)');
  });
});
