import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { quote, shorten } from '../../../shared/format/quote.ts';
import type { Dialect } from '../dialects/types.ts';
import { sendError } from './answer-error.ts';
import { serveEmbeddings } from './embeddings.ts';
import { explainRoute } from './explain-route.ts';
import { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { describeModel, listModels } from './models.ts';
import { countTokens } from './count-tokens.ts';
import { pacedByRateLimits } from './rate-limit-pace.ts';
import { newRequestId } from './request-id.ts';
import { serveChat } from './serve-chat.ts';
import type { GatewayRooms } from './types.ts';

export interface GatewayServerOptions {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** Keys of which every caller must present one; none means that every local caller may ask. */
  keys: readonly string[];
  metrics: () => Promise<{ contentType: string; body: string }>;
  /** Whether at least one provider can serve now. */
  ready: () => { ready: boolean; reason: string };
}

export interface GatewayServer {
  url: string;
  /** Stops accepting, waits for running requests up to `graceMs`, then ends what is left with an error in its dialect. */
  stop(graceMs: number): Promise<void>;
}

type Handler = (exchange: Exchange, id: string) => Promise<void> | void;

/** Starts the data plane on node:http. Rejects with one clear sentence when the port is taken. */
export async function startGatewayServer(
  engineRooms: GatewayRooms,
  options: GatewayServerOptions,
): Promise<GatewayServer> {
  const rooms = { ...engineRooms, health: pacedByRateLimits(engineRooms.health, engineRooms.clock) };
  const running = new Set<Exchange>();
  let stopping = false;
  const server = createServer((request, response) => {
    const exchange = new Exchange(request, response, rooms.clock);
    running.add(exchange);
    response.once('close', () => {
      running.delete(exchange);
      // A kept connection is idle from the next tick on, and would be waited for.
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    void handle(rooms, options, exchange);
  });
  // Node's own limits on the arrival of headers and body stay: they count nothing of the answer.
  server.keepAliveTimeout = 75_000;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    stop: (graceMs) => {
      stopping = true;
      return stop(server, running, graceMs);
    },
  };
}

async function handle(rooms: GatewayRooms, options: GatewayServerOptions, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const id = newRequestId(rooms.clock.now(), rooms.random);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const dialect = dialectOf(path, request);
  response.setHeader('x-switchyard-request-id', id);
  // Where each vendor's SDK looks for the id that it shows with an answer or an error.
  response.setHeader(dialect === 'anthropic' ? 'request-id' : 'x-request-id', id);
  try {
    admitCaller(options, request, path);
    await findHandler(rooms, options, request.method ?? 'GET', path, dialect)(exchange, id);
  } catch (error) {
    if (!(error instanceof GatewayError)) rooms.logger.error('gateway_fault', { request_id: id, error });
    const answer =
      error instanceof GatewayError
        ? error
        : new GatewayError('upstream_failure', `Switchyard failed on this request: ${messageOf(error)}`, {
            status: 500,
          });
    sendError(exchange, dialect, id, answer);
  }
}

function findHandler(
  rooms: GatewayRooms,
  options: GatewayServerOptions,
  method: string,
  path: string,
  dialect: Dialect,
): Handler {
  const routes: Record<string, Handler> = {
    'POST /v1/chat/completions': (exchange, id) => serveChat(rooms, exchange, 'openai', id),
    'POST /v1/messages': (exchange, id) => serveChat(rooms, exchange, 'anthropic', id),
    'POST /v1/messages/count_tokens': (exchange, id) => countTokens(rooms, exchange, id),
    'POST /v1/embeddings': (exchange, id) => serveEmbeddings(rooms, exchange, id),
    'POST /v1/route': (exchange) => explainRoute(rooms, exchange),
    'GET /v1/models': (exchange) => exchange.sendJson(200, listModels(rooms, dialect)),
    'GET /health': (exchange) => exchange.sendJson(200, { status: 'ok' }),
    'GET /ready': (exchange) => sendReady(exchange, options),
    'GET /metrics': (exchange) => sendMetrics(exchange, options),
  };
  const handler = routes[`${method === 'HEAD' ? 'GET' : method} ${path}`];
  if (handler) return handler;
  if ((method === 'GET' || method === 'HEAD') && path.startsWith('/v1/models/')) {
    return (exchange) => exchange.sendJson(200, describeModel(rooms, dialect, modelIdOf(path)));
  }
  const methods = Object.keys(routes).filter((route) => route.endsWith(` ${path}`));
  const hint =
    methods.length > 0
      ? `it takes ${methods.map((route) => route.split(' ', 1)[0]).join(', ')}`
      : 'see /v1/models, /v1/chat/completions, /v1/messages';
  throw new GatewayError('not_found', `There is nothing at ${method} ${shorten(path)}; ${hint}.`);
}

/** Names may hold slashes and colons, written plainly or escaped; an escape that is none is a part of the name. */
function modelIdOf(path: string): string {
  const written = path.slice('/v1/models/'.length);
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

function sendReady(exchange: Exchange, options: GatewayServerOptions): void {
  const { ready, reason } = options.ready();
  exchange.sendJson(ready ? 200 : 503, { status: ready ? 'ready' : 'unavailable', reason });
}

async function sendMetrics(exchange: Exchange, options: GatewayServerOptions): Promise<void> {
  const { contentType, body } = await options.metrics();
  exchange.sendText(200, contentType, body);
}

/** Anthropic's clients send `anthropic-version` with every call, and errors must come in their dialect. */
function dialectOf(path: string, request: IncomingMessage): Dialect {
  return path.startsWith('/v1/messages') || request.headers['anthropic-version'] !== undefined ? 'anthropic' : 'openai';
}

const OPEN_PATHS = new Set(['/health', '/ready', '/metrics']);
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * With keys, every call to `/v1` must present one. Without keys the gateway is for programs on this machine: a page in
 * somebody's browser must not spend money through it, so foreign Host names and web origins are refused.
 */
function admitCaller(options: GatewayServerOptions, request: IncomingMessage, path: string): void {
  if (options.keys.length > 0) {
    if (OPEN_PATHS.has(path) || presentsKey(options.keys, request)) return;
    throw new GatewayError(
      'unauthorized',
      'This gateway needs one of its keys as "Authorization: Bearer KEY" or "x-api-key: KEY".',
    );
  }
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!LOOPBACK_NAMES.has(host) && host !== options.host) {
    throw new GatewayError(
      'unauthorized',
      `The Host ${quote(host)} is not this gateway's; call it as 127.0.0.1, or set SWITCHYARD_GATEWAY_KEYS.`,
      { status: 403 },
    );
  }
  if (request.headers.origin !== undefined && request.method !== 'GET') {
    throw new GatewayError(
      'unauthorized',
      'Calls from web pages are refused while the gateway has no keys; set SWITCHYARD_GATEWAY_KEYS.',
      { status: 403 },
    );
  }
}

function presentsKey(keys: readonly string[], request: IncomingMessage): boolean {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const presented = bearer ?? request.headers['x-api-key'];
  if (typeof presented !== 'string') return false;
  const digest = sha256(presented.trim());
  // Every key is compared, in constant time, so that timing tells nothing of them.
  return keys.map((key) => timingSafeEqual(sha256(key), digest)).includes(true);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function listen(server: Server, { host, port }: GatewayServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new Error(
            `Port ${port} on ${host} is already in use; stop the other program or choose another with --gateway-port.`,
          ),
        );
      } else reject(error);
    });
    server.listen(port, host, resolve);
  });
}

/** How long callers have to be told that they are given up, in milliseconds. */
const FAREWELL_MS = 1000;

const STOPPED = new GatewayError('upstream_failure', 'Switchyard was stopped before the answer was whole; ask again.', {
  status: 503,
  retryAfterMs: 1000,
});

async function stop(server: Server, running: ReadonlySet<Exchange>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  let timer = setTimeout(() => {
    for (const exchange of running) exchange.giveUp(STOPPED);
    timer = setTimeout(() => server.closeAllConnections(), FAREWELL_MS);
  }, graceMs);
  await closed;
  clearTimeout(timer);
}
