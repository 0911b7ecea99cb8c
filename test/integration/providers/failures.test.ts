import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as setImmediateOnce } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import { createProvider } from '../../../electron/engine/providers/create-provider.ts';
import type { Provider } from '../../../electron/engine/providers/types.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { collect, failureOf, helloCall, streamWhole } from '../../support/providers-calls.ts';
import { providerConfig } from '../../support/providers-config.ts';
import { anthropicFrame, beginStream, openAiFrame, sendJson, startServer } from '../../support/providers-server.ts';
import type { TestServer } from '../../support/providers-server.ts';

type Handler = Parameters<typeof startServer>[0];

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close();
});

async function setUp(handler: Handler, adapter: 'vllm' | 'anthropic' = 'vllm') {
  const clock = createManualClock();
  const server: TestServer = await startServer(handler);
  const baseUrl = adapter === 'anthropic' ? server.origin : `${server.origin}/v1`;
  const config = providerConfig({ name: 'p', adapter, baseUrl, apiKeyEnv: 'P_KEY' });
  const provider: Provider = createProvider(config, {
    environment: { P_KEY: 'sk-secret-key' },
    clock,
    random: () => 0,
  });
  // The provider first: a pool waits for answers that a closed server would never give.
  cleanup.push(async () => {
    await server.close();
    await provider.close();
  });
  return { clock, server, provider };
}

const WHOLE = {
  id: 'up',
  model: 'kimi-k2',
  choices: [{ message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }],
};
const GOOD =
  openAiFrame({ role: 'assistant', content: 'fi' }) +
  openAiFrame({ content: 'ne' }) +
  openAiFrame({}, 'stop') +
  'data: [DONE]\n\n';

function answerWell(response: ServerResponse, streamed: boolean): void {
  if (!streamed) sendJson(response, 200, WHOLE);
  else {
    beginStream(response, GOOD);
    response.end();
  }
}

describe('a bad answer, streamed or not, has its class; the next call works', () => {
  const cases: [string, FailureClass, (response: ServerResponse, socket: Socket) => void][] = [
    [
      '429 with a hint',
      'rate_limited',
      (response) => sendJson(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '7' }),
    ],
    ['500', 'server_error', (response) => sendJson(response, 500, { error: { message: 'oops', code: 500 } })],
    ['503', 'overloaded', (response) => sendJson(response, 503, { error: { message: 'queue full' } })],
    ['529', 'overloaded', (response) => sendJson(response, 529, {})],
    ['401', 'unauthorized', (response) => sendJson(response, 401, { error: 'Unauthorized' })],
    ['402', 'exhausted', (response) => sendJson(response, 402, {})],
    ['400', 'invalid_request', (response) => sendJson(response, 400, { error: { message: 'no such field' } })],
    [
      'context overflow',
      'context_overflow',
      (response) => sendJson(response, 400, { error: { message: "This model's maximum context length is 10 tokens" } }),
    ],
    [
      'content filter',
      'content_filtered',
      (response) => sendJson(response, 400, { error: { message: 'no', code: 'content_policy_violation' } }),
    ],
    [
      'missing model',
      'model_missing',
      (response) => sendJson(response, 404, { error: { message: 'The model `x` does not exist.' } }),
    ],
    ['reset before headers', 'unreachable', (_response, socket) => socket.resetAndDestroy()],
    [
      'an error body under 200',
      'server_error',
      (response) => sendJson(response, 200, { error: { message: 'died', code: 500 } }),
    ],
    ['something that is not HTTP', 'malformed', (_response, socket) => socket.end('SSH-2.0-OpenSSH\r\n')],
  ];
  for (const streamed of [false, true]) {
    test.each(cases)(`%s (${streamed ? 'streamed' : 'whole'})`, async (_name, expected, misbehave) => {
      let bad = true;
      const { provider, server } = await setUp((_request, response, socket) => {
        if (bad) misbehave(response, socket);
        else answerWell(response, streamed);
      });
      const failure = await failureOf(streamed ? streamWhole(provider, helloCall()) : provider.generate(helloCall()));
      expect(failure.class).toBe(expected);
      expect(failure.message).toMatch(/^p: /);
      expect(JSON.stringify(failure)).not.toContain('sk-secret-key');
      if (expected === 'rate_limited') expect(failure.retryAfterMs).toBe(7000);
      bad = false;
      const answer = streamed
        ? await streamWhole(provider, helloCall())
        : (await provider.generate(helloCall())).answer;
      expect(answer?.content).toEqual([{ type: 'text', text: 'fine' }]);
      expect(server.seen).toHaveLength(2);
      expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer sk-secret-key', 'x-request-id': 'req-1' });
    });
  }
});

describe('a whole answer', () => {
  test.each<[string, FailureClass, (response: ServerResponse) => void]>([
    [
      'that is not JSON',
      'malformed',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('<html>');
      },
    ],
    ['that is something else altogether', 'truncated', (response) => response.end('<html>')],
    ['without a choice', 'malformed', (response) => sendJson(response, 200, { choices: [] })],
    [
      'without a finish reason',
      'malformed',
      (response) => sendJson(response, 200, { choices: [{ message: { content: 'x' } }] }),
    ],
    [
      'the server gave up',
      'truncated',
      (response) => sendJson(response, 200, { choices: [{ message: { content: 'x' }, finish_reason: 'abort' }] }),
    ],
    [
      'that breaks off',
      'truncated',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"choices":');
        setImmediate(() => response.destroy());
      },
    ],
  ])('%s is %s', async (_name, expected, answer) => {
    const { provider } = await setUp((_request, response) => answer(response));
    expect((await failureOf(provider.generate(helloCall()))).class).toBe(expected);
  });

  test('nobody listens: the message names the provider, the cause and the place', async () => {
    const { provider, server } = await setUp(() => {});
    const { host } = new URL(server.origin);
    await server.close();
    const failure = await failureOf(provider.generate(helloCall()));
    expect(failure).toMatchObject({
      class: 'unreachable',
      message: `p: connection refused at ${host}`,
      staleSocket: false,
    });
  });

  test('a provider that quotes the key is not quoted', async () => {
    const { provider } = await setUp((request, response) => {
      sendJson(response, 401, { error: { message: `bad ${request.headers.authorization}`, extra: 'sk-secret-key' } });
    });
    const failure = await failureOf(provider.generate(helloCall()));
    expect(failure).toMatchObject({ message: 'p: HTTP 401: bad Bearer [key]', body: { extra: '[key]' } });
  });

  test('the key is missing: nothing is sent and the variable is named', async () => {
    const provider = createProvider(providerConfig({ name: 'p', apiKeyEnv: 'P_KEY' }), {
      environment: {},
      clock: createManualClock(),
      random: () => 0,
    });
    expect(provider.availability()).toEqual({ available: false, keyEnv: 'P_KEY', reason: 'P_KEY is not set' });
    expect(await failureOf(provider.generate(helloCall()))).toMatchObject({
      class: 'unauthorized',
      message: 'p: P_KEY is not set',
    });
    await provider.close();
  });
});

describe('a stream', () => {
  test.each<[string, FailureClass, string]>([
    ['cut after some tokens', 'truncated', openAiFrame({ content: 'half' })],
    ['that says [DONE] without a finish reason', 'truncated', `${openAiFrame({ content: 'half' })}data: [DONE]\n\n`],
    ['the server aborted', 'truncated', openAiFrame({ content: 'half' }) + openAiFrame({}, 'abort')],
    [
      'with a malformed event',
      'malformed',
      `${openAiFrame({ content: 'half' })}data: {"choices":[{\n\n${openAiFrame({}, 'stop')}`,
    ],
    [
      'with an error frame and [DONE] under 200',
      'server_error',
      `${openAiFrame({ content: 'half' })}data: {"error":{"message":"died","type":"InternalServerError","code":500}}\n\ndata: [DONE]\n\n`,
    ],
  ])('%s is %s', async (_name, expected, text) => {
    const { provider } = await setUp((_request, response) => {
      beginStream(response, text);
      response.end();
    });
    expect((await failureOf(streamWhole(provider, helloCall()))).class).toBe(expected);
  });

  test('whose socket is reset midway is truncated', async () => {
    const { provider } = await setUp((_request, response, socket) => {
      beginStream(response, openAiFrame({ content: 'half' }));
      setImmediate(() => socket.resetAndDestroy());
    });
    expect((await failureOf(streamWhole(provider, helloCall()))).class).toBe('truncated');
  });

  test('with an overloaded error event of Anthropic’s is overloaded', async () => {
    const { provider } = await setUp((_request, response) => {
      beginStream(response, anthropicFrame('message_start', { message: { id: 'm', usage: { input_tokens: 3 } } }));
      response.end(anthropicFrame('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }));
    }, 'anthropic');
    expect((await failureOf(streamWhole(provider, helloCall()))).class).toBe('overloaded');
  });

  test('is whole after its finish reason, with no [DONE] and even when the socket then breaks', async () => {
    const { provider } = await setUp((_request, response, socket) => {
      beginStream(response, openAiFrame({ content: 'fine' }) + openAiFrame({}, 'stop'));
      setImmediate(() => socket.resetAndDestroy());
    });
    expect((await streamWhole(provider, helloCall()))?.finishReason).toBe('stop');
  });

  test('that stalls after its finish reason ends by itself', async () => {
    const { provider, clock } = await setUp((_request, response) =>
      beginStream(response, openAiFrame({ content: 'fine' }, 'stop')),
    );
    const { chunks } = await provider.stream(helloCall());
    const iterator = chunks[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    clock.advance(2000);
    expect((await next).done).toBe(true);
  });

  test('survives comments, CRLF, pings and characters split between packets', async () => {
    const text = Buffer.from(
      `: hi\r\n\r\n${openAiFrame({ content: 'Grüße 👋' }).replaceAll('\n', '\r\n')}${openAiFrame({}, 'stop')}data: [DONE]\n\n`,
    );
    const { provider } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const sendFrom = (at: number): void => {
        if (at >= text.length) {
          response.end();
          return;
        }
        response.write(text.subarray(at, at + 1), () => setImmediate(sendFrom, at + 1));
      };
      sendFrom(0);
    });
    expect((await streamWhole(provider, helloCall()))?.content).toEqual([{ type: 'text', text: 'Grüße 👋' }]);
  });
});

describe('a time limit', () => {
  test('connect: no connection in time', async () => {
    const { provider, clock } = await setUp(() => {});
    const failure = failureOf(provider.generate(helloCall()));
    // Nothing can have connected yet: the event loop has not turned.
    clock.advance(1000);
    expect(await failure).toMatchObject({ class: 'timeout', phase: 'connect' });
  });

  test('first token: a role alone and a ping are no token', async () => {
    const { provider, clock } = await setUp((_request, response) =>
      beginStream(response, `${openAiFrame({ role: 'assistant', content: '' })}: ping\n\n`),
    );
    const { chunks } = await provider.stream(helloCall());
    const iterator = chunks[Symbol.asyncIterator]();
    await iterator.next();
    const failure = failureOf(iterator.next());
    clock.advance(2999);
    clock.advance(1);
    expect(await failure).toMatchObject({
      class: 'timeout',
      phase: 'first_token',
      message: 'p: no first token within 3 s',
    });
  });

  test('first token: silence before the headers', async () => {
    const { provider, clock, server } = await setUp(() => {});
    const failure = failureOf(provider.stream(helloCall()));
    await server.arrived(1);
    clock.advance(3000);
    expect(await failure).toMatchObject({ class: 'timeout', phase: 'first_token' });
  });

  test('idle: counts from the last token', async () => {
    let send: (text: string) => void = () => {};
    const { provider, clock } = await setUp((_request, response) => {
      beginStream(response, openAiFrame({ content: 'a' }));
      send = (text) => response.write(text);
    });
    const { chunks } = await provider.stream(helloCall());
    const iterator = chunks[Symbol.asyncIterator]();
    await iterator.next();
    clock.advance(1500);
    send(openAiFrame({ content: 'b' }));
    await iterator.next();
    const failure = failureOf(iterator.next());
    clock.advance(1999);
    clock.advance(1);
    expect(await failure).toMatchObject({ class: 'timeout', phase: 'idle' });
  });

  test('total: an answer that comes on and on ends at the total', async () => {
    let send: () => void = () => {};
    const { provider, clock, server } = await setUp((_request, response) => {
      beginStream(response, openAiFrame({ content: 'a' }));
      send = () => response.write(openAiFrame({ content: 'a' }));
    });
    let read: () => void = () => {};
    const chunk = (): void => read();
    const nextRead = (): Promise<void> => new Promise((resolve) => (read = resolve));
    const first = nextRead();
    const failure = failureOf(provider.generate(helloCall({ progress: { accepted: () => {}, chunk } })));
    await server.arrived(1);
    await first;
    for (let elapsed = 0; elapsed < 59_000; elapsed += 1000) {
      const next = nextRead();
      send();
      await next;
      clock.advance(1000);
    }
    clock.advance(1000);
    expect(await failure).toMatchObject({ class: 'timeout', phase: 'total' });
  });

  test('leaves no timer behind', async () => {
    const { provider, clock } = await setUp((_request, response) => answerWell(response, true));
    await streamWhole(provider, helloCall());
    clock.advance(1000);
    expect(clock.pending()).toBe(0);
  });
});

describe('the caller leaving', () => {
  test('aborts the upstream before headers', async () => {
    let closed: Promise<void> = Promise.resolve();
    const { provider, server } = await setUp((_request, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
    });
    const controller = new AbortController();
    const failure = failureOf(provider.generate(helloCall({ signal: controller.signal })));
    await server.arrived(1);
    controller.abort();
    expect((await failure).class).toBe('cancelled');
    await closed;
  });

  test('aborts the upstream mid-stream, by signal or by no longer reading', async () => {
    for (const how of ['signal', 'return'] as const) {
      let closed: Promise<void> = Promise.resolve();
      const { provider } = await setUp((_request, response) => {
        closed = new Promise((resolve) => response.on('close', resolve));
        beginStream(response, openAiFrame({ content: 'a' }));
      });
      const controller = new AbortController();
      const result = await provider.stream(helloCall({ signal: controller.signal }));
      const iterator = result.chunks[Symbol.asyncIterator]();
      await iterator.next();
      if (how === 'return') await iterator.return?.();
      else {
        const failure = failureOf(iterator.next());
        controller.abort();
        expect((await failure).class).toBe('cancelled');
      }
      await closed;
    }
  });

  test('before the call: nothing is sent', async () => {
    const { provider, server } = await setUp(() => {});
    expect((await failureOf(provider.stream(helloCall({ signal: AbortSignal.abort() })))).class).toBe('cancelled');
    expect(server.seen).toHaveLength(0);
  });
});

describe('connections', () => {
  test('a fresh one that is reset before headers is not stale', async () => {
    const { provider } = await setUp((_request, _response, socket) => socket.resetAndDestroy());
    expect(await failureOf(provider.generate(helloCall()))).toMatchObject({ class: 'unreachable', staleSocket: false });
  });

  test('a reused one that is reset before headers is marked stale', async () => {
    let calls = 0;
    const { provider, server } = await setUp((_request, response, socket) => {
      calls += 1;
      if (calls === 2) socket.resetAndDestroy();
      else answerWell(response, false);
    });
    await provider.generate(helloCall());
    // The pool gives a connection out again a turn of the event loop after its answer.
    await setImmediateOnce();
    await setImmediateOnce();
    expect(await failureOf(provider.generate(helloCall()))).toMatchObject({ class: 'unreachable', staleSocket: true });
    expect(server.connections()).toBe(1);
  });

  test('one is used again after a stream that was read to its end', async () => {
    const { provider, server } = await setUp((_request, response) => answerWell(response, true));
    for (let round = 0; round < 3; round += 1) await collect(await provider.stream(helloCall()));
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test('two hundred streams at once do not wait for one another', async () => {
    const open: ServerResponse[] = [];
    const { provider, server } = await setUp((_request, response) => {
      open.push(response);
      beginStream(response, openAiFrame({ content: 'a' }));
    });
    const results = await Promise.all(Array.from({ length: 200 }, () => provider.stream(helloCall())));
    expect(server.connections()).toBe(200);
    for (const response of open) response.end(openAiFrame({}, 'stop'));
    const answers = await Promise.all(results.map(collect));
    expect(answers.filter((answer) => answer?.finishReason === 'stop')).toHaveLength(200);
  });
});
