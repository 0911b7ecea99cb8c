import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * The trace a request belongs to, known from its arrival on so that its ids can go out with every attempt. Ids are
 * lower-case hex; the format of the headers is https://www.w3.org/TR/trace-context/.
 */
export interface RequestTrace {
  /** 32 digits: the caller's trace, or a new one. */
  traceId: string;
  /** 16 digits: the span of the request itself. */
  spanId: string;
  /** 16 digits: the caller's span; null where the trace begins here. */
  parentSpanId: string | null;
  /** Whether its spans are recorded; told to whoever comes next. */
  sampled: boolean;
  /** The caller's, passed on as it came. */
  tracestate: string | undefined;
  operation: TracedOperation;
}

export type TracedOperation = 'chat' | 'embeddings';

/** What `traceparent` says. */
interface TraceParent {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

/** A request of the engine's own: the id under which it is recorded, and what its provider is told of its trace. */
export interface OwnRequest {
  requestId: string;
  trace: RequestTrace | null;
}

/** The two headers that carry a trace; `undefined` is left out. */
export interface TraceHeaders {
  traceparent: string | undefined;
  tracestate: string | undefined;
}

export interface TraceArrival {
  requestId: string;
  operation: TracedOperation;
  caller: TraceHeaders;
}

/** Finds the trace of a request that has arrived. */
export type StartTrace = (arrival: TraceArrival) => RequestTrace;

/** Whether a trace is recorded; `parentSampled` is null where the trace begins here. */
export type DecideSampling = (traceId: string, parentSampled: boolean | null) => boolean;

/** Version, trace id, span id, flags; later versions may append fields (Trace Context, section 3.2.4). */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads `traceparent`; null for one that is not valid, which the standard has a receiver ignore. */
export function parseTraceparent(header: string | undefined): TraceParent | null {
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(header?.trim() ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The caller's headers as they came. */
export function callerTrace(headers: IncomingHttpHeaders): TraceHeaders {
  return { traceparent: single(headers['traceparent']), tracestate: single(headers['tracestate']) };
}

/**
 * The trace of a request: the caller's where it names one, else a new one. New ids are drawn from the request's id, which
 * is chance enough and lets whoever knows the request find its trace.
 */
export function startTrace({ requestId, operation, caller }: TraceArrival, decide: DecideSampling): RequestTrace {
  const parent = parseTraceparent(caller.traceparent);
  const drawn = digest(requestId);
  const traceId = parent?.traceId ?? drawn.slice(0, 32);
  return {
    traceId,
    spanId: drawn.slice(32, 48),
    parentSpanId: parent?.spanId ?? null,
    sampled: decide(traceId, parent?.sampled ?? null),
    tracestate: parent ? caller.tracestate : undefined,
    operation,
  };
}

/** Begins a request that no caller has sent; without a trace where none is recorded. */
export function startOwnRequest(requestId: string, start: StartTrace | undefined): OwnRequest {
  const caller = { traceparent: undefined, tracestate: undefined };
  return { requestId, trace: start?.({ requestId, operation: 'chat', caller }) ?? null };
}

/** The span of one attempt of the request, counted from 0. */
export function attemptSpanId({ traceId, spanId }: Pick<RequestTrace, 'traceId' | 'spanId'>, index: number): string {
  return digest(`${traceId}/${spanId}/${index}`).slice(0, 16);
}

/**
 * What goes out with an attempt: its own span as the parent of whatever the provider records. Without a trace of ours the
 * caller's headers pass through unchanged, as they do through any proxy that takes no part.
 */
export function attemptTraceHeaders(
  { trace, traceparent, tracestate }: { trace?: RequestTrace | null } & Partial<TraceHeaders>,
  index: number,
): TraceHeaders {
  if (!trace) return { traceparent, tracestate };
  const flags = trace.sampled ? '01' : '00';
  return {
    traceparent: `00-${trace.traceId}-${attemptSpanId(trace, index)}-${flags}`,
    tracestate: trace.tracestate,
  };
}

function single(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value.join(',') : value;
  return text === undefined || text === '' ? undefined : text;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
