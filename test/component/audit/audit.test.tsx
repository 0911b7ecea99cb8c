import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actionWords, auditDiff, diffSummary } from '../../../renderer/features/audit/audit-diff.ts';
import { auditToCsv, auditToJson } from '../../../renderer/features/audit/audit-export.ts';
import { changeSearch } from '../../../renderer/app/router.tsx';
import { AuditView } from '../../../renderer/features/audit/AuditView.tsx';
import type { AuditEntry, AuditPage, AuditVerification } from '../../../shared/domain/operations.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

beforeEach(resetConsole);
afterEach(resetConsole);

const NOW = Date.UTC(2026, 10, 20, 12);

function anEntry(id: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id,
    at: NOW + id,
    operator: 'ada',
    action: 'limit.raise',
    target: 'claude_opus requests_per_day',
    reason: 'launch day',
    before: { limit_value: 1000, raise: null },
    after: { limit_value: 1500, raise: { by: 'ada' } },
    ...changes,
  };
}

function show(
  audit: (query: unknown) => Promise<AuditPage>,
  address = '/audit',
  verify: () => Promise<AuditVerification> = async () => INTACT,
) {
  loadFixture(consoleFixture('healthy', Date.now()));
  window.history.replaceState(null, '', address);
  renderInConsole(<AuditView />, { audit: (query) => audit(query), 'auditChain.verify': verify });
}

const HASH = 'c0ffee'.repeat(10) + 'abcd';
const INTACT: AuditVerification = {
  ok: true,
  entries: 1234,
  last: { id: 1234, hash: HASH },
  broken: null,
  elapsed_ms: 9,
};

const pageOf = (...entries: AuditEntry[]) => ({ entries, next_cursor: null });

describe('the audit', () => {
  it('lists who changed what, and why', async () => {
    show(async () =>
      pageOf(anEntry(2), anEntry(1, { operator: 'grace', action: 'override.set', target: 'claude_opus' })),
    );
    const rows = within(await screen.findByRole('table', { name: 'Changes' })).getAllByRole('row');
    expect(rows[1]?.textContent).toContain('ada');
    expect(rows[2]?.textContent).toContain('override set');
    expect(rows[2]?.textContent).toContain('Claude Opus');
  });

  it('asks for what the address narrows it to, and changes the address', async () => {
    const audit = vi.fn(async (_query: unknown) => pageOf(anEntry(1)));
    show(audit, '/audit?range=24h&operator=ada&action=limit.');
    await screen.findByRole('table', { name: 'Changes' });
    expect(audit.mock.calls[0]?.[0]).toMatchObject({ operator: 'ada', action: 'limit.', since: '24h', limit: 100 });
    fireEvent.change(screen.getByLabelText('Kind'), { target: { value: 'override.' } });
    expect(window.location.search).toBe('?range=24h&operator=ada&action=override.');
    await waitFor(() => expect(audit.mock.lastCall?.[0]).toMatchObject({ action: 'override.' }));
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(window.location.search).toBe('?range=24h');
  });

  it('fetches older entries by the cursor that it was given', async () => {
    const audit = vi.fn(async (query: unknown) =>
      (query as { cursor?: string }).cursor === 'older'
        ? pageOf(anEntry(1))
        : { entries: [anEntry(2)], next_cursor: 'older' },
    );
    show(audit);
    fireEvent.click(await screen.findByRole('button', { name: 'Show older changes' }));
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(3));
    expect(screen.queryByRole('button', { name: 'Show older changes' })).toBeNull();
  });

  it('opens an entry with its values before and after, from the address too', async () => {
    show(async () => pageOf(anEntry(7)), '/audit?entry=7');
    const dialog = await screen.findByRole('dialog', { name: 'limit raise: claude_opus requests_per_day' });
    expect(within(dialog).getByText('3 of 3 values changed')).toBeTruthy();
    expect(within(dialog).getByText('1000').tagName).toBe('DEL');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect(window.location.search).toBe('');
  });

  it('opens an entry that is on no page yet, and says when there is none of that number', async () => {
    const audit = async (query: unknown) =>
      (query as { id?: number }).id === 7
        ? pageOf(anEntry(7))
        : (query as { id?: number }).id
          ? pageOf()
          : pageOf(anEntry(900));
    show(audit, '/audit?entry=7');
    const dialog = await screen.findByRole('dialog', { name: 'limit raise: claude_opus requests_per_day' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    act(() => changeSearch({ entry: '8' }, { replace: true }));
    expect(await screen.findByRole('dialog', { name: 'There is no such entry' })).toBeTruthy();
    act(() => changeSearch({ entry: 'all of them' }, { replace: true }));
    expect(await screen.findByText(/no entry all of them/)).toBeTruthy();
  });

  it('exports every entry of the range, those that were not shown yet too', async () => {
    const files: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      files.push(blob as Blob);
      return 'blob:file';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    show(async (query) => {
      const cursor = Number((query as { cursor?: string }).cursor ?? 3);
      return { entries: [anEntry(cursor)], next_cursor: cursor > 1 ? String(cursor - 1) : null };
    });
    await screen.findByRole('table', { name: 'Changes' });
    fireEvent.keyDown(screen.getByRole('button', { name: 'Export' }), { key: 'Enter' });
    fireEvent.click(await screen.findByRole('menuitem', { name: /JSON/ }));
    await waitFor(() => expect(files).toHaveLength(1));
    const written = JSON.parse((await files[0]?.text()) ?? '') as { id: number }[];
    expect(written.map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  it.each([
    ['intact', INTACT, 'All 1,234 entries are as they were written.'],
    [
      'broken',
      { ...INTACT, ok: false, entries: 41, broken: { id: 42, reason: 'entry 42 was changed after it was written' } },
      '41 entries hold, then: entry 42 was changed after it was written',
    ],
  ])('tells a chain that is %s when it is asked to verify it', async (word, verification, words) => {
    show(
      async () => pageOf(anEntry(1)),
      '/audit',
      async () => verification,
    );
    expect(await screen.findByText('Not checked since this view was opened.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Verify the chain' }));
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByText(word)).toBeTruthy();
  });

  it('says why a chain could not be verified', async () => {
    show(
      async () => pageOf(),
      '/audit',
      async () => {
        throw new Error('The reader is busy.');
      },
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Verify the chain' }));
    expect(await screen.findByText('The chain could not be checked: The reader is busy.')).toBeTruthy();
  });

  it.each([
    ['/audit?range=1h', 'Nothing was changed in the last 1 h'],
    ['/audit?range=1h&operator=ada', 'Nothing like that was changed in the last 1 h'],
  ])('says of %s: %s', async (address, words) => {
    show(async () => pageOf(), address);
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Export' })).toHaveProperty('disabled', true);
  });

  it('says why it failed and tries again', async () => {
    let answer = async (): Promise<AuditPage> => {
      throw new Error('The reader is busy.');
    };
    show(() => answer());
    expect((await screen.findByRole('alert')).textContent).toContain('The reader is busy.');
    answer = async () => pageOf(anEntry(1));
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('table', { name: 'Changes' })).toBeTruthy();
  });
});

describe('the difference of an entry', () => {
  it('tells value by value what changed, came and went, in the order in which they stand', () => {
    const before = { scope: 'all', limits: { usd: 5, gone: true }, chain: ['a', 'b'] };
    const after = { scope: 'all', limits: { usd: 9 }, chain: ['b', 'a'], new: null };
    expect(auditDiff({ before, after })).toEqual([
      { path: 'scope', before: 'all', after: 'all', changed: false },
      { path: 'limits.usd', before: '5', after: '9', changed: true },
      { path: 'limits.gone', before: 'true', after: null, changed: true },
      { path: 'chain', before: '["a","b"]', after: '["b","a"]', changed: true },
      { path: 'new', before: null, after: 'null', changed: true },
    ]);
  });

  it('writes moments as people read them', () => {
    const [line] = auditDiff({ before: null, after: { expires_at: NOW } });
    expect(line?.after).toContain('20 Nov 2026');
  });

  it.each([
    ['nothing', { before: null, after: null }, ''],
    ['a plain value', { before: 'abc', after: 'def' }, 'abc → def'],
    ['one value', { before: { a: 1, b: 2 }, after: { a: 1, b: 3 } }, 'b 2 → 3'],
    ['what came', { before: null, after: { b: 3 } }, 'b nothing → 3'],
    ['several', { before: { a: 1, b: 2 }, after: { a: 2, b: 3 } }, 'a, b'],
  ])('in a line, of %s', (_, entry, expected) => {
    expect(diffSummary(entry)).toBe(expected);
  });

  it('is nothing between a value and itself, and loses none', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.integer({ max: 999 })), (value) => {
        const lines = auditDiff({ before: value, after: value });
        expect(lines.filter(({ changed }) => changed)).toEqual([]);
        expect(lines).toHaveLength(Object.keys(value).length === 0 ? 1 : Object.keys(value).length);
      }),
    );
  });

  it('names actions in words', () => {
    expect(actionWords('limit.end_raise')).toBe('limit end raise');
  });
});

describe('the export', () => {
  it('has every field, values as JSON and times in UTC', () => {
    const csv = auditToCsv([anEntry(1, { reason: 'a, "b"', before: null })]);
    const [head, row] = csv.split('\r\n');
    expect(head).toBe('id,at,operator,action,target,reason,before,after');
    expect(row).toContain('1,2026-11-20T12:00:00.001Z,ada,limit.raise');
    expect(row).toContain('"a, ""b""",,"{""limit_value"":1500');
    expect(JSON.parse(auditToJson([anEntry(1)]))).toMatchObject([{ id: 1, at: '2026-11-20T12:00:00.001Z' }]);
  });
});
