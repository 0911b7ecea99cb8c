import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import type { SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { eventually, startTestEngine } from '../../support/engine-fixture.ts';
import type { TestEngine } from '../../support/engine-fixture.ts';
import { hasLocalInference, startLocalInference } from '../../support/local-inference.ts';
import type { LocalInference } from '../../support/local-inference.ts';

if (!hasLocalInference)
  console.warn('LEFT OUT: no real inference server on this machine; failover from one is not tested.');

interface Outcome {
  provider: string | null;
  /** Whether a byte of the answer had reached the caller. */
  begun: boolean;
  whole: boolean;
  error: string | null;
}

describe.skipIf(!hasLocalInference)('with a real inference server as the primary', () => {
  let server: LocalInference;
  let claude: SimulatedProvider;
  let engine: TestEngine;
  let client: OpenAI;

  beforeAll(async () => {
    server = await startLocalInference();
    claude = await createSimulatedProvider({
      name: 'claude',
      kind: 'anthropic',
      models: [{ id: 'claude-opus-4-20250514', contextWindow: 200_000 }],
      apiKey: 'test-key-of-claude',
    });
    engine = await startTestEngine(
      `
models:
  kimi_k2_self_hosted:
    provider_class: KimiK2SelfHostedProvider
    provider_kwargs: { endpoint: ${server.origin}/v1 }
    health_check: { interval_seconds: 1, timeout_seconds: 2 }
    priority: 1
    breaker: { open_seconds: 1, ramp_seconds: 1 }
  claude_opus_api:
    provider_class: ClaudeOpusProvider
    priority: 2
    usage_policy: { use_when: [kimi_k2_self_hosted_unhealthy, explicit_user_request] }
routing:
  primary: kimi_k2_self_hosted
  fallback_chain: [kimi_k2_self_hosted, claude_opus_api]
  stream_failover: error
`,
      { environment: { ANTHROPIC_API_KEY: 'test-key-of-claude', ANTHROPIC_BASE_URL: claude.url } },
    );
    client = new OpenAI({ baseURL: `${engine.gatewayUrl}/v1`, apiKey: 'unused', maxRetries: 0 });
  }, 120_000);

  afterAll(async () => {
    await engine?.stop();
    await claude?.stop();
    await server?.kill();
  });

  async function whole(): Promise<Outcome> {
    try {
      const { data, response } = await client.chat.completions
        .create({ model: 'auto', messages: [{ role: 'user', content: 'hello' }], max_tokens: 24 })
        .withResponse();
      return {
        provider: response.headers.get('x-switchyard-provider'),
        begun: true,
        whole: data.choices[0]?.finish_reason !== null,
        error: null,
      };
    } catch (error) {
      return { provider: null, begun: false, whole: false, error: String(error) };
    }
  }

  async function streamed(tokens = 24): Promise<Outcome> {
    const outcome: Outcome = { provider: null, begun: false, whole: false, error: null };
    try {
      const { data, response } = await client.chat.completions
        .create({ model: 'auto', messages: [{ role: 'user', content: 'hello' }], max_tokens: tokens, stream: true })
        .withResponse();
      outcome.provider = response.headers.get('x-switchyard-provider');
      outcome.begun = true;
      for await (const chunk of data) outcome.whole ||= Boolean(chunk.choices[0]?.finish_reason);
    } catch (error) {
      outcome.error = String(error);
    }
    return outcome;
  }

  it('gives whole and streamed answers, whichever model the server has', async () => {
    for (const answer of [await whole(), await streamed()]) {
      expect(answer).toEqual({ provider: 'kimi_k2_self_hosted', begun: true, whole: true, error: null });
    }
    const { requests } = await engine.api.listRequests({ limit: 2 });
    for (const request of requests) {
      expect(request.model).toBe('tiny-random');
      expect(request.usage.output_tokens).toBeGreaterThan(0);
      expect(request.usage.estimated).toBe(false);
      expect([request.cost_usd, request.pricing_unknown]).toEqual([0, false]);
    }
  });

  it('killed under traffic, loses no request that had not begun to stream, and is used again when it is back', async () => {
    const outcomes: Outcome[] = [];
    let sending = true;
    const caller = async (ask: () => Promise<Outcome>): Promise<void> => {
      while (sending) outcomes.push(await ask());
    };
    const callers = [whole, whole, streamed, () => streamed(200)].map(caller);
    await eventually(() => outcomes.length >= 12);
    const before = outcomes.length;
    await server.kill();
    await eventually(() => outcomes.length >= before + 30);
    sending = false;
    await Promise.all(callers);

    const lost = outcomes.filter(({ begun, error }) => !begun && error !== null);
    expect(lost).toEqual([]);
    const truncatedAsWhole = outcomes.filter((outcome) => outcome.begun && outcome.error === null && !outcome.whole);
    expect(truncatedAsWhole).toEqual([]);
    expect(outcomes.slice(0, before).some(({ provider }) => provider === 'kimi_k2_self_hosted')).toBe(true);
    expect(outcomes.at(-1)?.provider).toBe('claude_opus_api');
    expect(engine.api.status()).toMatchObject({ verdict: 'fallback', serving: 'claude_opus_api' });

    await server.restart();
    await eventually(() => engine.api.status().verdict === 'primary');
    await eventually(async () => (await whole()).provider === 'kimi_k2_self_hosted');
    const { episodes } = await engine.api.fallbacks({});
    expect(episodes).toHaveLength(1);
    expect(episodes[0]).toMatchObject({
      from_provider: 'kimi_k2_self_hosted',
      to_provider: 'claude_opus_api',
    });
    expect(episodes[0]?.ended_at).not.toBeNull();
    expect(episodes[0]?.requests).toBeGreaterThan(0);
    // Under the policy `error`, only a stream that had begun may break, and it says so.
    const broken = outcomes.filter(({ begun, error }) => begun && error !== null).length;
    expect(episodes[0]?.failed_requests).toBeLessThanOrEqual(broken);
  }, 60_000);
});
