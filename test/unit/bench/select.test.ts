import { describe, expect, it } from 'vitest';
import { selectBenchmarks } from '../../bench/select.ts';
import type { Benchmark } from '../../bench/types.ts';

const KNOWN = ['gateway', 'store'].map((name): Benchmark => ({
  name,
  question: '',
  baseline: '',
  run: async () => [],
}));

function names(args: string[]): string[] {
  return selectBenchmarks(args, KNOWN).benchmarks.map(({ name }) => name);
}

describe('the command line', () => {
  it.each([
    [[], ['gateway', 'store']],
    [['store'], ['store']],
    [
      ['store', 'gateway', 'store'],
      ['gateway', 'store'],
    ],
  ])('%j selects %j', (args, expected) => {
    expect(names(args)).toEqual(expected);
  });

  it('asks for JSON with --json', () => {
    expect(selectBenchmarks(['--json'], KNOWN).json).toBe(true);
    expect(selectBenchmarks([], KNOWN).json).toBe(false);
  });

  it('asks for the largest sizes with --full', () => {
    expect(selectBenchmarks(['store', '--full'], KNOWN).full).toBe(true);
    expect(selectBenchmarks([], KNOWN).full).toBe(false);
  });

  it('names the benchmarks that there are when one is not', () => {
    expect(() => names(['stor'])).toThrow('There is no benchmark "stor"; there are gateway, store.');
  });

  it('knows no other option', () => {
    expect(() => names(['--fast'])).toThrow("Unknown option '--fast'");
  });
});
