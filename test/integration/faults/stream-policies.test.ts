import { afterEach, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../electron/simulator/faults.ts';
import { createSimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { startTestEngine } from '../../support/engine-fixture.ts';
import { anthropicClient, createCaller, errorFacts, failureOf, openAiClient } from '../../support/faults-callers.ts';
import { asked, SIXTY, SIXTY_TEXT, startStage, strike } from '../../support/faults-stage.ts';
import type { Stage, StageOptions } from '../../support/faults-stage.ts';
import { beginStream, openAiFrame, sendJson, startServer } from '../../support/providers-server.ts';
import type { TestServer } from '../../support/providers-server.ts';

const stopping: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

async function start(options: StageOptions = {}): Promise<Stage> {
  const stage = await startStage(options);
  stopping.push(() => stage.stop());
  return stage;
}

const DIALECTS = ['openai', 'anthropic'] as const;
const policy = (name: string) => ({ headers: { 'x-switchyard-stream-failover': name } });

const BREAKS: readonly { name: string; fault: FaultInput }[] = [
  { name: 'cut', fault: { kind: 'cut', after_tokens: 40 } },
  { name: 'stalled', fault: { kind: 'stall', after_tokens: 40 } },
  { name: 'ended by an error frame and [DONE]', fault: { kind: 'error_in_stream', after_tokens: 40 } },
  { name: 'broken by a malformed event', fault: { kind: 'malformed_event', after_tokens: 40 } },
];
const CASES = DIALECTS.flatMap((dialect) => BREAKS.map((entry) => ({ dialect, ...entry })));

describe.each(CASES)('a stream in the $dialect dialect that is $name', ({ dialect, fault }) => {
  const limits = 'timeouts: { idle_ms: 120 }';

  it('ends under the policy "error" with an error that no client takes for an end', async () => {
    const stage = await start({ limits });
    const caller = createCaller(stage.engine.gatewayUrl, { dialect, streamed: true });
    strike(stage.primary, fault);
    const error = errorFacts(await failureOf(caller.ask(SIXTY, policy('error'))));
    expect(error.text).toContain('the stream policy is error');
    expect(asked(stage.fallback)).toBe(0);
    const { requests } = await stage.engine.api.listRequests({ limit: 1 });
    expect(requests[0]).toMatchObject({ status: fault.kind === 'stall' ? 'timeout' : 'error', provider: null });
  });

  it('is given under the policy "buffer" as if nothing had happened, from one provider alone', async () => {
    const stage = await start({ limits });
    const caller = createCaller(stage.engine.gatewayUrl, { dialect, streamed: true });
    strike(stage.primary, fault);
    const { text, finish, headers } = await caller.ask(SIXTY, policy('buffer'));
    expect([text, finish]).toEqual([SIXTY_TEXT, caller.whole]);
    const row = await stage.engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
    expect(row).toMatchObject({ provider: stage.fallback.name, resumed: false });
  });

  it.each([
    { target: 'that takes a begun answer', acceptsPrefill: true, attempts: 1 },
    { target: 'that refuses a begun answer, and is then asked in words', acceptsPrefill: false, attempts: 2 },
  ])('is continued under the policy "resume" by a provider $target', async ({ acceptsPrefill, attempts }) => {
    const stage = await start({ limits, acceptsPrefill });
    const caller = createCaller(stage.engine.gatewayUrl, { dialect, streamed: true });
    strike(stage.primary, fault);
    const { text, finish, usage, headers } = await caller.ask(SIXTY, policy('resume'));
    expect([text, finish]).toEqual([SIXTY_TEXT, caller.whole]);
    expect(asked(stage.fallback)).toBe(attempts);
    const row = await stage.engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
    expect(row).toMatchObject({ resumed: true, provider: stage.fallback.name, attempts: 1 + attempts });
    expect(usage?.output).toBe(row.usage.output_tokens);
    expect(row.attempt_list.reduce((sum, attempt) => sum + attempt.usage.output_tokens, 0)).toBe(
      row.usage.output_tokens,
    );
  });
});

describe.each(DIALECTS)('a stream in the %s dialect that breaks off', (dialect) => {
  it('at every provider in turn ends with the true cause, never as a whole answer', async () => {
    const stage = await start();
    const caller = createCaller(stage.engine.gatewayUrl, { dialect, streamed: true });
    strike(stage.primary, { kind: 'cut', after_tokens: 20 });
    strike(stage.fallback, { kind: 'cut', after_tokens: 20 });
    const error = errorFacts(await failureOf(caller.ask(SIXTY)));
    expect(error.text).toContain(stage.primary.name);
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 1]);
  });

  it('and whose continuation a content filter refuses, ends with the filter’s reason', async () => {
    const stage = await start();
    const caller = createCaller(stage.engine.gatewayUrl, { dialect, streamed: true });
    strike(stage.primary, { kind: 'cut', after_tokens: 20 });
    strike(stage.fallback, { kind: 'content_filter', style: 'reject' });
    const error = errorFacts(await failureOf(caller.ask(SIXTY)));
    expect(error.text).toContain('content filtering policy');
    expect(asked(stage.fallback)).toBe(1);
  });
});

describe.each(DIALECTS)('a stream in the %s dialect', (dialect) => {
  it('outlives two providers that break off one after the other', async () => {
    const names = ['one', 'two', 'three'];
    const providers = await Promise.all(
      names.map((name) =>
        createSimulatedProvider({ name, kind: 'openai', models: [{ id: 'gpt-4o', contextWindow: 128_000 }] }),
      ),
    );
    const entries = providers.map(
      ({ name, url }, index) =>
        `  ${name}: { adapter: openai, endpoint: "${url}", model: gpt-4o, priority: ${index + 1} }`,
    );
    const engine = await startTestEngine(
      `
models:
${entries.join('\n')}
routing: { strategy: primary_with_fallback, primary: one, fallback_chain: [${names.join(', ')}] }
`,
      { environment: { OPENAI_API_KEY: 'unused' } },
    );
    stopping.push(() => engine.stop(), ...providers.map((provider) => () => provider.stop()));
    // These continue when they are asked in words, counted from where they go on.
    providers[0]?.faults.set([{ kind: 'cut', after_tokens: 20 }]);
    providers[1]?.faults.set([{ kind: 'cut', after_tokens: 15 }]);
    const caller = createCaller(engine.gatewayUrl, { dialect, streamed: true });
    const { text, finish, usage, headers } = await caller.ask(SIXTY);
    expect([text, finish]).toEqual([SIXTY_TEXT, caller.whole]);
    expect(providers.map(asked)).toEqual([1, 1, 1]);
    const row = await engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
    expect(row).toMatchObject({ resumed: true, provider: 'three', fallback_from: 'one', attempts: 3 });
    expect(usage?.output).toBe(row.usage.output_tokens);
  });
});

describe('a stream of structure', () => {
  const tools = [{ type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' } } }];

  it('is begun anew where nothing of it had been sent', async () => {
    const stage = await start();
    strike(stage.primary, { kind: 'cut', after_tokens: 0 });
    const answer = await openAiClient(stage.engine.gatewayUrl)
      .chat.completions.stream({ model: 'auto', messages: [{ role: 'user', content: '[[tool:look_up]]' }], tools })
      .finalChatCompletion();
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
  });

  it.each([
    { name: 'a tool call', body: { tools }, prompt: '[[tool:look_up]]', reason: 'a tool call had begun' },
    {
      name: 'a JSON answer',
      body: { response_format: { type: 'json_object' as const } },
      prompt: 'Rate it.',
      reason: 'a JSON answer had begun',
    },
  ])('ends with a clear error once $name had begun', async ({ body, prompt, reason }) => {
    const stage = await start();
    strike(stage.primary, { kind: 'cut', after_tokens: 1 });
    const stream = openAiClient(stage.engine.gatewayUrl).chat.completions.stream({
      model: 'auto',
      messages: [{ role: 'user', content: prompt }],
      ...body,
    });
    const error = errorFacts(await failureOf(stream.finalChatCompletion()));
    expect(error.text).toContain(reason);
    expect(asked(stage.fallback)).toBe(0);
  });
});

describe('a stream of a model that thinks', () => {
  /** A server of OpenAI's dialect that says one thing, and breaks off or ends. */
  async function startThinker(frames: string, whole: boolean): Promise<TestServer> {
    const server = await startServer((request, response, socket) => {
      if (request.method === 'GET') sendJson(response, 200, { object: 'list', data: [{ id: 'm', object: 'model' }] });
      else {
        beginStream(response, frames);
        response.write('', () => (whole ? response.end() : socket.destroy()));
      }
    });
    stopping.push(() => server.close());
    return server;
  }

  it('shows one line of thought, although the provider that continues it thinks again', async () => {
    const first = await startThinker(
      openAiFrame({ reasoning: 'I count.' }) + openAiFrame({ content: 'One' }) + openAiFrame({ content: ' two' }),
      false,
    );
    const second = await startThinker(
      openAiFrame({ reasoning: 'I go on.' }) + openAiFrame({ content: 'three' }) + openAiFrame({}, 'stop'),
      true,
    );
    const entry = (url: string, priority: number) =>
      `{ adapter: openai-compatible, endpoint: "${url}/v1", model: m, priority: ${priority} }`;
    const engine = await startTestEngine(`
models:
  first: ${entry(first.origin, 1)}
  second: ${entry(second.origin, 2)}
routing: { strategy: primary_with_fallback, primary: first, fallback_chain: [first, second] }
`);
    stopping.unshift(() => engine.stop());
    const message = await anthropicClient(engine.gatewayUrl)
      .messages.stream({ model: 'auto', max_tokens: 100, messages: [{ role: 'user', content: 'Count.' }] })
      .finalMessage();
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'I count.' },
      { type: 'text', text: 'One two three' },
    ]);
    expect(message.content).toHaveLength(2);
  });
});
