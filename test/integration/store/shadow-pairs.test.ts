import { describe, expect, it } from 'vitest';
import type { ShadowPair } from '../../../shared/domain/experiments.ts';
import { aPair } from '../../support/experiment-fixtures.ts';
import { createStoreTestClock } from '../../support/store-clock.ts';
import { openTestStore } from '../../support/store-fixtures.ts';

const DAY_MS = 86_400_000;

function withoutId(pair: ShadowPair): Omit<ShadowPair, 'id'> {
  const { id: _id, ...rest } = pair;
  return rest;
}

describe('stored pairs', () => {
  it.each([
    ['a plain one', aPair()],
    ['one with nothing that could be compared', aPair({ length_ratio: null, similarity: null, call_site: null })],
    [
      'one with all that can',
      aPair({ json: { original: true, shadow: false }, tool_calls: 'same_names', streamed: false }),
    ],
    [
      'one that failed',
      aPair({ shadow: { outcome: 'failure', failure_class: 'timeout', message: 'late', first_token_ms: null } }),
    ],
    ['one of unknown price', aPair({ original: { pricing_unknown: true }, shadow: { finish_reason: null } })],
  ])('come back as they went in: %s', async (_name, pair) => {
    const store = await openTestStore();
    const stored = store.writer.addShadowPair(withoutId(pair));
    expect(stored).toEqual({ ...pair, id: 1 });
    expect(await store.reader.shadowPair(1)).toEqual(stored);
    expect(await store.reader.shadowPairs(5, null, null)).toEqual({ pairs: [stored], next_cursor: null });
    expect(await store.reader.shadowPair(2)).toBeNull();
  });

  it('come to figures of their provider and their time alone', async () => {
    const store = await openTestStore();
    for (const at of [100, 200, 300]) store.writer.addShadowPair(withoutId(aPair({ at })));
    store.writer.addShadowPair(withoutId(aPair({ at: 400, shadow: { provider: 'gpt' } })));
    expect(await store.reader.shadowSummary('claude_opus', 200)).toMatchObject({ pairs: 2, compared: 2 });
    expect(await store.reader.shadowSummary('nobody', 0)).toMatchObject({ pairs: 0, compared: 0 });
  });

  it('go with the requests when their time is over', async () => {
    const clock = createStoreTestClock();
    const store = await openTestStore({ clock });
    const now = clock.now();
    store.writer.addShadowPair(withoutId(aPair({ at: now - 10 * DAY_MS })));
    const kept = store.writer.addShadowPair(withoutId(aPair({ at: now - DAY_MS })));
    expect(store.writer.purge(now - 5 * DAY_MS)).toBe(1);
    expect((await store.reader.shadowPairs(5, null, null)).pairs).toEqual([kept]);
  });

  it('keep where the experiment stands over a restart', async () => {
    const first = await openTestStore();
    expect(first.restored.shadow).toBeNull();
    const paused = { operator: 'ada', reason: 'enough', at: 5 };
    first.writer.saveShadowState({ provider: 'claude', model: null, since: 1, paused: null });
    first.writer.saveShadowState({ provider: 'claude', model: 'claude-opus-4-6', since: 2, paused });
    await first.close();
    const second = await openTestStore({ directory: first.directory });
    expect(second.restored.shadow).toEqual({ provider: 'claude', model: 'claude-opus-4-6', since: 2, paused });
  });
});
