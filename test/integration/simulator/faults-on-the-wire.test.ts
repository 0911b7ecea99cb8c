import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../electron/simulator/faults.ts';
import { createSimulatedProvider, type SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';

let provider: SimulatedProvider;
let agent: Agent;
beforeEach(async () => {
  // One connection, so that a second request finds the first one's socket.
  agent = new Agent({ connections: 1 });
  provider = await createSimulatedProvider({
    name: 'faulty',
    kind: 'vllm',
    models: [{ id: 'm', contextWindow: 4096 }],
    control: true,
  });
});
afterEach(async () => {
  await agent.destroy();
  await provider.stop();
});

interface Seen {
  status: number | null;
  headers: Record<string, unknown>;
  text: string;
  /** Code of the error that ended the reading; null for an orderly end. */
  broken: string | null;
}

async function ask(streamed: boolean, signal?: AbortSignal): Promise<Seen> {
  const seen: Seen = { status: null, headers: {}, text: '', broken: null };
  try {
    const response = await request(`${provider.url}/chat/completions`, {
      method: 'POST',
      dispatcher: agent,
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '[[count:60]]' }], stream: streamed }),
      ...(signal ? { signal } : {}),
    });
    seen.status = response.statusCode;
    seen.headers = response.headers;
    response.body.setEncoding('utf8');
    for await (const chunk of response.body) seen.text += String(chunk);
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    seen.broken = code ?? name;
  }
  return seen;
}

/** The numbers that the stream's deltas hold, malformed events left out. */
function counted(text: string): number {
  const contents = [...text.matchAll(/"content":"([^"\n]*)"/g)].map((match) => match[1] ?? '');
  return contents.join('').split(' ').filter(Boolean).length;
}

const SOCKET_ENDS = /UND_ERR_SOCKET|ECONNRESET|UND_ERR_ABORTED/;

it('serves healthily', async () => {
  const seen = await ask(true);
  expect([seen.status, counted(seen.text), seen.broken]).toEqual([200, 60, null]);
  expect(seen.text).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/);
});

describe('a stream', () => {
  it('cut after 40 of 60 tokens has 40 and no ending', async () => {
    provider.faults.set([{ kind: 'cut', after_tokens: 40 }]);
    const seen = await ask(true);
    expect(counted(seen.text)).toBe(40);
    expect(seen.text).not.toMatch(/finish_reason":"|\[DONE\]/);
    expect(seen.broken).toMatch(SOCKET_ENDS);
    expect(provider.log.at(-1)).toMatchObject({ outcome: 'broken', fault: 'cut', tokensSent: 40 });
  });

  it('stalled after 40 tokens stays open', async () => {
    provider.faults.set([{ kind: 'stall', after_tokens: 40 }]);
    const leave = new AbortController();
    const seen = ask(true, leave.signal);
    await expect.poll(() => provider.log.at(-1)?.outcome).toBe('unanswered');
    expect(provider.stats().running).toBe(1);
    leave.abort();
    expect(counted((await seen).text)).toBe(40);
    await expect.poll(() => provider.stats().running).toBe(0);
  });

  it('with a malformed event goes on after it', async () => {
    provider.faults.set([{ kind: 'malformed_event', after_tokens: 40 }]);
    const seen = await ask(true);
    const events = seen.text.split('\n\n').filter((event) => event.startsWith('data: {'));
    const broken = events.filter((event) => {
      try {
        JSON.parse(event.slice(6));
        return false;
      } catch {
        return true;
      }
    });
    expect(broken).toHaveLength(1);
    expect(counted(seen.text)).toBe(60);
    expect(seen.text).toContain('[DONE]');
  });

  it('without [DONE] ends after its finish reason', async () => {
    provider.faults.set([{ kind: 'no_done' }]);
    const seen = await ask(true);
    expect(seen.text).toContain('"finish_reason":"stop"');
    expect(seen.text).not.toContain('[DONE]');
    expect(seen.broken).toBeNull();
  });

  it('with an error inside says [DONE] all the same, under 200', async () => {
    provider.faults.set([{ kind: 'error_in_stream', after_tokens: 5 }]);
    const seen = await ask(true);
    expect([seen.status, counted(seen.text)]).toEqual([200, 5]);
    expect(seen.text).toMatch(/data: \{"error":\{[^\n]*\}\n\ndata: \[DONE\]\n\n$/);
    expect(seen.text).not.toContain('"finish_reason":"stop"');
  });

  it('that is filtered ends with content_filter', async () => {
    provider.faults.set([{ kind: 'content_filter' }]);
    const seen = await ask(true);
    expect(counted(seen.text)).toBe(30);
    expect(seen.text).toContain('"finish_reason":"content_filter"');
  });
});

it('sends no faster than the caller reads, and loses nothing', async () => {
  const long = await createSimulatedProvider({
    name: 'long',
    kind: 'openai',
    models: [{ id: 'm', contextWindow: 100_000 }],
  });
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '[[count:20000]]' }], stream: true });
  const response = await request(`${long.url}/chat/completions`, { method: 'POST', body, dispatcher: agent });
  // Not read yet: the buffers fill up long before the answer is out.
  await expect
    .poll(async () => {
      const before = long.log[0]?.tokensSent ?? 0;
      await new Promise((resolve) => setImmediate(resolve));
      return before > 0 && before === long.log[0]?.tokensSent;
    })
    .toBe(true);
  expect(long.log[0]?.tokensSent).toBeLessThan(20_000);
  expect(counted(await response.body.text())).toBe(20_000);
  await long.stop();
});

describe('a whole answer', () => {
  const cases: [FaultInput, RegExp | null][] = [
    [{ kind: 'cut', after_tokens: 40 }, SOCKET_ENDS],
    [{ kind: 'malformed_event', after_tokens: 40 }, null],
  ];
  it.each(cases)('is not valid JSON under %o', async (fault, broken) => {
    provider.faults.set([fault]);
    const seen = await ask(false);
    expect(() => JSON.parse(seen.text)).toThrow(SyntaxError);
    if (broken) expect(seen.broken).toMatch(broken);
    else expect(seen.broken).toBeNull();
  });
});

describe('before an answer', () => {
  it('429 tells when to come back, or does not', async () => {
    provider.faults.set([
      { kind: 'rate_limited', retry_after_seconds: 7, times: 1 },
      { kind: 'rate_limited', times: 1 },
    ]);
    const [first, second, third] = [await ask(true), await ask(true), await ask(true)];
    expect([first.status, first.headers['retry-after']]).toEqual([429, '7']);
    expect([second.status, second.headers['retry-after']]).toEqual([429, undefined]);
    expect(third.status).toBe(200);
  });

  it('a reset leaves no answer', async () => {
    provider.faults.set([{ kind: 'reset_before_headers' }]);
    const seen = await ask(true);
    expect([seen.status, seen.text]).toEqual([null, '']);
    expect(seen.broken).toMatch(SOCKET_ENDS);
  });

  it('a stale socket is reset once, and a fresh one serves', async () => {
    provider.faults.set([{ kind: 'reset_before_headers', only_reused_socket: true, times: 1 }]);
    const outcomes = [await ask(false), await ask(false), await ask(false)].map((seen) => seen.status);
    expect(outcomes).toEqual([200, null, 200]);
  });

  it('silence holds the request until the caller leaves', async () => {
    provider.faults.set([{ kind: 'silence' }]);
    const leave = new AbortController();
    const seen = ask(true, leave.signal);
    await expect.poll(() => provider.log.at(-1)?.outcome).toBe('unanswered');
    leave.abort();
    expect((await seen).status).toBeNull();
  });

  it('a slow first token waits on the clock', async () => {
    const slept: number[] = [];
    const slow = await createSimulatedProvider({
      name: 'slow',
      kind: 'openai',
      models: [{ id: 'm', contextWindow: 100 }],
      clock: {
        now: () => 0,
        monotonic: () => slept.reduce((sum, ms) => sum + ms, 0),
        sleep: async (ms) => {
          slept.push(ms);
        },
      },
    });
    slow.faults.set([{ kind: 'slow_first_token', delay_ms: 4000 }]);
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '[[count:3]]' }] });
    expect(
      (await request(`${slow.url}/chat/completions`, { method: 'POST', body, dispatcher: agent })).statusCode,
    ).toBe(200);
    expect(slept).toEqual([4000]);
    await slow.stop();
  });
});

describe('health checks', () => {
  const cases: [FaultInput, number, number][] = [
    [{ kind: 'status', status: 500 }, 200, 500],
    [{ kind: 'health', status: 503 }, 503, 200],
    [{ kind: 'loading' }, 503, 503],
  ];
  it.each(cases)('under %o say %i while requests get %i', async (fault, health, served) => {
    provider.faults.set([fault]);
    expect((await fetch(`${provider.origin}/health`)).status).toBe(health);
    expect((await ask(true)).status).toBe(served);
  });

  it('say 200 while the model is missing from the list', async () => {
    provider.faults.set([{ kind: 'model_missing' }]);
    expect((await fetch(`${provider.origin}/health`)).status).toBe(200);
    expect(await (await fetch(`${provider.url}/models`)).json()).toMatchObject({ data: [] });
    expect((await ask(true)).status).toBe(404);
  });
});

describe('a crash', () => {
  it('breaks every stream, refuses, and ends with a restart on the same port', async () => {
    provider.faults.set([{ kind: 'stall', after_tokens: 10, times: 1 }]);
    const stream = ask(true);
    await expect.poll(() => provider.log.at(-1)?.tokensSent).toBe(10);
    const { port } = provider;
    await provider.crash();
    expect((await stream).broken).toMatch(SOCKET_ENDS);
    expect([provider.running, (await ask(true)).broken]).toEqual([false, 'ECONNREFUSED']);
    await provider.restart();
    expect([provider.running, provider.port, (await ask(true)).status]).toEqual([true, port, 200]);
    expect(provider.stats().running).toBe(0);
  });

  it('is for good after a stop', async () => {
    await provider.stop();
    await provider.restart();
    expect(provider.running).toBe(false);
  });
});

describe('control over HTTP', () => {
  it('sets, shows, refuses and clears faults', async () => {
    const call = async (method: string, body?: object): Promise<[number, unknown]> => {
      const response = await fetch(`${provider.origin}/__faults`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return [response.status, await response.json()];
    };
    expect(await call('PUT', { faults: [{ kind: 'cut', after_tokens: 3 }] })).toEqual([
      200,
      { faults: [{ kind: 'cut', after_tokens: 3 }] },
    ]);
    expect((await call('PUT', { faults: [{ kind: 'nonsense' }] }))[0]).toBe(400);
    expect((await ask(true)).broken).toMatch(SOCKET_ENDS);
    expect(await call('DELETE')).toEqual([200, { faults: [] }]);
    expect((await ask(true)).status).toBe(200);
  });
});

it('keeps no key in its log', async () => {
  await fetch(`${provider.url}/models`, { headers: { authorization: 'Bearer sk-secret', 'x-trace': 'kept' } });
  expect(JSON.stringify(provider.log)).not.toContain('sk-secret');
  expect(provider.log.at(-1)?.headers['x-trace']).toBe('kept');
});
