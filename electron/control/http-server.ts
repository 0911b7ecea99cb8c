import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { shorten } from '../../shared/format/quote.ts';
import type { Clock } from '../engine/clock.ts';
import { describeRestApi } from './api-description.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ReportError } from './errors.ts';
import { checkAccess, checkHost, cookiePair, type GuardPolicy, type GuardVerdict, tokenMatches } from './guard.ts';
import { leadingPage, NOT_BUILT_PAGE, SIGN_IN_PAGE, SIGN_IN_PATH } from './pages.ts';
import { BODY_TOO_LARGE, createRestApi } from './rest-api.ts';
import { PLAIN_PAGE_CONTENT_SECURITY_POLICY, SECURITY_HEADERS } from './security-headers.ts';
import { readStaticFile } from './static-files.ts';
import { attachWebSocketServer } from './web-socket.ts';

const MAXIMUM_API_BODY_BYTES = 1024 * 1024;
const COOKIE_SECONDS = 30 * 24 * 60 * 60;

export interface ConsoleServerOptions {
  plane: ControlPlane;
  host: string;
  /** 0 picks a free one. */
  port: number;
  token: string;
  /** Folder of the built console page. */
  rendererDirectory: string;
  version: string;
  clock: Clock;
  report: ReportError;
}

export interface ConsoleServer {
  /** Without the token, such as `http://127.0.0.1:4181`. */
  url: string;
  stop(): Promise<void>;
}

/** The error body of the API, in oRPC's shape, for refusals that never reach a call. */
function apiError(context: Context, status: 401 | 403 | 404 | 413, code: string, message: string): Response {
  return context.json({ defined: false, code, status, message }, status);
}

function plainPage(context: Context, html: string, status: 200 | 401 | 503): Response {
  context.header('content-security-policy', PLAIN_PAGE_CONTENT_SECURITY_POLICY);
  return context.html(html, status);
}

function accessOf(context: Context, guard: GuardPolicy): GuardVerdict {
  return checkAccess(guard, {
    method: context.req.method,
    host: context.req.header('host'),
    origin: context.req.header('origin'),
    authorization: context.req.header('authorization'),
    cookie: context.req.header('cookie'),
    upgrade: false,
  });
}

/** The same address without the token. Never a network-path reference, which would lead to another host. */
function cleanLocation(url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('token');
  const path = `/${url.pathname.replace(/^[/\\]+/, '')}`;
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

/**
 * Whether a page of another site led here. What a redirect then asks for goes without the cookie, as it is strict, and
 * what a page of our own asks for has it.
 */
function comesFromElsewhere(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'cross-site';
  const referrer = context.req.header('referer');
  return referrer !== undefined && URL.parse(referrer)?.host !== context.req.header('host');
}

function signIn(context: Context, guard: GuardPolicy, presented: string): Response {
  if (!tokenMatches(presented, guard.token)) return plainPage(context, SIGN_IN_PAGE, 401);
  const cookie = `${cookiePair(guard)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_SECONDS}`;
  context.header('set-cookie', cookie);
  const address = new URL(context.req.url);
  if (address.pathname === SIGN_IN_PATH) return plainPage(context, leadingPage('Signed in', '/'), 200);
  const location = cleanLocation(address);
  return comesFromElsewhere(context)
    ? plainPage(context, leadingPage('Signed in', location), 200)
    : context.redirect(location, 303);
}

async function servePage(context: Context, directory: string): Promise<Response> {
  const path = new URL(context.req.url).pathname;
  const file = await readStaticFile(directory, path);
  if (file === null) {
    const page = await readStaticFile(directory, '/');
    return page === null ? plainPage(context, NOT_BUILT_PAGE, 503) : context.text('There is no such file.', 404);
  }
  context.header('content-type', file.contentType);
  if (file.immutable) context.header('cache-control', 'public, max-age=31536000, immutable');
  return context.body(file.body);
}

function createApp(options: ConsoleServerOptions, guard: () => GuardPolicy): Hono {
  const app = new Hono();
  const rest = createRestApi(options.plane);
  let description: Promise<object> | null = null;

  app.onError((error, context) => {
    options.report('console request', error);
    return context.json(
      {
        defined: false,
        code: 'INTERNAL_SERVER_ERROR',
        status: 500,
        message: 'Something went wrong inside Switchyard; its log says what.',
      },
      500,
    );
  });
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    context.header('cache-control', 'no-store');
    const verdict = checkHost(guard(), context.req.header('host'));
    if (!verdict.ok) return apiError(context, verdict.refusal.status, verdict.refusal.code, verdict.refusal.message);
    return await next();
  });

  app.use('/api/*', async (context, next) => {
    const verdict = accessOf(context, guard());
    if (verdict.ok) return await next();
    if (verdict.refusal.status === 401) context.header('www-authenticate', 'Bearer');
    return apiError(context, verdict.refusal.status, verdict.refusal.code, verdict.refusal.message);
  });
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MAXIMUM_API_BODY_BYTES,
      onError: (context) => apiError(context, 413, 'PAYLOAD_TOO_LARGE', BODY_TOO_LARGE),
    }),
  );
  app.get('/api/openapi.json', async (context) => {
    description ??= describeRestApi(options.version);
    return context.json(await description);
  });
  app.all('/api/*', async (context) => {
    const response = await rest(context.req.raw);
    if (response === null) {
      const message = `There is no call ${context.req.method} ${shorten(context.req.path)}: see /api/openapi.json.`;
      return apiError(context, 404, 'NOT_FOUND', message);
    }
    // Handed on through the context so that the headers set above stay on it.
    return context.newResponse(response.body, response);
  });

  app.on(['GET', 'HEAD'], '*', async (context) => {
    const presented = context.req.query('token');
    if (presented !== undefined) return signIn(context, guard(), presented);
    const verdict = accessOf(context, guard());
    if (!verdict.ok) return plainPage(context, SIGN_IN_PAGE, 401);
    return await servePage(context, options.rendererDirectory);
  });
  app.all('*', (context) => context.text('The console takes GET here; changes go to /api.', 405, { allow: 'GET' }));
  return app;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Serves the console on one port: its page, the REST API with its description, and the socket at `/rpc`. Resolves once
 * it listens; rejects with Node's own error (`EADDRINUSE`, `EACCES`) when it cannot.
 */
export async function startConsoleServer(options: ConsoleServerOptions): Promise<ConsoleServer> {
  // Cookies know no port: the name carries it, so that two consoles on one machine do not sign each other out.
  let cookieName = 'switchyard_console';
  const guard = (): GuardPolicy => ({ token: options.token, cookieName, boundHost: options.host });
  const server = createAdaptorServer({ fetch: createApp(options, guard).fetch }) as Server;
  const closeSockets = attachWebSocketServer({
    server,
    plane: options.plane,
    guard,
    clock: options.clock,
    report: options.report,
  });
  const port = await listen(server, options.port, options.host);
  cookieName = `switchyard_console_${port}`;
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${shownHost}:${port}`,
    async stop() {
      closeSockets();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      options.clock.after(1000, () => server.closeAllConnections());
      await closed;
    },
  };
}
