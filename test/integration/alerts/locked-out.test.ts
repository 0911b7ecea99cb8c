import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const QUICK = '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }';

let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair();
  engine = await startTestEngine(
    `${pair.registry({ claude: QUICK })}
alerts: { evaluation_seconds: 0.05 }
`,
    { environment: pair.environment },
  );
});
afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

const claude = () => engine.api.status().providers.find(({ name }) => name === 'claude');
const lockedOut = () => engine.api.status().firing_alerts.find(({ name }) => name === 'ProviderLockedOut');
const metrics = async () => (await fetch(`${engine.gatewayUrl}/metrics`)).text();
const ask = (model: string) =>
  fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });

describe('a fallback whose key is refused while nobody needs it', () => {
  it('is told of and counted from its probes alone, until the key is taken again', async () => {
    await eventually(() => claude()?.health.status === 'healthy');
    expect(await metrics()).not.toContain('switchyard_provider_locked_out{');
    pair.claude.faults.set([{ kind: 'wrong_key' }]);
    expect((await eventually(lockedOut)).summary).toBe('claude refuses our key.');
    expect(await metrics()).toContain(
      'switchyard_provider_locked_out{model_name="claude",failure_class="unauthorized"} 1',
    );
    pair.claude.faults.clear();
    await eventually(() => lockedOut() === undefined);
    expect(await metrics()).not.toContain('switchyard_provider_locked_out{');
  });
});

describe('a model that only a caller named and the provider does not have', () => {
  it('takes the provider from nobody else, and wakes nobody', async () => {
    await eventually(() => claude()?.health.status === 'healthy');
    const answer = await ask('claude-of-a-typing-error');
    expect(answer.headers.get('x-switchyard-provider')).not.toBe('claude');
    expect(claude()).toMatchObject({ health: { status: 'healthy' }, breaker: { state: 'closed' } });
    expect(await metrics()).not.toContain('switchyard_provider_locked_out{');
    const other = await ask('claude');
    expect(other.headers.get('x-switchyard-provider')).toBe('claude');
  });
});
