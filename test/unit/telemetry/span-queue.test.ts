import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { SpanQueue } from '../../../electron/engine/telemetry/span-queue.ts';
import { createManualClock } from '../../support/manual-clock.ts';

type Done = (result: { code: number; error?: Error }) => void;

function queueUnderTest(change: { maximumSpans?: number; batchSpans?: number } = {}) {
  const clock = createManualClock();
  const exports: { spans: number; done: Done }[] = [];
  const dropped: [number, string][] = [];
  const queue = new SpanQueue({
    exporter: { export: (spans, done) => exports.push({ spans: spans.length, done }) },
    clock,
    maximumSpans: 8,
    batchSpans: 4,
    delayMs: 1_000,
    onDropped: (spans, reason) => dropped.push([spans, reason]),
    onExport: () => undefined,
    ...change,
  });
  const end = async (index: number, code: number): Promise<void> => {
    exports[index]?.done({ code });
    // Lets the promises behind the callback run.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { clock, exports, dropped, queue, end };
}

const spans = (count: number): ReadableSpan[] => Array.from({ length: count }, () => ({}) as ReadableSpan);

describe('the queue of spans', () => {
  it('gathers for a while, then exports', () => {
    const { clock, exports, queue } = queueUnderTest();
    queue.add(spans(2));
    clock.advance(999);
    expect(exports).toHaveLength(0);
    queue.add(spans(1));
    clock.advance(1);
    expect(exports.map((one) => one.spans)).toEqual([3]);
  });

  it('exports at once when a batch is full, and never two at a time', async () => {
    const { clock, exports, queue, end } = queueUnderTest();
    queue.add(spans(6));
    clock.advance(0);
    clock.advance(5_000);
    expect(exports.map((one) => one.spans)).toEqual([4]);
    await end(0, 0);
    clock.advance(1_000);
    expect(exports.map((one) => one.spans)).toEqual([4, 2]);
  });

  it('drops what finds no room, whole requests only', () => {
    const { dropped, queue } = queueUnderTest();
    queue.add(spans(7));
    queue.add(spans(2));
    queue.add(spans(1));
    expect(dropped).toEqual([[2, 'queue_full']]);
  });

  it('waits longer after every failure, up to a minute, and usually again after a success', async () => {
    const { clock, exports, dropped, queue, end } = queueUnderTest({ maximumSpans: 100 });
    const pauses: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      queue.add(spans(1));
      let waited = 0;
      for (; exports.length === round; waited += 500) clock.advance(500);
      pauses.push(waited);
      await end(round, round === 8 ? 0 : 1);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 1_000]);
    expect(dropped).toHaveLength(9);
  });

  it('sends the rest when it is stopped', async () => {
    const { dropped, exports, queue, end } = queueUnderTest();
    queue.add(spans(5));
    const stopped = queue.stop(1_500);
    await end(-1, 0);
    await end(0, 0);
    await end(1, 0);
    await stopped;
    expect(exports.map((one) => one.spans)).toEqual([4, 1]);
    expect(dropped).toEqual([]);
  });

  it('gives up on the rest when its time to stop is over', async () => {
    const { clock, dropped, queue, end } = queueUnderTest();
    queue.add(spans(5));
    const stopped = queue.stop(1_500);
    await end(-1, 0);
    clock.advance(1_500);
    await stopped;
    expect(dropped).toEqual([[1, 'export_failed']]);
    queue.add(spans(1));
    expect(dropped).toHaveLength(2);
  });
});
