import { describe, expect, it } from 'vitest';
import { openTestStore } from '../../support/store-fixtures.ts';
import { sampleRequest } from '../../support/store-plain-fixtures.ts';

const START = Date.UTC(2026, 0, 15);
const HOUR = 3_600_000;

const change = { at: START, operator: 'ada', target: 'kimi', reason: 'upgrade', before: null, after: null };

describe('the audit, narrowed', () => {
  it.each([
    ['to nothing in particular', {}, [5, 4, 3, 2, 1]],
    ['by how the action begins', { action: 'override.' }, [5, 2, 1]],
    ['to an action whose name has a wildcard of SQL in it', { action: 'limit.end_' }, [4]],
    ['to an operator', { operator: 'grace' }, [5, 2]],
    ['to a target', { target: 'claude' }, [3]],
    ['to a range, its end left out', { since: START + HOUR, until: START + 3 * HOUR }, [3, 2]],
    ['by several at once', { action: 'override.', operator: 'grace', until: START + 2 * HOUR }, [2]],
    ['to one entry', { id: 4 }, [4]],
    ['to what never was', { operator: 'nobody' }, []],
  ])('%s', async (_, filter, expected) => {
    const store = await openTestStore();
    store.writer.addAudit({ ...change, action: 'override.set' });
    store.writer.addAudit({ ...change, at: START + HOUR, action: 'override.release', operator: 'grace' });
    store.writer.addAudit({ ...change, at: START + 2 * HOUR, action: 'limit.raise', target: 'claude' });
    store.writer.addAudit({ ...change, at: START + 3 * HOUR, action: 'limit.end_raise' });
    store.writer.addAudit({ ...change, at: START + 4 * HOUR, action: 'override.set', operator: 'grace' });
    const { entries } = await store.reader.audit(10, null, filter);
    expect(entries.map(({ id }) => id)).toEqual(expected);
  });

  it('goes on where its page ended', async () => {
    const store = await openTestStore();
    for (let index = 0; index < 6; index += 1)
      store.writer.addAudit({ ...change, at: START + index, action: index % 2 === 0 ? 'override.set' : 'limit.raise' });
    const first = await store.reader.audit(2, null, { action: 'override.' });
    const second = await store.reader.audit(2, first.next_cursor, { action: 'override.' });
    expect([...first.entries, ...second.entries].map(({ at }) => at - START)).toEqual([4, 2, 0]);
    expect(second.next_cursor).toBeNull();
  });
});

describe('what is kept', () => {
  it('is nothing in a new store', async () => {
    const store = await openTestStore();
    expect(await store.reader.storageFacts()).toEqual({ requests: 0, oldestRequestAt: null, auditEntries: 0 });
  });

  it('is counted from the oldest request to the newest', async () => {
    const store = await openTestStore();
    for (let index = 0; index < 3; index += 1)
      await store.writer.record(sampleRequest({ id: `request-${index}`, started_at: START + index * HOUR }));
    store.writer.addAudit({ ...change, action: 'override.set' });
    expect(await store.reader.storageFacts()).toEqual({ requests: 3, oldestRequestAt: START, auditEntries: 1 });
  });
});

describe('the lanes of a range', () => {
  it('are those of the timeline, without its events', async () => {
    const store = await openTestStore();
    store.writer.markAlive(START, START + 4 * HOUR);
    store.writer.addHealthTransition({
      at: START + HOUR,
      provider: 'kimi',
      from_status: 'healthy',
      to_status: 'unhealthy',
      reason: 'refused',
    });
    const range = { since: START, until: START + 4 * HOUR };
    const lanes = await store.reader.healthLanes(range);
    expect(lanes).toEqual((await store.reader.fallbacks(range)).lanes);
    expect(lanes[0]?.spans.map(({ status }) => status)).toEqual(['healthy', 'unhealthy']);
  });
});
