import { parseArgs } from 'node:util';
import type { Benchmark } from './types.ts';

/** What the command line asks for. */
export interface Selection {
  benchmarks: Benchmark[];
  json: boolean;
  /** The largest sizes, where a benchmark has more than one. */
  full: boolean;
}

/** Reads `[NAME...] [--json] [--full]`; all benchmarks when none is named. Throws an Error of one sentence for anything else. */
export function selectBenchmarks(args: string[], known: readonly Benchmark[]): Selection {
  const options = { json: { type: 'boolean' }, full: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const names = known.map(({ name }) => name);
  const stranger = positionals.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new Error(`There is no benchmark "${stranger}"; there are ${names.join(', ')}.`);
  }
  const wanted = positionals.length === 0 ? names : positionals;
  return {
    benchmarks: known.filter(({ name }) => wanted.includes(name)),
    json: values.json ?? false,
    full: values.full ?? false,
  };
}
