import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptTraceHeaders, parseTraceparent, startTrace } from '../../../electron/engine/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const always = () => true;

describe('traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-ff`, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-holds`, true],
  ])('%s is read', (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    ['nothing', undefined],
    ['an unknown form', 'abc'],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['a longer version 00', `00-${TRACE}-${SPAN}-01-x`],
    ['an empty trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['an empty span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ])('%s is ignored', (_, header) => {
    expect(parseTraceparent(header)).toBeNull();
  });

  it('never throws, whatever a caller sends', () => {
    fc.assert(fc.property(fc.string(), (header) => parseTraceparent(header) === null));
  });
});

describe('the trace of a request', () => {
  const requestId = 'req_1';

  it("goes on with the caller's, state included", () => {
    const caller = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1' };
    const trace = startTrace({ requestId, operation: 'chat', caller }, always);
    expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, sampled: true, tracestate: 'a=1' });
    const { traceparent, tracestate } = attemptTraceHeaders({ trace }, 0);
    expect(parseTraceparent(traceparent)).toMatchObject({ traceId: TRACE, sampled: true });
    expect(tracestate).toBe('a=1');
  });

  it("drops a state whose parent is not valid, and begins anew from the request's id", () => {
    const caller = { traceparent: 'broken', tracestate: 'a=1' };
    const trace = startTrace({ requestId, operation: 'chat', caller }, always);
    expect(trace).toMatchObject({ parentSpanId: null, tracestate: undefined });
    expect(startTrace({ requestId, operation: 'chat', caller }, always)).toEqual(trace);
  });

  it('gives every request and every attempt an id of its own that can be read back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 20 }), (ids) => {
        const caller = { traceparent: undefined, tracestate: undefined };
        const spans = ids.flatMap((id) => {
          const trace = startTrace({ requestId: id, operation: 'chat', caller }, always);
          const attempts = [0, 1, 2].map((index) =>
            parseTraceparent(attemptTraceHeaders({ trace }, index).traceparent),
          );
          expect(attempts.map((attempt) => attempt?.traceId)).toEqual(Array(3).fill(trace.traceId));
          return [trace.spanId, ...attempts.map((attempt) => attempt?.spanId)];
        });
        expect(new Set(spans).size).toBe(spans.length);
      }),
    );
  });

  it('asks whether it is recorded, with what the caller decided', () => {
    const asked: unknown[] = [];
    const decide = (traceId: string, parent: boolean | null): boolean => {
      asked.push([traceId === TRACE, parent]);
      return false;
    };
    const arrive = (traceparent: string | undefined) =>
      startTrace({ requestId, operation: 'chat', caller: { traceparent, tracestate: undefined } }, decide);
    arrive(undefined);
    arrive(`00-${TRACE}-${SPAN}-00`);
    const trace = arrive(`00-${TRACE}-${SPAN}-01`);
    expect(asked).toEqual([
      [false, null],
      [true, false],
      [true, true],
    ]);
    expect(attemptTraceHeaders({ trace }, 0).traceparent).toMatch(/-00$/);
  });
});
