import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopbackAddress, namesOwnHost } from '../own-host.ts';
import type { MetricsPage } from './metrics.ts';

export interface MetricsListener {
  /** Such as `http://127.0.0.1:9090/metrics`. */
  url: string;
  close(): Promise<void>;
}

export interface MetricsListenerOptions {
  /** 0 picks a free one. */
  port: number;
  host: string;
  render: () => Promise<MetricsPage>;
  /** Told of a page that could not be rendered. */
  onError: (error: unknown) => void;
}

/**
 * Serves `GET /metrics`, and nothing else, on a port of its own; on a loopback address to nobody under another name.
 * @throws Error with one sentence that names the port when it cannot be had.
 */
export async function startMetricsListener(options: MetricsListenerOptions): Promise<MetricsListener> {
  const { host, render, onError } = options;
  const server = createServer((request, response) => {
    if (isLoopbackAddress(host) && !namesOwnHost(request.headers.host, host)) {
      return answer(response, 403, 'This Host is not that of the metrics; ask for them at 127.0.0.1.\n');
    }
    const path = request.url?.split('?', 1)[0];
    if (path !== '/metrics') return answer(response, 404, 'Only /metrics is served here.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return answer(response, 405, 'Only GET and HEAD work here.\n');
    }
    render().then(
      ({ contentType, body }) => answer(response, 200, body, contentType),
      (error: unknown) => {
        onError(error);
        answer(response, 500, 'The metrics could not be rendered; the log says why.\n');
      },
    );
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  response.end(body);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(listenMessage(error, port, host), { cause: error })),
    );
    server.listen(port, host, resolve);
  });
}

function listenMessage(error: NodeJS.ErrnoException, port: number, host: string): string {
  const other = 'set PROMETHEUS_PORT to another one, or to 0 for any that is free';
  if (error.code === 'EADDRINUSE') return `The metrics port ${port} is in use; ${other}.`;
  if (error.code === 'EACCES') return `The metrics port ${port} needs more rights than we have; ${other}.`;
  return `The metrics cannot be served on ${host}:${port} (${error.code ?? error.message}); ${other}.`;
}
