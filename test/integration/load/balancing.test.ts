import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { eventually } from '../../support/engine-fixture.ts';
import type { TestEngine } from '../../support/engine-fixture.ts';
import { chat, clientOf, inferences, LoadStage } from '../../support/load-fixtures.ts';

const stage = new LoadStage();
afterEach(() => stage.strike());

const NAMES = ['one', 'two', 'three'];

/** Three instances of one model at one priority. `entries` are further keys of each by name. */
async function cluster(loadBalancing: string, entries: Record<string, string> = {}) {
  const instances = await Promise.all(NAMES.map((name) => stage.vllm(name)));
  const models = instances.map(
    ({ name, url }) => `  ${name}: {endpoint: "${url}", adapter: vllm, priority: 1${entries[name] ?? ''}}`,
  );
  const engine = await stage.engine(
    `models:\n${models.join('\n')}\nrouting: {load_balancing: ${loadBalancing}, high_load: {mode: never}}\n`,
  );
  return { instances, engine, client: clientOf(engine) };
}

function counts(instances: readonly SimulatedProvider[]): number[] {
  return instances.map((instance) => inferences(instance).length);
}

/** Keeps the next so many requests of an instance waiting for their first token until the test is over. */
function hold(instance: SimulatedProvider, times: number): void {
  instance.faults.set([{ kind: 'silence', times }]);
}

async function running(engine: TestEngine, name: string, requests: number): Promise<void> {
  await eventually(
    () => engine.api.status().providers.find((provider) => provider.name === name)?.gauges.in_flight === requests,
  );
}

/** Sends chats that are left hanging, each admitted before the next is sent. */
async function leaveHanging(engine: TestEngine, name: string, requests: number): Promise<() => Promise<void>> {
  const leaving = new AbortController();
  const hanging: Promise<unknown>[] = [];
  for (let count = 1; count <= requests; count += 1) {
    const { signal } = leaving;
    hanging.push(
      clientOf(engine)
        .chat.completions.create(chat('wait', name), { signal })
        .catch(() => null),
    );
    await running(engine, name, count);
  }
  return async () => {
    leaving.abort();
    await Promise.all(hanging);
  };
}

describe('round robin', () => {
  it('gives three instances the same number of requests', async () => {
    const { instances, client } = await cluster('{strategy: round_robin}');
    for (let turn = 0; turn < 9; turn += 1) await client.chat.completions.create(chat());
    expect(counts(instances)).toEqual([3, 3, 3]);
  });

  it('passes over an instance that died, and no caller notices', async () => {
    const { instances, client } = await cluster('{strategy: round_robin}');
    await instances[1]?.crash();
    for (let turn = 0; turn < 8; turn += 1) await client.chat.completions.create(chat());
    const [one = 0, , three = 0] = counts(instances);
    expect(one + three).toBe(8);
    expect(Math.abs(one - three)).toBeLessThanOrEqual(2);
  });

  it('does not queue at a full instance while another has room', async () => {
    const { instances, engine, client } = await cluster('{strategy: round_robin}', {
      one: ', limits: {max_concurrent: 1, queue_timeout_ms: 60000}',
    });
    const [first] = instances;
    if (first) hold(first, 1);
    const letGo = await leaveHanging(engine, 'one', 1);
    for (let turn = 0; turn < 6; turn += 1) await client.chat.completions.create(chat());
    expect(counts(instances)[0]).toBe(1);
    await letGo();
  });
});

describe('least connections', () => {
  it('asks whoever has the fewest requests of ours', async () => {
    const { instances, engine, client } = await cluster('{strategy: least_connections}');
    const [first, second] = instances;
    if (first) hold(first, 3);
    if (second) hold(second, 1);
    const letGo = [await leaveHanging(engine, 'one', 3), await leaveHanging(engine, 'two', 1)];
    for (let turn = 0; turn < 5; turn += 1) await client.chat.completions.create(chat());
    expect(counts(instances)).toEqual([3, 1, 5]);
    for (const go of letGo) await go();
  });
});

describe('least loaded', () => {
  it('leaves out an instance that others keep busy, which only its own metrics tell', async () => {
    const { instances, engine, client } = await cluster('{strategy: least_loaded}');
    const [first] = instances;
    if (!first) throw new Error('no instance');
    // Requests of somebody else, who does not come through this gateway.
    first.faults.set([{ kind: 'slow_first_token', delay_ms: 60_000 }]);
    const leaving = new AbortController();
    const foreign = Array.from({ length: 4 }, () =>
      fetch(`${first.url}/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ ...chat(), model: 'kimi-k2' }),
        signal: leaving.signal,
      }).catch(() => null),
    );
    await eventually(() => first.stats().running === 4);
    first.faults.clear();
    await eventually(() => engine.api.status().providers[0]?.load?.running === 4);
    for (let turn = 0; turn < 6; turn += 1) await client.chat.completions.create(chat());
    const [busy, two = 0, three = 0] = counts(instances);
    expect(busy).toBe(4);
    expect(two + three).toBe(6);
    leaving.abort();
    await Promise.all(foreign);
  });
});

describe('a canary', () => {
  it('gets its share of a hundred requests, under concurrency too', async () => {
    const { instances, client } = await cluster('{strategy: least_connections}', { three: ', weight: 0.05' });
    await Promise.all(Array.from({ length: 100 }, () => client.chat.completions.create(chat())));
    const [one = 0, two = 0, canary = 0] = counts(instances);
    expect(one + two + canary).toBe(100);
    expect(canary).toBeGreaterThanOrEqual(4);
    expect(canary).toBeLessThanOrEqual(6);
  });
});

describe('prefix affinity', () => {
  const CONVERSATIONS = 12;

  async function talk(engine: TestEngine, turns: number): Promise<string[][]> {
    const client = clientOf(engine);
    const homes: string[][] = [];
    for (let conversation = 0; conversation < CONVERSATIONS; conversation += 1) {
      const messages: { role: 'system' | 'user' | 'assistant'; content: string }[] = [
        { role: 'system', content: 'You are the same for everybody.' },
        { role: 'user', content: `Conversation ${conversation} [[tokens:8]]` },
      ];
      const seen: string[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        const { data, response } = await client.chat.completions.create({ model: 'auto', messages }).withResponse();
        seen.push(response.headers.get('x-switchyard-provider') ?? '');
        messages.push({ role: 'assistant', content: data.choices[0]?.message.content ?? '' });
        messages.push({ role: 'user', content: `and then? (${turn})` });
      }
      homes.push(seen);
    }
    return homes;
  }

  it('keeps every conversation with one instance, and moves only those of an instance that dies', async () => {
    const { instances, engine } = await cluster('{strategy: round_robin, prefix_affinity: true}');
    const before = await talk(engine, 3);
    for (const homes of before) expect(new Set(homes).size).toBe(1);
    expect(new Set(before.flat()).size).toBe(NAMES.length);

    await instances[0]?.crash();
    await engine.api.probe('one');
    const after = await talk(engine, 1);
    for (const [index, [home]] of after.entries()) {
      const was = before[index]?.[0];
      if (was === 'one') expect(['two', 'three']).toContain(home);
      else expect(home).toBe(was);
    }
  });
});
