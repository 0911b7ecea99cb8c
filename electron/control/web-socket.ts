import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type MinimalWebsocket, RPCHandler } from '@orpc/server/websocket';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../engine/clock.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ReportError } from './errors.ts';
import { checkAccess, type GuardPolicy, type Refusal } from './guard.ts';

const MAXIMUM_MESSAGE_BYTES = 1024 * 1024;
const PING_INTERVAL_MS = 30_000;
/** RFC 6455, 7.4.1: "policy violation"; a browser cannot see the status of a refused upgrade, but it sees this. */
const CLOSE_POLICY_VIOLATION = 1008;
const CLOSE_GOING_AWAY = 1001;

export interface WebSocketServerOptions {
  server: Server;
  plane: ControlPlane;
  guard: () => GuardPolicy;
  clock: Clock;
  report: ReportError;
}

function refuse(socket: Duplex, status: number, message: string): void {
  const phrase = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' }[status] ?? 'Bad Request';
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  );
}

function refusalOf(request: IncomingMessage, guard: GuardPolicy): Refusal | null {
  const { host, origin, authorization, cookie } = request.headers;
  const verdict = checkAccess(guard, { method: 'GET', host, origin, authorization, cookie, upgrade: true });
  return verdict.ok ? null : verdict.refusal;
}

/** Closes connections whose other end has gone without a word. */
function keepAlive(socket: WebSocket, clock: Clock): () => void {
  let cancel = (): void => {};
  const arm = (): void => {
    cancel = clock.after(PING_INTERVAL_MS, () => {
      socket.ping();
      cancel = clock.after(PING_INTERVAL_MS, () => socket.terminate());
    });
  };
  socket.on('pong', () => {
    cancel();
    arm();
  });
  arm();
  return () => cancel();
}

/** Serves the contract at `/rpc` of `server`. The returned function closes every connection. */
export function attachWebSocketServer(options: WebSocketServerOptions): () => void {
  const { server, plane, guard, clock, report } = options;
  const handler = new RPCHandler(plane.router, plane.handlerOptions);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAXIMUM_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  const serve = (socket: WebSocket): void => {
    const stopKeepAlive = keepAlive(socket, clock);
    // Resolves once the kernel has taken the message, so that a slow reader slows its own stream and no other's.
    // oRPC awaits what `send` returns, though its type does not say so.
    const send = ((data: Parameters<WebSocket['send']>[0]) =>
      new Promise<void>((resolve, reject) => {
        socket.send(data, (error) => (error ? reject(error) : resolve()));
      })) as MinimalWebsocket['send'];
    const peer: MinimalWebsocket = { send, addEventListener: () => {} };
    socket.on('error', (error) => report('console connection', error));
    socket.on('message', (data, isBinary) => {
      const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
      const message = isBinary ? new Uint8Array(bytes).buffer : bytes.toString('utf8');
      handler.message(peer, message, { context: {} }).catch((error: unknown) => {
        // A reader that has left takes along what was on its way to it.
        if (socket.readyState !== socket.OPEN) return;
        socket.close(CLOSE_POLICY_VIOLATION, 'message not understood');
        report('console message', error);
      });
    });
    socket.on('close', () => {
      stopKeepAlive();
      handler.close(peer);
    });
  };

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?')[0] !== '/rpc') return refuse(socket, 404, 'The console socket is at /rpc.');
    const refusal = refusalOf(request, guard());
    const fromBrowser = request.headers.origin !== undefined;
    if (refusal !== null && !(refusal.status === 401 && fromBrowser)) {
      return refuse(socket, refusal.status, refusal.message);
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      if (refusal === null) serve(accepted);
      else accepted.close(CLOSE_POLICY_VIOLATION, 'console token missing or wrong');
    });
  });

  return () => {
    for (const socket of sockets.clients) {
      socket.close(CLOSE_GOING_AWAY, 'Switchyard is stopping');
      clock.after(500, () => socket.terminate());
    }
    sockets.close();
  };
}
