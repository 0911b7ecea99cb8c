import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair();
  const text = `${pair.registry()}\nserver: { gateway: { max_body_bytes: 1536 } }\n`;
  engine = await startTestEngine(text, { environment: pair.environment });
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

interface Answer {
  status: number;
  code: string;
  message: string;
}

/** Sends pieces one after the other, announced with their length or chunked; the connection is cut after them where asked. */
function send(pieces: readonly string[], { announced = false, cut = false } = {}): Promise<Answer | null> {
  const { hostname, port } = new URL(engine.gatewayUrl);
  const length = announced ? { 'content-length': Buffer.byteLength(pieces.join('')) } : {};
  return new Promise((resolve) => {
    const sent = request(
      { hostname, port, method: 'POST', path: '/v1/chat/completions', headers: length },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (piece: string) => (text += piece));
        answer.on('end', () => {
          const { error } = JSON.parse(text) as { error: { code: string; message: string } };
          resolve({ status: answer.statusCode ?? 0, code: error.code, message: error.message });
        });
      },
    );
    sent.on('error', () => resolve(null));
    for (const piece of pieces) sent.write(piece);
    if (cut) sent.destroy();
    else sent.end();
  });
}

it.each(['/health', '/ready', '/metrics', '/v1/models', '/v1/models/kimi', '/v1/models/none', '/nowhere'])(
  'GET %s is answered with the id of the request',
  async (path) => {
    const response = await fetch(engine.gatewayUrl + path);
    await response.text();
    const id = response.headers.get('x-switchyard-request-id');
    expect(id).toMatch(/^req_/);
    expect(response.headers.get('x-request-id')).toBe(id);
  },
);

describe('a request body', () => {
  it.each([
    ['announced as too large', ['x'.repeat(2000)], { announced: true }, 413, 'payload_too_large', /max_body_bytes/],
    [
      'that grows too large',
      Array.from({ length: 30 }, () => 'x'.repeat(100)),
      {},
      413,
      'payload_too_large',
      /larger than 1.5 KiB/,
    ],
    ['that is empty', [], {}, 400, 'invalid_request', /has no body/],
    ['that is no JSON', ['{"model":'], {}, 400, 'invalid_request', /not valid JSON/],
    ['that is no object', ['[', '1]'], {}, 400, 'invalid_request', /must be a JSON object/],
    [
      'that is nested without end',
      ['{"x":', '['.repeat(300), ']'.repeat(300), '}'],
      {},
      400,
      'invalid_request',
      /256 levels/,
    ],
    [
      'with a number that nothing holds',
      ['{"model":"auto","messages":[{"role":"user","content":"Hi"}],"temperature":1e999}'],
      {},
      400,
      'invalid_request',
      /temperature: is a number too large/,
    ],
    [
      'that comes in pieces within a character',
      ['{"model":"é', '", "messages": 1}'],
      {},
      400,
      'invalid_request',
      /messages/,
    ],
  ] as const)('%s is refused as such', async (_what, pieces, how, status, code, message) => {
    expect(await send(pieces, how)).toEqual({ status, code, message: expect.stringMatching(message) as string });
  });

  it('that is nested too deep is nobody’s failure but its own', async () => {
    const deep = `{"model":"auto","messages":[{"role":"user","content":"Hi"}],"x":${'['.repeat(400)}${']'.repeat(400)}}`;
    for (let turn = 0; turn < 4; turn += 1) expect(await send([deep])).toMatchObject({ status: 400 });
    const { providers } = engine.api.status();
    expect(providers.map(({ breaker }) => breaker.state)).not.toContain('open');
  });

  it('that breaks off is no request: nobody is asked and the next one is served', async () => {
    expect(await send(['{"model": "auto", '], { cut: true })).toBeNull();
    expect(await send(['{"model": "nobody", "messages": [{"role": "user", "content": "Hi"}]}'])).toMatchObject({
      status: 404,
    });
    await eventually(() => pair.kimi.stats().running === 0);
    expect(pair.kimi.log.filter(({ path }) => path.endsWith('/chat/completions'))).toEqual([]);
  });
});

describe('a question to /v1/route', () => {
  it.each([
    [
      '{"task":{"step":{"reasoning":"high"}}}',
      'task.step.reasoning must be a number from 0 to 10, or true or false, not "high".',
    ],
    ['{"model":5}', 'model must be a text of at most 256 characters, not 5.'],
    ['{"messages":[{"content":"x"}]}', 'messages[0].role is missing: it is a text.'],
    [
      `{"model":"${'x'.repeat(200)}"}`,
      `No provider serves a model called "${'x'.repeat(79)}…". GET /v1/models lists what there is.`,
    ],
  ])('%s is told what is wrong with it', async (body, message) => {
    const answer = await fetch(`${engine.gatewayUrl}/v1/route`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await answer.json()).toMatchObject({ error: { message } });
    expect(answer.ok).toBe(false);
  });
});
