import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let directory: string;

beforeEach(async () => {
  pair = await startPair();
  directory = mkdtempSync(join(tmpdir(), 'switchyard-restart-'));
});

afterEach(async () => {
  await pair.stop();
});

async function start(): Promise<TestEngine> {
  const quick =
    '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }\n    breaker: { open_seconds: 0.3, ramp_seconds: 0.1 }';
  return await startTestEngine(pair.registry({ kimi: quick, claude: quick }), {
    environment: pair.environment,
    dataDirectory: directory,
  });
}

const episodesOf = async (engine: TestEngine) => (await engine.api.fallbacks({ since: '1h' })).episodes;
const verdictIs = (engine: TestEngine, verdict: string) => eventually(() => engine.api.status().verdict === verdict);

it('an episode that a restart falls into goes on, and ends when the primary is seen well', async () => {
  const first = await start();
  await pair.kimi.crash();
  await verdictIs(first, 'fallback');
  const [before] = await eventually(async () => {
    const episodes = await episodesOf(first);
    return episodes.length > 0 ? episodes : null;
  });
  await first.stop({ keepData: true });

  const second = await start();
  await verdictIs(second, 'fallback');
  expect(second.api.status().verdict_since).toBe(before?.started_at);
  expect(await episodesOf(second)).toMatchObject([{ id: before?.id, started_at: before?.started_at, ended_at: null }]);
  await pair.kimi.restart();
  await verdictIs(second, 'primary');
  await eventually(async () => (await episodesOf(second)).every(({ ended_at: ended }) => ended !== null));
  expect(await episodesOf(second)).toHaveLength(1);
  await second.stop();
});
