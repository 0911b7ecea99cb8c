import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair();
  engine = await startTestEngine(pair.registry(), { environment: pair.environment });
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

/** Reads an answer to its end; resolves with its status. */
function read(answer: IncomingMessage): Promise<number> {
  return new Promise((resolve) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)));
}

it.each(['GET', 'HEAD'])('a connection serves one %s after another, answered well or not', async (method) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: number[] = [];
  const reused: boolean[] = [];
  for (const path of ['/health', '/v1/models', '/v1/models/kimi', '/v1/nothing', '/ready']) {
    const asked = request(new URL(path, engine.gatewayUrl), { method, agent });
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      asked.on('response', resolve).on('error', reject).end(),
    );
    statuses.push(await read(answer));
    reused.push(asked.reusedSocket);
  }
  agent.destroy();
  expect(statuses).toEqual([200, 200, 200, 404, 200]);
  expect(reused).toEqual([false, true, true, true, true]);
});

it('a body in an encoding that is not taken is refused for that', async () => {
  const body = await new Promise<string>((resolve, reject) => {
    const asked = request(
      new URL('/v1/chat/completions', engine.gatewayUrl),
      { method: 'POST', headers: { 'content-encoding': 'gzip' } },
      (answer) => {
        let text = '';
        answer.on('data', (piece: Buffer) => (text += piece.toString())).on('end', () => resolve(text));
      },
    );
    asked.on('error', reject).end('\u001f\u008b');
  });
  expect(JSON.parse(body)).toMatchObject({
    error: {
      code: 'invalid_request',
      message: 'The request body is encoded as "gzip"; send it without a content-encoding.',
    },
  });
});
