import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveParent } from './child-side.ts';
import {
  FIRST_TOKEN_MS,
  MODEL,
  STREAM_EVENTS,
  STREAM_TOKENS,
  TOKEN_GAP_MS,
  WHOLE_ANSWER,
  WHOLE_ANSWER_STREAMED,
  WHOLE_ASKER,
} from './wire.ts';

/**
 * An upstream that does next to nothing for its answers, so that it is never what a request waits for: the simulated
 * providers count tokens and keep a log, which would hide a part of what the gateway adds.
 */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method === 'POST') void answer(request, response);
  else if (request.url === '/v1/models') sendJson(response, JSON.stringify({ object: 'list', data: [{ id: MODEL }] }));
  else response.end();
});

const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const part of request) body += String(part);
  const { stream, user } = JSON.parse(body) as { stream?: boolean; user?: string };
  if (stream && user === WHOLE_ASKER) response.writeHead(200, EVENT_STREAM).end(WHOLE_ANSWER_STREAMED);
  else if (stream) await sendStream(response);
  else sendJson(response, WHOLE_ANSWER);
}

function sendJson(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function sendStream(response: ServerResponse): Promise<void> {
  await sleep(FIRST_TOKEN_MS);
  response.writeHead(200, EVENT_STREAM);
  response.write(STREAM_EVENTS.opening + STREAM_EVENTS.token);
  const startedAt = performance.now();
  for (let token = 1; token < STREAM_TOKENS; token += 1) {
    // Due times instead of pauses, so that a late token does not put off those behind it.
    await sleep(Math.max(0, startedAt + token * TOKEN_GAP_MS - performance.now()));
    response.write(STREAM_EVENTS.token);
  }
  response.end(STREAM_EVENTS.closing);
}

server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
serveParent({
  url: `http://127.0.0.1:${port}`,
  async stop() {
    server.closeAllConnections();
    server.close();
  },
});
