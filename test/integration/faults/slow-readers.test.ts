import { connect } from 'node:net';
import type { ServerResponse } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { eventually, startTestEngine } from '../../support/engine-fixture.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { beginStream, openAiFrame, sendJson, startServer } from '../../support/providers-server.ts';

const stopping: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

const FRAME = openAiFrame({ content: 'word '.repeat(2000) });

/** Goes on as fast as it is read, until nobody reads any more. */
function talk(response: ServerResponse): void {
  while (!response.destroyed && response.write(FRAME));
  response.once('drain', () => talk(response));
}

it.each(['/v1/chat/completions', '/v1/messages'])(
  'a caller of %s who reads nothing of his answer for minutes has left, and nobody else is to blame',
  async (path) => {
    let talking = false;
    let left = false;
    const provider = await startServer((request, response) => {
      if (request.method === 'GET') sendJson(response, 200, { object: 'list', data: [{ id: 'm', object: 'model' }] });
      else {
        response.once('close', () => {
          left = true;
        });
        talking = true;
        beginStream(response, FRAME);
        talk(response);
      }
    });
    const clock = createManualClock();
    const engine = await startTestEngine(
      `
models:
  talker:
    adapter: openai-compatible
    endpoint: "${provider.origin}/v1"
    model: m
    timeouts: { first_token_ms: 86400000, idle_ms: 86400000, total_ms: 86400000 }
routing: { strategy: primary_with_fallback, primary: talker, fallback_chain: [talker] }
`,
      { clock },
    );
    const { hostname, port } = new URL(engine.gatewayUrl);
    const socket = connect(Number(port), hostname).pause();
    socket.on('error', () => undefined);
    stopping.push(
      async () => void socket.destroy(),
      () => engine.stop(),
      () => provider.close(),
    );
    const body = JSON.stringify({
      model: 'auto',
      stream: true,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Talk.' }],
    });
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await eventually(() => talking);
    await eventually(() => {
      clock.advance(300_000);
      return left;
    });
    const row = await eventually(async () => (await engine.api.listRequests({ limit: 1 })).requests[0]);
    expect(row).toMatchObject({ status: 'cancelled', http_status: 499 });
    const { attempt_list: attempts } = await engine.api.getRequest(row.id);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['cancelled']);
  },
);
