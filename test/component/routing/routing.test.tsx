import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AskDecision } from '../../../renderer/features/routing/AskDecision.tsx';
import { RoutingView } from '../../../renderer/features/routing/RoutingView.tsx';
import {
  editorOf,
  moved,
  readDraftText,
  settingGroups,
  settingLabel,
  valueWords,
} from '../../../renderer/features/routing/routing-model.ts';
import { forgetReplay } from '../../../renderer/state/replay-run.ts';
import { discardDraft, draftValue, useRoutingDraft } from '../../../renderer/state/routing-draft.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import type { RoutingState } from '../../../shared/domain/routing.ts';
import type { FakeCalls } from '../../support/console-client.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

const EFFECTIVE = {
  routing: { primary: 'kimi', fallback_chain: ['kimi', 'claude'], stream_failover: 'resume' },
  policy: {
    call_sites: { 'chat.v2': { env: 'CGX_FRONTEND_MODEL_NAME', model: 'claude-haiku-4-5', objective: 'latency' } },
    restrict_models: true,
    denied_models: ['claude-opus-*'],
  },
  tiers: { thresholds: { fast_below: 3 }, weights: { agent: 0.6 } },
};

function setting(path: string, value: RoutingState['settings'][number]['value'], changes = {}) {
  return { path, value, file_value: value, source: 'file' as const, env: null, ...changes };
}

function aState(changes: Partial<RoutingState> = {}): RoutingState {
  return {
    version: 2,
    config_version: 'abc',
    path: '/etc/switchyard.yaml',
    set_aside: null,
    settings: [
      setting('routing.primary', 'kimi', { source: 'stored', file_value: 'claude' }),
      setting('routing.fallback_chain', ['kimi', 'claude']),
      setting('routing.stream_failover', 'resume', { source: 'default', file_value: null }),
      setting('policy.call_sites.chat.v2.env', 'CGX_FRONTEND_MODEL_NAME'),
      setting('policy.call_sites.chat.v2.model', 'claude-haiku-4-5', {
        source: 'environment',
        env: 'CGX_FRONTEND_MODEL_NAME',
      }),
      setting('policy.call_sites.chat.v2.objective', 'latency'),
      setting('policy.restrict_models', true),
      setting('policy.denied_models', ['claude-opus-*']),
      setting('tiers.thresholds.fast_below', 3),
      setting('tiers.weights.agent', 0.6),
    ],
    stored: { routing: { primary: 'kimi' } },
    effective: EFFECTIVE,
    providers: ['kimi', 'claude', 'grok'],
    retired_tiers: [
      { tier: 'powerful', provider: 'claude', model: 'claude-3-5', retired: '2025-10', replacement: 'claude-opus-4-5' },
    ],
    retired_models: [
      {
        setting: 'tiers.powerful.model',
        model: 'claude-3-5',
        retired: '2025-10',
        replacement: 'claude-opus-4-5',
        redirected: null,
      },
      {
        setting: 'CGX_FRONTEND_MODEL_NAME',
        model: 'grok-3',
        retired: '2026-05-15',
        replacement: 'grok-4.3',
        redirected: 'grok-4.3',
      },
    ],
    restricted: {
      since: NOW - 1000,
      requests: 3,
      models: [{ model: 'claude-opus-4', replaced_by: 'haiku', requests: 3 }],
    },
    ...changes,
  };
}

const VERSION = {
  version: 1,
  at: NOW - 3_600_000,
  operator: 'ana',
  reason: 'kimi first',
  restores: null,
  diff: [
    {
      path: 'routing.primary',
      before: 'claude',
      after: 'kimi',
      before_source: 'file' as const,
      after_source: 'stored' as const,
    },
  ],
};

const calls = (changes: FakeCalls = {}): FakeCalls => ({
  'routing.get': async () => aState(),
  'routing.check': async () => ({ problems: [], diff: [] }),
  'routing.history': async () => ({ current: 2, versions: [{ ...VERSION, version: 2 }, VERSION] }),
  ...changes,
});

beforeEach(() => {
  resetConsole();
  discardDraft();
  forgetReplay();
  loadFixture(consoleFixture('healthy', NOW));
});

describe('the settings', () => {
  it('stand in groups, and names with dots keep their keys', () => {
    const groups = settingGroups(aState());
    expect(groups.map(({ id, settings }) => [id, settings.length])).toEqual([
      ['chain', 3],
      ['tiers', 1],
      ['sites', 3],
      ['restrictions', 2],
      ['formula', 1],
    ]);
    const model = groups[2]?.settings[1];
    expect(model?.keys).toEqual(['policy', 'call_sites', 'chat.v2', 'model']);
    expect(settingLabel(model?.keys ?? [])).toBe('chat.v2 › model');
  });

  it.each([
    [['routing', 'primary'], 'kimi', 'provider'],
    [['routing', 'fallback_chain'], ['kimi'], 'order'],
    [['policy', 'denied_models'], ['a'], 'list'],
    [['policy', 'restrict_models'], true, 'switch'],
    [['tiers', 'weights', 'agent'], 0.6, 'number'],
    [['routing', 'stream_failover'], 'resume', 'choice'],
    [['policy', 'default_model'], 'claude', 'model'],
    [['tiers', 'fast', 'model'], 'claude', 'model'],
    [['policy', 'call_sites', 'x', 'env'], 'KEY', 'text'],
    [['policy', 'call_sites', 'x', 'limits'], [{ a: 1 }], 'json'],
  ] as const)('%j is edited as it is', (keys, value, kind) => {
    expect(editorOf({ keys, value: value as never })).toBe(kind);
  });

  it('read as a person would write them', () => {
    expect([null, true, [], ['a', 'b'], 'x', { a: 1 }].map(valueWords)).toEqual([
      'not set',
      'on',
      'none',
      'a, b',
      'x',
      '{"a":1}',
    ]);
  });

  it('move within a list and never out of it', () => {
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
  });
});

describe('the draft', () => {
  it('is a merge patch that forgets what is taken back', () => {
    draftValue(['tiers', 'weights', 'agent'], 0.7, 2);
    draftValue(['routing', 'primary'], null, 2);
    expect(useRoutingDraft.getState()).toMatchObject({
      changes: { tiers: { weights: { agent: 0.7 } }, routing: { primary: null } },
      version: 2,
    });
    draftValue(['tiers', 'weights', 'agent'], undefined, 3);
    expect(useRoutingDraft.getState()).toMatchObject({ changes: { routing: { primary: null } }, version: 2 });
    draftValue(['routing', 'primary'], undefined, 3);
    expect(useRoutingDraft.getState()).toMatchObject({ changes: {}, version: null });
  });

  it('outlasts the page, and keeps no window from closing', async () => {
    draftValue(['routing', 'primary'], 'grok', 2);
    const closing = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(closing);
    expect(closing.defaultPrevented).toBe(false);
    const kept = window.localStorage.getItem('switchyard-routing-draft') ?? '';
    useRoutingDraft.setState({ changes: {}, version: null });
    window.localStorage.setItem('switchyard-routing-draft', kept);
    await useRoutingDraft.persist.rehydrate();
    expect(useRoutingDraft.getState()).toMatchObject({ changes: { routing: { primary: 'grok' } }, version: 2 });
    discardDraft();
    await useRoutingDraft.persist.rehydrate();
    expect(useRoutingDraft.getState().changes).toEqual({});
  });

  it('is read from JSON, and says what is wrong with it', () => {
    expect(readDraftText('{"tiers":{}}')).toEqual({ changes: { tiers: {} } });
    expect(readDraftText('  ')).toEqual({ changes: {} });
    expect(readDraftText('[]')).toEqual({ problem: expect.stringContaining('Write a JSON object') });
    expect(readDraftText('{')).toEqual({ problem: expect.stringContaining('This is no JSON') });
  });
});

describe('the routing view', () => {
  it('shows what holds, where from, and what the file says beside it', async () => {
    renderInConsole(<RoutingView />, calls());
    expect(await screen.findByText('stored in the console; the file says claude')).toBeTruthy();
    expect(screen.getByText(/the primary is asked first wherever it stands/)).toBeTruthy();
    expect(screen.getByLabelText<HTMLSelectElement>('primary').value).toBe('kimi');
    fireEvent.click(screen.getByRole('radio', { name: 'Call sites' }));
    expect(await screen.findByText('from the environment (CGX_FRONTEND_MODEL_NAME)')).toBeTruthy();
    expect(window.location.search).toBe('?section=sites');
  });

  it('flags every place that names a retired model, and counts what was restricted', async () => {
    renderInConsole(<RoutingView />, calls());
    expect(await screen.findByText('2 settings name models that their vendors retired')).toBeTruthy();
    const [tier, environment] = within(screen.getByRole('list', { name: 'Retired models' })).getAllByRole('listitem');
    expect(tier?.textContent).toBe(
      'tiers.powerful.model names claude-3-5, retired 2025-10: requests for it fail. A successor is claude-opus-4-5.',
    );
    expect(environment?.textContent).toContain('grok-4.3 answers instead, at its own price');
    fireEvent.click(screen.getByRole('radio', { name: 'Restrictions' }));
    expect(await screen.findByText(/claude-opus-4 → haiku \(3\)/)).toBeTruthy();
  });

  it('edits by form, checks with the engine, and saves with who and why', async () => {
    const check = vi.fn(async () => ({ problems: [], diff: VERSION.diff }));
    const change = vi.fn(async () => aState({ version: 3 }));
    renderInConsole(<RoutingView />, calls({ 'routing.check': check, 'routing.change': change }));
    fireEvent.change(await screen.findByLabelText('primary'), { target: { value: 'grok' } });
    const draft = await screen.findByRole('region', { name: 'Unsaved changes' });
    await waitFor(() => expect(check).toHaveBeenCalledWith({ changes: { routing: { primary: 'grok' } } }));
    const save = await within(draft).findByRole<HTMLButtonElement>('button', { name: 'Save…' });
    await waitFor(() => expect(save.disabled).toBe(false));
    fireEvent.click(save);
    const dialog = screen.getByRole('dialog', { name: 'Save the routing' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(within(dialog).getByText('Say why, in three letters or more: it stands in the audit.')).toBeTruthy();
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'grok is faster' } });
    fireEvent.change(within(dialog).getByLabelText('Operator'), { target: { value: 'ana' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(change).toHaveBeenCalledWith({
        changes: { routing: { primary: 'grok' } },
        expected_version: 2,
        operator: 'ana',
        reason: 'grok is faster',
      }),
    );
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Unsaved changes' })).toBeNull());
  });

  it('orders the chain by button and by key', async () => {
    renderInConsole(<RoutingView />, calls());
    fireEvent.click(await screen.findByRole('button', { name: 'Move claude up' }));
    expect(useRoutingDraft.getState().changes).toEqual({ routing: { fallback_chain: ['claude', 'kimi'] } });
    fireEvent.click(screen.getByRole('button', { name: 'Add grok' }));
    expect(useRoutingDraft.getState().changes).toEqual({ routing: { fallback_chain: ['claude', 'kimi', 'grok'] } });
    fireEvent.keyDown(screen.getByRole('button', { name: 'Move grok up' }), { key: 'ArrowUp', altKey: true });
    expect(useRoutingDraft.getState().changes).toEqual({ routing: { fallback_chain: ['claude', 'grok', 'kimi'] } });
  });

  it('does not save what the engine refuses, and says why', async () => {
    const problems = [{ path: 'tiers.thresholds', message: 'fast_below is above balanced_up_to' }];
    draftValue(['tiers', 'thresholds', 'fast_below'], 9, 2);
    renderInConsole(<RoutingView />, calls({ 'routing.check': async () => ({ problems, diff: [] }) }));
    expect(await screen.findByText('fast_below is above balanced_up_to')).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Save…' }).disabled).toBe(true);
  });

  it('previews the draft on the last day, and leads to the whole answer', async () => {
    draftValue(['routing', 'primary'], 'grok', 2);
    const replay = vi.fn(async () => ({
      requests: 100,
      changed: 25,
      before: { cost_usd: 1, refused_by_budget: 0, providers: [{ provider: 'kimi', share: 1 }] },
      after: { cost_usd: 3.5, refused_by_budget: 0, providers: [{ provider: 'claude', share: 1 }] },
    }));
    renderInConsole(<RoutingView />, calls({ replay }));
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Preview on the last 24 h' });
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
    expect(await screen.findByText('25 % of 100 requests would go another way, cost +2.50 USD')).toBeTruthy();
    expect(replay).toHaveBeenCalledWith({ since: '24h', routing: { routing: { primary: 'grok' } } });
    const link = screen.getByRole<HTMLAnchorElement>('link', { name: 'Open in What if' });
    expect(link.getAttribute('href')).toBe('/what-if?source=draft&range=24h');
    // Another draft is another question.
    act(() => draftValue(['routing', 'primary'], 'claude', 2));
    expect(screen.queryByText(/would go another way/)).toBeNull();
  });

  it('says why the preview failed', async () => {
    draftValue(['routing', 'primary'], 'grok', 2);
    const replay = async () => {
      throw new Error('Another replay is running: try again when it has ended.');
    };
    renderInConsole(<RoutingView />, calls({ replay }));
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Preview on the last 24 h' });
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
    expect(await screen.findByText(/Another replay is running/)).toBeTruthy();
  });

  it('opens the section and the version that the address names', async () => {
    window.history.replaceState(null, '', '/routing?section=formula&version=1');
    renderInConsole(<RoutingView />, calls());
    expect(await screen.findByText('routing.primary')).toBeTruthy();
    expect(screen.getByRole('button', { name: /^Version 1/ }).getAttribute('aria-expanded')).toBe('true');
    expect(screen.getByRole('radio', { name: 'Complexity formula' }).getAttribute('aria-checked')).toBe('true');
  });

  it('warns when somebody saved meanwhile, and carries the changes over', async () => {
    draftValue(['routing', 'primary'], 'grok', 1);
    renderInConsole(<RoutingView />, calls());
    fireEvent.click(await screen.findByRole('button', { name: 'Put them on version 2' }));
    expect(useRoutingDraft.getState()).toMatchObject({ version: 2, changes: { routing: { primary: 'grok' } } });
  });

  it('lists versions with their difference, and rolls back in one dialog', async () => {
    const rollback = vi.fn(async () => aState({ version: 3 }));
    renderInConsole(<RoutingView />, calls({ 'routing.rollback': rollback }));
    fireEvent.click(await screen.findByRole('button', { name: /^Version 1/ }));
    expect(screen.getByText('routing.primary')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Roll back to 1' }));
    const dialog = screen.getByRole('dialog', { name: 'Roll back to version 1' });
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'was better' } });
    fireEvent.change(within(dialog).getByLabelText('Operator'), { target: { value: 'ana' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Roll back' }));
    await waitFor(() =>
      expect(rollback).toHaveBeenCalledWith({ version: 1, expected_version: 2, operator: 'ana', reason: 'was better' }),
    );
  });

  it('cannot save over a lost connection', async () => {
    draftValue(['routing', 'primary'], 'grok', 2);
    useConnection.setState({ phase: 'lost' });
    renderInConsole(<RoutingView />, calls());
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Save…' })).disabled).toBe(true);
  });

  it('says why it could not be loaded', async () => {
    const get = async () => {
      throw new Error('The gateway does not answer.');
    };
    renderInConsole(<RoutingView />, calls({ 'routing.get': get }));
    expect(await screen.findByText('The gateway does not answer.')).toBeTruthy();
  });

  it('says what is stored and not in effect', async () => {
    const state = aState({ set_aside: 'routing.primary names no provider' });
    renderInConsole(<RoutingView />, calls({ 'routing.get': async () => state }));
    expect(await screen.findByText(/stored but not in effect: routing.primary names no provider/)).toBeTruthy();
  });
});

describe('asking for a decision', () => {
  const decision = {
    rule: 'tier',
    reason: 'tier balanced: complexity 5.0',
    requested_model: 'auto',
    tier: 'balanced',
    complexity: 5,
    call_site: null,
    task_type: null,
    provider: 'kimi',
    model: 'k2',
    candidates: [{ provider: 'kimi', model: 'k2', eligible: true, code: 'ok', reason: 'healthy' }],
    warnings: ['the input data_size was estimated'],
  };

  it('shows every candidate with its reason', async () => {
    const route = vi.fn(async () => decision);
    renderInConsole(<AskDecision />, { route });
    fireEvent.change(screen.getByLabelText('Task'), { target: { value: '{"agent_ais":{"combined_score":5}}' } });
    fireEvent.click(screen.getByRole('button', { name: 'Decide' }));
    expect(await screen.findByText('tier balanced: complexity 5.0')).toBeTruthy();
    expect(screen.getByText(/can serve, healthy/)).toBeTruthy();
    expect(screen.getByText('the input data_size was estimated')).toBeTruthy();
    expect(route).toHaveBeenCalledWith({ model: 'auto', task: { agent_ais: { combined_score: 5 } } });
  });

  it('says what is wrong with the task, or what the gateway said', async () => {
    renderInConsole(<AskDecision />, {
      route: async () => {
        throw new Error('There is no model "x".');
      },
    });
    fireEvent.change(screen.getByLabelText('Task'), { target: { value: '{' } });
    fireEvent.click(screen.getByRole('button', { name: 'Decide' }));
    expect(screen.getByText('This is no JSON.')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Task'), { target: { value: '' } });
    fireEvent.click(screen.getByRole('button', { name: 'Decide' }));
    expect(await screen.findByText('There is no model "x".')).toBeTruthy();
  });
});
