import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const OFTEN = `    model: kimi-k2
    timeouts: { connect_ms: 60000 }
    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }
`;
const ONCE = '    retry: { max_retries: 0 }\n';

let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair();
  pair.kimi.faults.set([{ kind: 'health', status: 503 }]);
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

async function startUnwell(registry: string): Promise<void> {
  engine = await startTestEngine(registry, { environment: pair.environment });
  await eventually(() => standing() === 'unhealthy');
}

function standing(): string | undefined {
  return engine.api.status().providers.find(({ name }) => name === 'kimi')?.health.status;
}

async function post(path: string, body: object): Promise<Response> {
  return await fetch(`${engine.gatewayUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function answeredBy(): Promise<string | null> {
  const messages = [{ role: 'user', content: 'Hello' }];
  const response = await post('/v1/chat/completions', { model: 'auto', messages });
  await response.text();
  return response.headers.get('x-switchyard-provider');
}

describe('a registry whose fallback triggers leave health out', () => {
  const triggers = (kimi: string) =>
    pair.registry({ kimi }).replace('[primary_unhealthy, primary_timeout]', '[primary_timeout]');

  it('has the primary asked although its probes fail, as its decision says', async () => {
    await startUnwell(triggers(OFTEN));
    const decision: unknown = await (await post('/v1/route', {})).json();
    expect(decision).toMatchObject({ provider: 'kimi' });
    expect(await answeredBy()).toBe('kimi');
  });

  it('goes to the chain once the primary has failed the request', async () => {
    await startUnwell(triggers(OFTEN + ONCE));
    pair.kimi.faults.set([
      { kind: 'health', status: 503 },
      { kind: 'status', status: 500 },
    ]);
    expect(await answeredBy()).toBe('claude');
  });
});

describe('a primary group', () => {
  const twins = (loadBalancing: string) => `
models:
  kimi:
    adapter: vllm
    endpoint: ${pair.kimi.url}
    priority: 1
${OFTEN}${ONCE}
  claude:
    provider_class: ClaudeOpusProvider
    priority: 1
routing:
  load_balancing: { strategy: round_robin, ${loadBalancing} }
`;

  it('that is balanced without regard to health keeps the turns of a member whose probes fail', async () => {
    await startUnwell(twins('health_aware: false'));
    const asked = [await answeredBy(), await answeredBy(), await answeredBy(), await answeredBy()];
    expect(asked.filter((provider) => provider === 'kimi')).toHaveLength(2);
  });

  it('spares a member that its requests have taken out, even so', async () => {
    const breaker = '    breaker: { failures: 1, open_seconds: 600 }\n';
    await startUnwell(twins('health_aware: false').replace(ONCE, ONCE + breaker));
    pair.kimi.faults.set([]);
    await eventually(() => standing() === 'healthy');
    pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
    await eventually(async () => (await answeredBy()) === 'claude' && standing() === 'unhealthy');
    const before = pair.kimi.log.filter(({ path }) => path.endsWith('/chat/completions')).length;
    for (let turn = 0; turn < 4; turn += 1) expect(await answeredBy()).toBe('claude');
    expect(pair.kimi.log.filter(({ path }) => path.endsWith('/chat/completions'))).toHaveLength(before);
  });

  it('that is balanced with regard to health leaves such a member out', async () => {
    await startUnwell(twins('health_aware: true'));
    const asked = [await answeredBy(), await answeredBy(), await answeredBy(), await answeredBy()];
    expect(asked).toEqual(['claude', 'claude', 'claude', 'claude']);
  });
});
