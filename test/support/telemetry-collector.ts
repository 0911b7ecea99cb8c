import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Scalar = string | number | boolean;

/** A span as the collector was sent it, attributes as plain values. */
interface CollectedSpan {
  name: string;
  kind: 'server' | 'client';
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  failed: boolean;
  statusMessage: string | null;
  startNs: bigint;
  endNs: bigint;
  attributes: Record<string, Scalar>;
  events: { name: string; attributes: Record<string, Scalar> }[];
  resource: Record<string, Scalar>;
}

interface CollectedPoint {
  metric: string;
  unit: string;
  attributes: Record<string, Scalar>;
  count: number;
  sum: number;
  bounds: number[];
}

interface WireAttribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
}
interface WireResource {
  attributes: WireAttribute[];
}
interface WireSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code: number; message?: string };
  attributes: WireAttribute[];
  events: { name: string; attributes: WireAttribute[] }[];
}
interface WireTraces {
  resourceSpans: { resource: WireResource; scopeSpans: { spans: WireSpan[] }[] }[];
}
interface WirePoint {
  attributes: WireAttribute[];
  count: number | string;
  sum: number;
  explicitBounds: number[];
}
interface WireMetrics {
  resourceMetrics: {
    scopeMetrics: { metrics: { name: string; unit: string; histogram?: { dataPoints: WirePoint[] } }[] }[];
  }[];
}

/** How the collector behaves: `silent` takes every request and never answers. */
export type CollectorMood = 'well' | 'broken' | 'silent';

export interface Collector {
  url: string;
  port: number;
  mood: CollectorMood;
  /** Every request, whatever it was answered. */
  requests: { path: string; headers: IncomingHttpHeaders }[];
  /** Everything that was taken, oldest first. */
  spans: CollectedSpan[];
  /** The newest state of every series. */
  points(): CollectedPoint[];
  stop(): Promise<void>;
}

/** An OpenTelemetry collector on loopback that takes OTLP over HTTP as JSON. Port 0 picks a free one. */
export async function startCollector(port = 0, mood: CollectorMood = 'well'): Promise<Collector> {
  let points: CollectedPoint[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const path = request.url ?? '';
      collector.requests.push({ path, headers: request.headers });
      if (collector.mood === 'silent') return;
      if (collector.mood === 'broken') return answer(response, 500);
      const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
      if (path === '/v1/traces') collector.spans.push(...readSpans(body as WireTraces));
      else points = readPoints(body as WireMetrics);
      answer(response, 200);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  const collector: Collector = {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    mood,
    requests: [],
    spans: [],
    points: () => points,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return collector;
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end('{}');
}

function readSpans({ resourceSpans }: WireTraces): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        name: span.name,
        // SPAN_KIND_SERVER is 2, SPAN_KIND_CLIENT 3; STATUS_CODE_ERROR is 2 (opentelemetry-proto, trace.proto).
        kind: span.kind === 2 ? ('server' as const) : ('client' as const),
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? null,
        failed: span.status.code === 2,
        statusMessage: span.status.message ?? null,
        startNs: BigInt(span.startTimeUnixNano),
        endNs: BigInt(span.endTimeUnixNano),
        attributes: plain(span.attributes),
        events: span.events.map(({ name, attributes }) => ({ name, attributes: plain(attributes) })),
        resource: plain(resource.attributes),
      })),
    ),
  );
}

function readPoints({ resourceMetrics }: WireMetrics): CollectedPoint[] {
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, unit, histogram }) =>
        (histogram?.dataPoints ?? []).map(({ attributes, count, sum, explicitBounds }) => ({
          metric: name,
          unit,
          attributes: plain(attributes),
          count: Number(count),
          sum,
          bounds: explicitBounds,
        })),
      ),
    ),
  );
}

function plain(attributes: readonly WireAttribute[]): Record<string, Scalar> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  );
}
