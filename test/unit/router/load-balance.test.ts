import { describe, expect, it } from 'vitest';
import type { Standing } from '../../../electron/engine/health/types.ts';
import { decide } from '../../../electron/engine/router/decide.ts';
import { input, standing, withHealth } from '../../support/router-fixtures.ts';
import type { InputSetup } from '../../support/router-fixtures.ts';

function group(loadBalancing: string, extra: { a?: string; b?: string; c?: string } = {}): string {
  return `
models:
  a: {endpoint: "http://a", priority: 1${extra.a ?? ''}}
  b: {endpoint: "http://b", priority: 1${extra.b ?? ''}}
  c: {endpoint: "http://c", priority: 1${extra.c ?? ''}}
  last: {endpoint: "http://last", priority: 2}
routing: {load_balancing: ${loadBalancing}}
`;
}

function order(setup: InputSetup): string {
  return decide(input(setup))
    .candidates.map(({ provider }) => provider)
    .join(' ');
}

function loaded(running: number | null, waiting: number | null, cache: number | null): Standing {
  return standing({
    load: { running, waiting, kv_cache_usage: cache, generation_tokens_per_second: null, scraped_at: 0 },
  });
}

describe('round robin', () => {
  const text = group('{strategy: round_robin}');

  it('gives each member of the primary group its turn, the rest staying behind', () => {
    expect([0, 1, 2, 3].map((turn) => order({ text, turn }))).toEqual([
      'a b c last',
      'b c a last',
      'c a b last',
      'a b c last',
    ]);
  });

  it('shares the turns of a sick member evenly among the well', () => {
    const some = input({ text, standings: { b: withHealth('unhealthy') } });
    const chosen = Array.from({ length: 600 }, (_, turn) => decide({ ...some, turn }).provider);
    expect(chosen.filter((name) => name === 'a')).toHaveLength(300);
    expect(chosen.filter((name) => name === 'c')).toHaveLength(300);
  });

  it('asks the well first, then those never probed, then the rest', () => {
    expect(order({ text, standings: { a: withHealth('unknown'), b: withHealth('unhealthy') } })).toBe('c a b last');
  });

  it('is no fallback when another member of the group serves', () => {
    expect(decide(input({ text, standings: { a: withHealth('unhealthy') } })).rule).toBe('primary');
  });

  it('without regard to health keeps every turn, whatever the probes say', () => {
    const blind = group('{health_aware: false}');
    expect(decide(input({ text: blind, standings: { a: withHealth('unhealthy') } })).provider).toBe('a');
  });
});

describe('least connections', () => {
  const text = group('{strategy: least_connections}');

  it('asks who has the fewest requests of ours, ties in turn', () => {
    expect(order({ text, busy: { a: 5, b: 2, c: 9 } })).toBe('b a c last');
    expect(order({ text, turn: 1, busy: { a: 1 } })).toBe('b c a last');
  });
});

describe('least loaded', () => {
  const text = group('{strategy: least_loaded}');

  it('goes by the queue, then by the KV cache', () => {
    const standings = { a: loaded(3, 4, 0.2), b: loaded(3, 1, 0.5), c: loaded(3, 1, 0.4) };
    expect(order({ text, standings })).toBe('c b a last');
  });

  it('takes an unknown load for our own count, not for none', () => {
    const standings = { a: loaded(null, null, null), b: loaded(2, 0, 0.1), c: standing() };
    expect(order({ text, standings, busy: { a: 4, c: 3 } })).toBe('b c a last');
  });

  it('takes an unknown load for that of the others, so that whoever cannot be scraped gets no more than its part', () => {
    const standings = { a: loaded(50, 20, 0.5), b: loaded(1, 0, 0.05), c: loaded(null, null, null) };
    expect(order({ text, standings })).toBe('b c a last');
  });

  it('counts what was sent since the last scrape', () => {
    const standings = { a: loaded(0, 0, 0), b: loaded(1, 0, 0), c: loaded(9, 0, 0) };
    expect(order({ text, standings, busy: { a: 6 } })).toBe('b a c last');
  });

  it('puts a full KV cache last', () => {
    const standings = { a: loaded(1, 0, 0.97), b: loaded(8, 0, 0.5), c: loaded(9, 0, 0.5) };
    expect(order({ text, standings })).toBe('b c a last');
  });
});

describe('a full member', () => {
  const text = group('{strategy: round_robin}', { a: ', limits: {max_concurrent: 2}' });

  it('loses its turn to one with a free place', () => {
    expect(order({ text, busy: { a: 2 } })).toBe('b c a last');
    expect(order({ text, busy: { a: 1 } })).toBe('a b c last');
  });

  it('still comes before one that is not well', () => {
    expect(order({ text, busy: { a: 2 }, standings: { b: withHealth('unhealthy') } })).toBe('c a b last');
  });
});

describe('weights', () => {
  function chosen(text: string, setup: InputSetup = {}, turns = 400): Record<string, number> {
    const some = input({ text, ...setup });
    const counts: Record<string, number> = {};
    for (let turn = 0; turn < turns; turn += 1) {
      const provider = decide({ ...some, turn, affinityKey: `conversation ${turn}` }).provider ?? 'nobody';
      counts[provider] = (counts[provider] ?? 0) + 1;
    }
    return counts;
  }

  it.each(['round_robin', 'least_connections', 'least_loaded'])(
    'give a canary its share under %s, however idle it is',
    (strategy) => {
      const text = group(`{strategy: ${strategy}}`, { c: ', weight: 0.05' });
      const counts = chosen(text, { busy: { a: 30, b: 30 } });
      expect(counts['c']).toBeGreaterThanOrEqual(18);
      expect(counts['c']).toBeLessThanOrEqual(22);
    },
  );

  it('give a canary everything while nobody else is well', () => {
    const text = group('{strategy: round_robin}', { c: ', weight: 0.05' });
    const standings = { a: withHealth('unhealthy'), b: withHealth('unhealthy') };
    expect(chosen(text, { standings })).toEqual({ c: 400 });
  });

  it('give a canary of share 0 nothing while somebody else is well', () => {
    expect(chosen(group('{strategy: round_robin}', { c: ', weight: 0' }))).toEqual({ a: 200, b: 200 });
  });

  it('give turns in proportion', () => {
    const counts = chosen(group('{strategy: round_robin}', { a: ', weight: 2' }));
    expect(counts['a']).toBeGreaterThanOrEqual(195);
    expect(counts['a']).toBeLessThanOrEqual(205);
  });

  it('measure connections against capacity', () => {
    const text = group('{strategy: least_connections}', { a: ', weight: 4' });
    expect(order({ text, busy: { a: 6, b: 2, c: 1 } })).toBe('a c b last');
  });

  it('hold over conversations too, where these stay with an instance', () => {
    const text = group('{strategy: round_robin, prefix_affinity: true}', { c: ', weight: 0.25' });
    const counts = chosen(text, {}, 2000);
    expect((counts['c'] ?? 0) / 2000).toBeCloseTo(0.25, 1);
  });
});

describe('prefix affinity', () => {
  const text = group('{strategy: least_loaded, prefix_affinity: true}');
  const home = decide(input({ text, affinityKey: 'talk' })).provider ?? '';
  const others = ['a', 'b', 'c'].filter((name) => name !== home);

  it('keeps a conversation with one instance, whoever has the turn', () => {
    for (let turn = 0; turn < 30; turn += 1) {
      expect(decide(input({ text, turn, affinityKey: 'talk' })).provider).toBe(home);
    }
  });

  it('lets it stay there while the others are a little less loaded', () => {
    expect(decide(input({ text, affinityKey: 'talk', busy: { [home]: 4 } })).provider).toBe(home);
  });

  it('moves it when its instance is clearly more loaded, or its KV cache full', () => {
    expect(others).toContain(decide(input({ text, affinityKey: 'talk', busy: { [home]: 5 } })).provider);
    const standings = { [home]: loaded(0, 0, 0.95) };
    expect(others).toContain(decide(input({ text, affinityKey: 'talk', standings })).provider);
  });

  it('moves it when its instance is unhealthy', () => {
    const standings = { [home]: withHealth('unhealthy') };
    expect(others).toContain(decide(input({ text, affinityKey: 'talk', standings })).provider);
  });

  it('means nothing where the registry does not ask for it', () => {
    const plain = group('{strategy: round_robin}');
    expect([0, 1, 2].map((turn) => order({ text: plain, turn, affinityKey: 'talk' }))).toEqual([
      'a b c last',
      'b c a last',
      'c a b last',
    ]);
  });
});
