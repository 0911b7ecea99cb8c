import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { consoleUnderLoad } from './console.ts';
import { costs } from './costs.ts';
import { costsUnderWrite } from './costs-under-write.ts';
import { decisions } from './decide.ts';
import { gateway } from './gateway.ts';
import { replays } from './replay.ts';
import { allPass, renderJson, renderReport } from './report.ts';
import { selectBenchmarks } from './select.ts';
import type { Selection } from './select.ts';
import { store } from './store.ts';
import { stream } from './stream.ts';
import type { Benchmark, Outcome } from './types.ts';

/**
 * `npm run bench [-- NAME... --json --full]`: each benchmark holds the real code against a baseline measured in the same run.
 * Only the ratio is judged, as it holds from machine to machine where figures do not. Exit 1 when a ratio is over its
 * limit or could not be measured, 2 for a wrong call.
 */
const BENCHMARKS: readonly Benchmark[] = [
  gateway,
  stream,
  decisions,
  store,
  costs,
  costsUnderWrite,
  replays,
  consoleUnderLoad,
];

async function runInDirectory(benchmark: Benchmark, full: boolean): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const startedAt = performance.now();
  const outcome = { benchmark, measures: [], failure: null };
  try {
    const measures = await benchmark.run(directory, full);
    return { ...outcome, measures, tookMs: performance.now() - startedAt };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { ...outcome, failure, tookMs: performance.now() - startedAt };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runAll({ benchmarks, json, full }: Selection): Promise<boolean> {
  const outcomes: Outcome[] = [];
  for (const benchmark of benchmarks) {
    process.stderr.write(`measuring ${benchmark.name}…\n`);
    outcomes.push(await runInDirectory(benchmark, full));
  }
  const machine = { node: process.version, cpus: availableParallelism() };
  console.log(json ? renderJson(outcomes, machine) : renderReport(outcomes));
  return allPass(outcomes);
}

function readSelection(): Selection | null {
  try {
    return selectBenchmarks(process.argv.slice(2), BENCHMARKS);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}

const selection = readSelection();
process.exitCode = selection === null ? 2 : (await runAll(selection)) ? 0 : 1;
