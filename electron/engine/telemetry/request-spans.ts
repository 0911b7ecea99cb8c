import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import type { Attempt, RequestDetail, Usage } from '../../../shared/domain/request.ts';
import { attemptSpanId } from '../trace-context.ts';
import type { RequestTrace } from '../trace-context.ts';
import { ATTRIBUTES, routeOf, SPAN_EVENTS } from './genai-names.ts';

/** What is known of a provider beside its attempts. */
export interface ProviderFacts {
  /** `gen_ai.provider.name`. */
  vendor: string;
  /** Null where the registry no longer has the entry. */
  baseUrl: string | null;
}

export interface SpanGround {
  resource: Resource;
  scope: { name: string; version: string };
  provider: (name: string) => ProviderFacts;
  /** Takes every secret out of a text that an upstream may have worded. */
  redact: (text: string) => string;
}

type Values = Record<string, string | number | boolean | null | undefined>;

/**
 * The spans of a finished request: one of kind SERVER for the request, under it one of kind CLIENT for each attempt. Times
 * are those that were measured; nothing of a prompt or an answer is in them.
 */
export function requestSpans(trace: RequestTrace, request: RequestDetail, ground: SpanGround): ReadableSpan[] {
  return [
    serverSpan(trace, request, ground),
    ...request.attempt_list.map((attempt) => clientSpan(trace, request, attempt, ground)),
  ];
}

function serverSpan(trace: RequestTrace, request: RequestDetail, ground: SpanGround): ReadableSpan {
  const { operation } = trace;
  const route = routeOf(operation, request.dialect);
  const failed = request.status === 'error' || request.status === 'timeout';
  return makeSpan(ground, trace, {
    name: request.origin === 'client' ? `POST ${route}` : `${operation} ${request.origin}`,
    kind: SpanKind.SERVER,
    spanId: trace.spanId,
    parent: trace.parentSpanId === null ? null : { spanId: trace.parentSpanId, remote: true },
    startedAt: request.started_at,
    durationMs: request.duration_ms,
    // A request that the caller has to mend is no error of the server's (semantic conventions for HTTP servers).
    error: failed ? (request.error_message ?? request.status) : null,
    attributes: {
      ...(request.origin === 'client' && {
        [ATTRIBUTES.httpMethod]: 'POST',
        [ATTRIBUTES.httpRoute]: route,
        [ATTRIBUTES.httpStatus]: request.http_status,
      }),
      [ATTRIBUTES.operation]: operation,
      [ATTRIBUTES.provider]: request.provider === null ? null : ground.provider(request.provider).vendor,
      [ATTRIBUTES.requestModel]: request.requested_model || null,
      [ATTRIBUTES.requestStream]: request.streamed,
      [ATTRIBUTES.responseModel]: request.model,
      [ATTRIBUTES.agentId]: request.agent_id,
      ...usageAttributes(request.usage),
      [ATTRIBUTES.errorType]: request.status === 'success' ? null : (request.failure_class ?? request.error_code),
      [ATTRIBUTES.requestId]: request.id,
      [ATTRIBUTES.origin]: request.origin,
      [ATTRIBUTES.entry]: request.provider,
      [ATTRIBUTES.rule]: request.rule,
      [ATTRIBUTES.reason]: request.decision?.reason,
      [ATTRIBUTES.callSite]: request.call_site,
      [ATTRIBUTES.tier]: request.tier,
      [ATTRIBUTES.attempts]: request.attempts,
      [ATTRIBUTES.queueMs]: request.queue_ms,
      ...costAttributes(request),
    },
    events: [
      ...fallbackEvents(request),
      ...(request.first_token_ms === null
        ? []
        : [spanEvent(SPAN_EVENTS.firstToken, request.started_at + request.first_token_ms, {})]),
    ],
  });
}

function clientSpan(trace: RequestTrace, request: RequestDetail, attempt: Attempt, ground: SpanGround): ReadableSpan {
  const { vendor, baseUrl } = ground.provider(attempt.provider);
  const asked = request.decision?.candidates.find(({ provider }) => provider === attempt.provider)?.model;
  const requestModel = asked ?? attempt.model;
  const url = baseUrl === null ? null : URL.parse(baseUrl);
  const failed = attempt.outcome === 'failure';
  return makeSpan(ground, trace, {
    name: `${trace.operation} ${requestModel}`,
    kind: SpanKind.CLIENT,
    spanId: attemptSpanId(trace, attempt.index),
    parent: { spanId: trace.spanId, remote: false },
    startedAt: attempt.started_at,
    durationMs: attempt.duration_ms,
    error: failed ? (attempt.message ?? attempt.failure_class ?? 'failed') : null,
    attributes: {
      [ATTRIBUTES.operation]: trace.operation,
      [ATTRIBUTES.provider]: vendor,
      [ATTRIBUTES.requestModel]: requestModel,
      [ATTRIBUTES.requestStream]: request.streamed,
      [ATTRIBUTES.responseModel]: attempt.outcome === 'success' ? attempt.model : null,
      [ATTRIBUTES.timeToFirstChunk]: attempt.first_token_ms === null ? null : attempt.first_token_ms / 1_000,
      ...usageAttributes(attempt.usage),
      [ATTRIBUTES.errorType]: attempt.outcome === 'success' ? null : attempt.failure_class,
      [ATTRIBUTES.httpStatus]: attempt.http_status,
      [ATTRIBUTES.serverAddress]: url?.hostname,
      [ATTRIBUTES.serverPort]: url === null ? null : Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      [ATTRIBUTES.entry]: attempt.provider,
      [ATTRIBUTES.attemptIndex]: attempt.index,
      [ATTRIBUTES.retry]: attempt.retry,
      [ATTRIBUTES.resume]: attempt.resume,
      [ATTRIBUTES.queueMs]: attempt.queue_ms,
      ...costAttributes(attempt),
    },
    events: failed
      ? [
          spanEvent(SPAN_EVENTS.failure, attempt.started_at + attempt.duration_ms, {
            [ATTRIBUTES.failureClass]: attempt.failure_class,
            [ATTRIBUTES.failureMessage]: attempt.message === null ? null : ground.redact(attempt.message),
          }),
        ]
      : [],
  });
}

/** A fallback took place when the one who stood in was asked; without an answer, at the end. */
function fallbackEvents(request: RequestDetail): TimedEvent[] {
  if (request.fallback_from === null) return [];
  const standIn = request.attempt_list.find(({ provider }) => provider === request.provider);
  return [
    spanEvent(SPAN_EVENTS.fallback, standIn?.started_at ?? request.started_at + request.duration_ms, {
      [ATTRIBUTES.fallbackFrom]: request.fallback_from,
      [ATTRIBUTES.fallbackTo]: request.provider,
      [ATTRIBUTES.fallbackReason]: request.fallback_reason,
    }),
  ];
}

/** An estimate of ours is not what a provider reported, so it is left out. */
function usageAttributes(usage: Usage): Values {
  if (usage.estimated || usage.input_tokens + usage.output_tokens === 0) return {};
  return {
    [ATTRIBUTES.inputTokens]: usage.input_tokens,
    [ATTRIBUTES.outputTokens]: usage.output_tokens,
    [ATTRIBUTES.cacheReadTokens]: usage.cache_read_tokens || null,
    [ATTRIBUTES.cacheWriteTokens]: usage.cache_write_tokens || null,
    [ATTRIBUTES.reasoningTokens]: usage.reasoning_tokens || null,
  };
}

/** An unknown price is a fact and no zero: then there is no cost at all. */
function costAttributes({ cost_usd: cost, pricing_unknown: unknown }: { cost_usd: number; pricing_unknown: boolean }) {
  return unknown ? { [ATTRIBUTES.pricingUnknown]: true } : { [ATTRIBUTES.costUsd]: cost };
}

interface SpanParts {
  name: string;
  kind: SpanKind;
  spanId: string;
  parent: { spanId: string; remote: boolean } | null;
  startedAt: number;
  durationMs: number;
  /** What went wrong; null where nothing did. */
  error: string | null;
  attributes: Values;
  events: TimedEvent[];
}

function makeSpan(ground: SpanGround, trace: RequestTrace, parts: SpanParts): ReadableSpan {
  const context = (spanId: string, isRemote: boolean): SpanContext => ({
    traceId: trace.traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote,
  });
  const { spanId, parent, startedAt, durationMs, error } = parts;
  return {
    name: parts.name,
    kind: parts.kind,
    spanContext: () => context(spanId, false),
    ...(parent && { parentSpanContext: context(parent.spanId, parent.remote) }),
    startTime: hrTime(startedAt),
    endTime: hrTime(startedAt + durationMs),
    duration: hrTime(durationMs),
    status:
      error === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: ground.redact(error) },
    attributes: known(parts.attributes),
    links: [],
    events: parts.events,
    ended: true,
    resource: ground.resource,
    instrumentationScope: ground.scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function spanEvent(name: string, atMs: number, attributes: Values): TimedEvent {
  return { name, time: hrTime(atMs), attributes: known(attributes) };
}

function known(values: Values): Attributes {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string | number | boolean] => entry[1] !== null && entry[1] !== undefined,
    ),
  );
}

/** Milliseconds as whole seconds and nanoseconds. */
function hrTime(milliseconds: number): HrTime {
  const nanoseconds = Math.round((milliseconds % 1_000) * 1e6);
  const seconds = Math.floor(milliseconds / 1_000);
  return nanoseconds === 1e9 ? [seconds + 1, 0] : [seconds, nanoseconds];
}
