import { describe, expect, it } from 'vitest';
import type { Standing } from '../../../electron/engine/health/types.ts';
import { decide } from '../../../electron/engine/router/decide.ts';
import { input, standing, withHealth } from '../../support/router-fixtures.ts';
import type { InputSetup } from '../../support/router-fixtures.ts';

function group(loadBalancing: string): string {
  return `
models:
  a: {endpoint: "http://a", priority: 1}
  b: {endpoint: "http://b", priority: 1}
  c: {endpoint: "http://c", priority: 1}
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

  it('counts what was sent since the last scrape', () => {
    const standings = { a: loaded(0, 0, 0), b: loaded(1, 0, 0), c: loaded(9, 0, 0) };
    expect(order({ text, standings, busy: { a: 6 } })).toBe('b a c last');
  });

  it('puts a full KV cache last', () => {
    const standings = { a: loaded(1, 0, 0.97), b: loaded(8, 0, 0.5), c: loaded(9, 0, 0.5) };
    expect(order({ text, standings })).toBe('b c a last');
  });
});
