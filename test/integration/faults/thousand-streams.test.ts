import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../support/engine-fixture.ts';
import { asked, chats, SIXTY, SIXTY_TEXT, startStage, strike } from '../../support/faults-stage.ts';
import type { Stage } from '../../support/faults-stage.ts';
import { createStreamClient } from '../../support/faults-streams.ts';
import type { StreamClient, StreamEnd } from '../../support/faults-streams.ts';

const STREAMS = 1000;
/** A stream that has not ended by then, in milliseconds after the kill, counts as hung. */
const PATIENCE_MS = 60_000;

let stage: Stage;
let client: StreamClient;

afterEach(async () => {
  await client.close();
  await stage.stop();
});

type Fate = 'whole' | 'truncated' | 'failed' | 'hung';

function fateOf(end: StreamEnd | null): Fate {
  if (end === null) return 'hung';
  if (end.error !== null) return 'failed';
  return end.finish !== null && end.text === SIXTY_TEXT ? 'whole' : 'truncated';
}

async function recordedRequests(): Promise<{ status: string; resumed: boolean }[]> {
  const first = await stage.engine.api.listRequests({ limit: 500 });
  const second = await stage.engine.api.listRequests({ limit: 500, cursor: first.next_cursor ?? '' });
  return [...first.requests, ...second.requests];
}

it(
  `${STREAMS} concurrent streams outlive a primary that is killed at every stage of their answers`,
  { timeout: 120_000 },
  async () => {
    stage = await startStage({
      routing: 'stream_failover: resume',
      limits: 'timeouts: { first_token_ms: 600000, idle_ms: 600000 }',
    });
    client = createStreamClient(stage.engine.gatewayUrl);
    // Each answer stands still somewhere between nothing and all but its end, so that the kill finds every stage.
    strike(
      stage.primary,
      { kind: 'stall', after_tokens: 0, probability: 0.1 },
      { kind: 'stall', after_tokens: 1, probability: 0.15 },
      { kind: 'stall', after_tokens: 20, probability: 0.4 },
      { kind: 'stall', after_tokens: 40, probability: 0.7 },
      { kind: 'stall', after_tokens: 60 },
    );
    const streams = Array.from({ length: STREAMS }, (_, index) =>
      client.read(index % 2 === 0 ? 'openai' : 'anthropic', SIXTY),
    );
    await eventually(() => chats(stage.primary).filter(({ outcome }) => outcome === 'unanswered').length === STREAMS);
    await stage.primary.crash();

    const patience = new AbortController();
    const late = new Promise<null>((resolve) => {
      const timer = setTimeout(() => resolve(null), PATIENCE_MS);
      patience.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const ends = await Promise.all(streams.map((stream) => Promise.race([stream, late])));
    patience.abort();

    const counts: Record<Fate, number> = { whole: 0, truncated: 0, failed: 0, hung: 0 };
    for (const end of ends) counts[fateOf(end)] += 1;
    const rows = await recordedRequests();
    const resumed = rows.filter((row) => row.resumed).length;
    process.stdout.write(
      `${STREAMS} streams, primary killed midway: ${counts.whole} whole, ${counts.truncated} truncated, ` +
        `${counts.failed} failed, ${counts.hung} hung; ${resumed} of them continued by the fallback\n`,
    );
    expect(counts).toEqual({ whole: STREAMS, truncated: 0, failed: 0, hung: 0 });
    expect(rows.filter(({ status }) => status === 'success')).toHaveLength(STREAMS);
    expect(resumed).toBeGreaterThan(STREAMS / 2);
    expect(asked(stage.fallback)).toBe(STREAMS);
  },
);
