import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';
import { startTestEngine } from '../../support/engine-fixture.ts';
import type { TestEngine } from '../../support/engine-fixture.ts';
import { sendJson, startServer } from '../../support/providers-server.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

const ANSWER = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};

/** An engine over one API whose answers are ANSWER with `changes`. */
async function startOver(changes: JsonObject = {}): Promise<TestEngine> {
  const upstream = await startServer((request, response) => {
    if (request.path === '/v1/models') sendJson(response, 200, { object: 'list', data: [{ id: 'm1' }] });
    else sendJson(response, 200, { ...ANSWER, ...changes });
  });
  cleanup.push(() => upstream.close());
  const engine = await startTestEngine(`
models:
  other:
    adapter: openai-compatible
    endpoint: ${upstream.origin}/v1
    model: m1
    capabilities: { context_window: 4000000 }
    pricing: { input: 1, output: 1 }
    limits: { usd_per_day: 100 }
`);
  cleanup.push(() => engine.stop());
  return engine;
}

async function ask(
  engine: TestEngine,
  body: JsonObject = {},
  { path = '/v1/chat/completions', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; message: string }> {
  const response = await fetch(engine.gatewayUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'other', messages: [{ role: 'user', content: 'Hi' }], ...body }),
  });
  const answer = (await response.json()) as { error?: { message: string } };
  return { status: response.status, message: answer.error?.message ?? '' };
}

async function newestRow(engine: TestEngine) {
  const { requests } = await engine.api.listRequests({ limit: 1 });
  const [row] = requests;
  if (!row) throw new Error('Nothing was recorded.');
  return row;
}

describe('an upstream that lies', () => {
  it('about tokens fills no budget, and what it answered is recorded with an estimate', async () => {
    const usage = { prompt_tokens: 1e308, completion_tokens: 1e308, total_tokens: 1e308 };
    const engine = await startOver({ usage });
    expect(await ask(engine)).toMatchObject({ status: 200 });
    const row = await newestRow(engine);
    expect(row).toMatchObject({ status: 'success', usage: { estimated: true } });
    expect(row.cost_usd).toBeLessThan(0.01);
    expect(await ask(engine)).toMatchObject({ status: 200 });
  });

  it('about its model puts neither control characters nor a long text into the record', async () => {
    const engine = await startOver({ model: `m1\u001b[2J\u009b2J\r\n\u202e${'x'.repeat(100_000)}` });
    expect(await ask(engine)).toMatchObject({ status: 200 });
    const { model } = await newestRow(engine);
    expect(model).toMatch(/^m1\[2J2Jx+$/);
    expect(model?.length).toBeLessThanOrEqual(256);
  });
});

describe('a caller', () => {
  it.each([
    ['/v1/chat/completions', { model: `gpt-${'x'.repeat(2_000_000)}` }],
    ['/v1/messages', { model: 'x'.repeat(2_000_000), max_tokens: 1 }],
    ['/v1/messages/count_tokens', { model: 'x'.repeat(2_000_000) }],
    ['/v1/embeddings', { model: 'x'.repeat(2_000_000), input: 'x' }],
    ['/v1/route', { model: 'x'.repeat(2_000_000) }],
    ['/v1/route', { call_site: 'x'.repeat(2_000_000) }],
  ])('is refused a name of two million characters at %s', async (path, body) => {
    const engine = await startOver();
    const { status, message } = await ask(engine, body, { path });
    expect(status).toBe(400);
    expect(message).toMatch(/256/);
  });

  it('is refused a call site of a thousand characters', async () => {
    const engine = await startOver();
    const headers = { 'x-switchyard-call-site': 'x'.repeat(1000) };
    expect(await ask(engine, {}, { headers })).toMatchObject({ status: 400, message: expect.stringContaining('256') });
  });

  it('may name a user of any length, of which the beginning is kept', async () => {
    const engine = await startOver();
    expect(await ask(engine, { user: 'u'.repeat(1_000_000) })).toMatchObject({ status: 200 });
    expect((await newestRow(engine)).user).toBe('u'.repeat(200));
  });

  it('may send more parts than a call takes arguments', async () => {
    const engine = await startOver();
    const content = Array.from({ length: 200_000 }, () => ({ type: 'text', text: 'x' }));
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content },
      { role: 'user', content: 'Go on' },
    ];
    expect(await ask(engine, { messages })).toMatchObject({ status: 200 });
    expect(
      await ask(engine, { input: Array.from({ length: 200_000 }, () => 'x') }, { path: '/v1/embeddings' }),
    ).not.toMatchObject({ status: 500 });
  });
});

describe('a stranger', () => {
  it.each(['/health', '/ready', '/metrics', '/v1/models'])(
    'who never sends the body that was announced holds no connection to %s',
    async (path) => {
      const engine = await startOver();
      const socket = connect(Number(new URL(engine.gatewayUrl).port), '127.0.0.1');
      cleanup.push(async () => void socket.destroy());
      const closed = new Promise<string>((resolve) => {
        let text = '';
        socket.on('data', (piece) => (text += piece.toString()));
        socket.on('end', () => resolve(text));
      });
      socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000\r\n\r\n`);
      expect(await closed).toMatch(/^HTTP\/1.1 (200|503) /);
    },
  );
});
