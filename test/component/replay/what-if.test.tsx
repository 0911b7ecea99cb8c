import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { WhatIfView } from '../../../renderer/features/replay/WhatIfView.tsx';
import {
  changeWords,
  outcomeWords,
  providerShifts,
  replayRequest,
  replaySentence,
  sourceOf,
} from '../../../renderer/features/replay/replay-model.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { forgetReplay, startReplay, stopReplay, useReplayRun } from '../../../renderer/state/replay-run.ts';
import { discardDraft, draftValue } from '../../../renderer/state/routing-draft.ts';
import type { ReplayResult, ReplaySide } from '../../../shared/domain/replay.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

function side(provider: string, changes: Partial<ReplaySide> = {}): ReplaySide {
  const latency = { p50: 800, p95: 2000 };
  return {
    served: 100,
    refused_by_budget: 0,
    failed: 0,
    cost_usd: 1,
    pricing_unknown_requests: 0,
    latency_ms: latency,
    first_token_ms: latency,
    providers: [{ provider, requests: 100, share: 1, cost_usd: 1, pricing_unknown_requests: 0, latency_ms: latency }],
    ...changes,
  };
}

const OUTCOME = { model: 'm', tier: null, outcome: 'served' as const, cost_usd: 0, pricing_unknown: false };

function aResult(changes: Partial<ReplayResult> = {}): ReplayResult {
  return {
    since: NOW - 86_400_000,
    until: NOW,
    config_version: 'def',
    requests: 100,
    changed: 25,
    before: side('kimi'),
    after: side('claude', { cost_usd: 3.5, refused_by_budget: 4, served: 96 }),
    moves: [{ from: 'kimi', to: 'claude', requests: 25 }],
    tier_changes: [{ from: 'fast', to: 'balanced', requests: 5 }],
    latency_unknown_requests: 2,
    usage_estimated_requests: 0,
    approximated_requests: 1,
    examples: [
      {
        id: 'req_0123456789abcdef',
        at: NOW,
        requested_model: 'auto',
        call_site: null,
        before: { ...OUTCOME, provider: 'kimi' },
        after: { ...OUTCOME, provider: null, outcome: 'refused_by_budget' },
        reason: 'claude has used its budget',
      },
    ],
    assumptions: ['Health is taken as healthy.'],
    ...changes,
  };
}

beforeEach(() => {
  resetConsole();
  discardDraft();
  forgetReplay();
  loadFixture(consoleFixture('healthy', NOW));
});

const replayButton = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Replay' });

describe('the what-if view', () => {
  it('needs something to try, and says where to get it', () => {
    renderInConsole(<WhatIfView />);
    expect(screen.getByText(/There are no unsaved changes: edit the routing first/)).toBeTruthy();
    expect(replayButton().disabled).toBe(true);
  });

  it('replays the draft and shows the difference with its reasons', async () => {
    draftValue(['routing', 'primary'], 'claude', 2);
    const replay = vi.fn(async () => aResult());
    renderInConsole(<WhatIfView />, { replay });
    fireEvent.click(replayButton());
    expect(await screen.findByText('25 % of 100 requests would go another way')).toBeTruthy();
    expect(replay).toHaveBeenCalledWith({ since: expect.any(String), routing: { routing: { primary: 'claude' } } });
    expect(screen.getByText('+2.50 USD')).toBeTruthy();
    expect(screen.getByText('kimi → claude: 25')).toBeTruthy();
    expect(screen.getByText('fast → balanced: 5')).toBeTruthy();
    expect(screen.getByText('refused by a budget')).toBeTruthy();
    expect(screen.getByText('claude has used its budget')).toBeTruthy();
    expect(screen.getByText('2 requests go where no latency was measured.')).toBeTruthy();
  });

  it('replays a pasted registry', async () => {
    window.history.replaceState(null, '', '/what-if?source=registry');
    const replay = vi.fn(async () => aResult({ changed: 0, moves: [], tier_changes: [], examples: [] }));
    renderInConsole(<WhatIfView />, { replay });
    fireEvent.change(screen.getByLabelText('Registry file'), { target: { value: 'models: {}' } });
    fireEvent.click(replayButton());
    expect(await screen.findByText('Nothing would change')).toBeTruthy();
    expect(replay).toHaveBeenCalledWith({ since: expect.any(String), registry: 'models: {}' });
    expect(screen.getByText('No request changes its provider or tier.')).toBeTruthy();
  });

  it('replays a stored version that the address names, and the file alone', async () => {
    window.history.replaceState(null, '', '/what-if?source=version&version=2&range=24h');
    const replay = vi.fn(async () => aResult());
    const versions = [{ version: 2, at: NOW, operator: 'ana', reason: 'kimi first', restores: null, diff: [] }];
    renderInConsole(<WhatIfView />, { replay, 'routing.history': async () => ({ current: 2, versions }) });
    expect(await screen.findByRole('option', { name: /^Version 2, in effect: kimi first \(ana,/ })).toBeTruthy();
    fireEvent.click(replayButton());
    await waitFor(() => expect(replay).toHaveBeenCalledWith({ since: '24h', version: 2 }));
    await screen.findByText('25 % of 100 requests would go another way');
    fireEvent.change(screen.getByLabelText('Version'), { target: { value: '0' } });
    expect(window.location.search).toContain('version=0');
    expect(screen.getByText('These figures are of what was asked before.')).toBeTruthy();
    fireEvent.click(replayButton());
    await waitFor(() => expect(replay).toHaveBeenCalledWith({ since: '24h', version: 0 }));
  });

  it('says that the versions could not be read', async () => {
    window.history.replaceState(null, '', '/what-if?source=version');
    const history = async () => {
      throw new Error('The gateway does not answer.');
    };
    renderInConsole(<WhatIfView />, { 'routing.history': history });
    expect(await screen.findByText('The versions could not be read: The gateway does not answer.')).toBeTruthy();
  });

  it('says how long it runs, goes on under another view, and stops on a press', async () => {
    draftValue(['routing', 'primary'], 'claude', 2);
    const view = renderInConsole(<WhatIfView />, { replay: () => new Promise(() => {}) });
    fireEvent.click(replayButton());
    expect((await screen.findByRole('status')).textContent).toContain('Replaying for');
    view.unmount();
    renderInConsole(<WhatIfView />);
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(replayButton().disabled).toBe(false);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('cannot be asked over a lost connection', () => {
    draftValue(['routing', 'primary'], 'claude', 2);
    act(() => useConnection.setState({ phase: 'lost' }));
    renderInConsole(<WhatIfView />);
    expect(replayButton().disabled).toBe(true);
  });

  it('says what does not hold', async () => {
    draftValue(['routing', 'primary'], 'nobody', 2);
    renderInConsole(<WhatIfView />, {
      replay: async () => {
        throw new Error('The configuration to try does not hold: routing.primary names no provider.');
      },
    });
    fireEvent.click(replayButton());
    expect(await screen.findByText(/does not hold: routing.primary names no provider/)).toBeTruthy();
  });

  it('says when nothing was recorded', async () => {
    draftValue(['routing', 'primary'], 'claude', 2);
    renderInConsole(<WhatIfView />, { replay: async () => aResult({ requests: 0 }) });
    fireEvent.click(replayButton());
    expect(await screen.findByText('No request was recorded in this range.')).toBeTruthy();
  });
});

describe('a run', () => {
  it('is left when another is asked, and its late answer is dropped', async () => {
    const answers: ((result: ReplayResult) => void)[] = [];
    const signals: (AbortSignal | undefined)[] = [];
    const replay: Parameters<typeof startReplay>[0] = async (_request, options) => {
      signals.push(options?.signal);
      return await new Promise((resolve) => answers.push(resolve));
    };
    const first = startReplay(replay, { since: '1h' });
    const second = startReplay(replay, { since: '24h' });
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
    answers[1]?.(aResult({ requests: 2 }));
    answers[0]?.(aResult({ requests: 1 }));
    await Promise.all([first, second]);
    expect(useReplayRun.getState()).toMatchObject({
      answered: { since: '24h' },
      result: { requests: 2 },
      runningSince: null,
    });
  });

  it('that is stopped leaves the last answer and no problem', async () => {
    await startReplay(async () => aResult({ requests: 7 }), { since: '1h' });
    const stopped = startReplay(
      async (_request, options) =>
        await new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
      { since: '24h' },
    );
    stopReplay();
    await stopped;
    expect(useReplayRun.getState()).toMatchObject({ result: { requests: 7 }, problem: null, runningSince: null });
  });
});

describe('what is asked', () => {
  const form = { span: { since: '1h' }, changes: {}, version: null, registry: '' };

  it.each([
    ['draft', { changes: { routing: { primary: 'a' } } }, { since: '1h', routing: { routing: { primary: 'a' } } }],
    ['version', {}, { since: '1h', version: 0 }],
    ['version', { version: '3' }, { since: '1h', version: 3 }],
    ['registry', { registry: 'models: {}' }, { since: '1h', registry: 'models: {}' }],
  ] as const)('of %s and %j', (source, changes, request) => {
    expect(replayRequest(source, { ...form, ...changes })).toEqual({ ok: true, request });
  });

  it.each([
    ['draft', {}, 'no unsaved changes'],
    ['version', { version: 'x' }, 'no version "x"'],
    ['version', { version: '-1' }, 'no version "-1"'],
    ['registry', { registry: '  ' }, 'Paste a registry'],
  ] as const)('is not of %s and %j', (source, changes, missing) => {
    expect(replayRequest(source, { ...form, ...changes })).toEqual({
      ok: false,
      missing: expect.stringContaining(missing),
    });
  });

  it('is the draft where the address says nothing known', () => {
    expect([null, 'x', 'version'].map(sourceOf)).toEqual(['draft', 'draft', 'version']);
  });
});

describe('the difference in words', () => {
  it('pairs providers of both sides, the largest first', () => {
    const { before, after } = aResult();
    const small = { ...side('kimi').providers[0], provider: 'grok', share: 0.1 } as ReplaySide['providers'][number];
    const shifts = providerShifts({ before: { ...before, providers: [small, ...before.providers] }, after });
    expect(shifts.map(({ provider, before: was, after: is }) => [provider, was?.share, is?.share])).toEqual([
      ['kimi', 1, undefined],
      ['claude', undefined, 1],
      ['grok', 0.1, undefined],
    ]);
  });

  it.each([
    [1, 1, 'no change'],
    [1, 3, '+2'],
    [3, 1, '−2'],
  ])('from %d to %d is %s', (before, after, words) => {
    expect(changeWords(before, after, String)).toBe(words);
  });

  it('says who served or why nobody did', () => {
    const label = (name: string) => name.toUpperCase();
    expect(outcomeWords({ ...OUTCOME, provider: 'kimi' }, label)).toBe('KIMI');
    expect(outcomeWords({ ...OUTCOME, provider: null, outcome: 'failed' }, label)).toBe('not served');
  });

  it('is one sentence', () => {
    expect(replaySentence(aResult())).toBe(
      '25 % of 100 requests would go another way, cost +2.50 USD, +4 refused by a budget',
    );
    expect(replaySentence(aResult({ changed: 0 }))).toBe('None of 100 requests would go another way.');
    expect(replaySentence(aResult({ requests: 0 }))).toBe('No request was recorded in this range.');
  });
});
