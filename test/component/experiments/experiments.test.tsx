import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CopyOf } from '../../../renderer/features/experiments/CopyOf.tsx';
import { ExperimentsView } from '../../../renderer/features/experiments/ExperimentsView.tsx';
import {
  outcomeMark,
  shadowSentence,
  shadowYaml,
  signedDuration,
  signedUsd,
} from '../../../renderer/features/experiments/experiment-words.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { useLive } from '../../../renderer/state/live.ts';
import type { Experiments, ShadowPair, ShadowSummary } from '../../../shared/domain/experiments.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import { summarisePairs } from '../../../electron/engine/store/shadow-statistics.ts';
import type { FakeCalls } from '../../support/console-client.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';
import { aPair, NO_PAIRS, noExperiments } from '../../support/experiment-fixtures.ts';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

function pairsOf(count: number): ShadowPair[] {
  return Array.from({ length: count }, (_, index) =>
    aPair({ id: count - index, at: NOW - index * 60_000, shadow: { duration_ms: 2000 + (index % 7) * 10 } }),
  );
}

function summaryOf(pairs: readonly ShadowPair[]): ShadowSummary {
  return summarisePairs(pairs, pairs.length);
}

function running(changes: Partial<Experiments> = {}): Experiments {
  const quota = {
    scope: 'call_site',
    name: 'shadow',
    provider: null,
    exhausted: false,
    enforced: true,
    soft_limit: null,
    soft_exceeded: false,
    raise: null,
    reset_at: NOW + 3_600_000,
    projected_exhaustion_at: null,
  } as const;
  return {
    ...noExperiments(NOW),
    state: 'running',
    since: NOW - 3 * 3_600_000,
    config: {
      provider: 'claude_opus',
      model: null,
      share: 0.1,
      call_sites: null,
      usd_per_day: 5,
      requests_per_day: null,
      max_concurrent: 2,
      until: null,
    },
    counters: {
      since: NOW - 3_600_000,
      sampled: 220,
      sent: 214,
      succeeded: 210,
      failed: 3,
      cancelled: 1,
      waiting: 0,
      running: 0,
      dropped: [
        { reason: 'too_large', requests: 4 },
        { reason: 'carries_fallback', requests: 2 },
      ],
    },
    quotas: [{ ...quota, limit: 'usd_per_day', used: 1.2, limit_value: 5, remaining: 3.8 }],
    summary: summaryOf(pairsOf(214)),
    ...changes,
  };
}

const calls = (changes: FakeCalls = {}, experiments = running()): FakeCalls => ({
  'experiments.get': async () => experiments,
  'experiments.pairs': async () => ({ pairs: pairsOf(3), next_cursor: null }),
  'experiments.pair': async () => aPair({ id: 2, tool_calls: 'same_names', json: { original: true, shadow: false } }),
  ...changes,
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  resetConsole();
  loadFixture(consoleFixture('healthy', NOW));
});
afterEach(() => vi.useRealTimers());

describe('the words of an experiment', () => {
  it.each([
    [running(), 'Sending 10 % of the requests to Claude as well', ': 214 pairs, 1.20 USD of 5.00 USD today.'],
    [
      running({ state: 'paused', summary: summaryOf(pairsOf(1)), quotas: [] }),
      'Sent 10 % of the requests to Claude as well',
      ': 1 pair.',
    ],
    [noExperiments(NOW), 'Nothing is sent to a second provider', '.'],
  ])('are one sentence', (experiments, before, after) => {
    expect(shadowSentence(experiments, () => 'Claude')).toEqual({ before, after });
  });

  it('name model and call sites where they are set', () => {
    const { config } = running();
    if (!config) throw new Error('A running experiment has a configuration.');
    const named = running({ config: { ...config, model: 'claude-haiku-4-5', call_sites: ['chat', 'search'] } });
    expect(shadowSentence(named, () => 'Claude').before).toBe(
      'Sending 10 % of the requests of chat, search to Claude (claude-haiku-4-5) as well',
    );
  });

  it('give every difference its sign', () => {
    expect([1200, -340, 0.2].map(signedDuration)).toEqual(['+1.2 s', '−340 ms', '0 ms']);
    expect([0.012, -0.4, 0].map(signedUsd)).toEqual(['+0.012 USD', '−0.40 USD', '0 USD']);
  });

  it.each([
    ['success', null, 'answered'],
    ['cancelled', 'cancelled', 'cancelled'],
    ['failure', 'rate_limited', 'rate limited'],
  ] as const)('call a copy that ended as %s with %s %s', (outcome, failureClass, word) => {
    expect(outcomeMark(aPair({ shadow: { outcome, failure_class: failureClass } }).shadow).word).toBe(word);
  });

  it('offer lines that the registry takes', () => {
    const models = 'models:\n  claude: { provider_class: ClaudeOpusProvider }\n';
    const result = parseRegistry(models + shadowYaml('claude'), {
      environment: { ANTHROPIC_API_KEY: 'k' },
      path: null,
    });
    expect(result).toMatchObject({
      ok: true,
      registry: { experiments: { shadow: { enabled: true, provider: 'claude', share: 0.1 } } },
    });
  });
});

describe('the experiments view', () => {
  it('says what is sent, since when, what it costs, and why not more', async () => {
    renderInConsole(<ExperimentsView />, calls());
    expect(
      await screen.findByRole('heading', { name: /Sending 10 % of the requests to Claude.*as well since/ }),
    ).toBeTruthy();
    expect(screen.getByText('running')).toBeTruthy();
    expect(screen.getByRole('meter', { name: 'Experiment: spending a day' }).getAttribute('aria-valuetext')).toBe(
      '1.20 of 5.00 USD/day',
    );
    expect(screen.getByText('4: too large to be kept for a copy')).toBeTruthy();
    expect(screen.getByText('2: the shadow provider stood in for another one')).toBeTruthy();
  });

  it('holds both sides against each other, and states each difference with its interval', async () => {
    renderInConsole(<ExperimentsView />, calls());
    const table = await screen.findByRole('table', { name: 'Side by side' });
    const row = (name: string) => within(table).getByText(name).closest('tr')?.textContent;
    expect(row('Duration p50')).toMatch(/1\.0 s2\.0 s\+1\.0 s \+1\.0 s to \+1\.0 s/);
    expect(row('Cost, mean')).toContain('+0.01 USD +0.01 USD to +0.01 USD');
    expect(row('Answered')).toContain('100 %');
  });

  it('states no difference under 30 pairs', async () => {
    const few = running({ summary: summaryOf(pairsOf(12)) });
    renderInConsole(<ExperimentsView />, calls({}, few));
    expect(await screen.findAllByText('too few pairs yet: 12 of 30')).toHaveLength(2);
  });

  it('says how much the answers share, also to those who do not see the bars', async () => {
    renderInConsole(<ExperimentsView />, calls());
    expect(await screen.findByRole('img', { name: /half of them share at least 50 %/ })).toBeTruthy();
    expect(screen.getByText(/not which one is right/)).toBeTruthy();
  });

  it('tells of the copies that failed', async () => {
    const failed = aPair({ shadow: { outcome: 'failure', failure_class: 'rate_limited', message: 'Slow down.' } });
    renderInConsole(<ExperimentsView />, calls({}, running({ summary: summaryOf([failed, aPair()]) })));
    expect(await screen.findByText('The copies that failed: 1 rate limited.')).toBeTruthy();
  });

  it.each([
    ['held back', running({ held_back: 'claude_opus is cooling after a rate limit' }), /is cooling after a rate limit/],
    [
      'paused',
      running({ state: 'paused', paused: { operator: 'ana', reason: 'month’s end', at: NOW - 60_000 } }),
      /by ana,.*month’s end/,
    ],
    ['ended', running({ state: 'ended' }), /Sent 10 % of the requests/],
  ])('says that it is %s, and why', async (word, experiments, why) => {
    renderInConsole(<ExperimentsView />, calls({}, experiments));
    expect(await screen.findByText(word)).toBeTruthy();
    expect(document.body.textContent).toMatch(why);
  });

  it('explains how to begin, with lines to copy', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    renderInConsole(<ExperimentsView />, calls({}, noExperiments(NOW)));
    expect(await screen.findByRole('heading', { name: 'No experiment is running' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Copy the lines for the registry' }));
    await waitFor(() => expect(writeText).toHaveBeenCalledWith(shadowYaml('claude_opus')));
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('keeps the pairs in sight when the experiment is switched off', async () => {
    const off = { ...noExperiments(NOW), summary: summaryOf(pairsOf(40)) };
    renderInConsole(<ExperimentsView />, calls({}, off));
    expect(await screen.findByRole('heading', { name: 'No experiment is running' })).toBeTruthy();
    expect(await screen.findByRole('table', { name: 'Pairs' })).toBeTruthy();
  });

  it('says what will fill it while there is no pair', async () => {
    const none = running({ summary: NO_PAIRS });
    renderInConsole(
      <ExperimentsView />,
      calls({ 'experiments.pairs': async () => ({ pairs: [], next_cursor: null }) }, none),
    );
    expect(await screen.findByText('Each request that was sent twice is a line here.')).toBeTruthy();
    expect(screen.getAllByText('No pair yet.')).toHaveLength(2);
    expect(screen.getByText('Nothing to compare yet.')).toBeTruthy();
  });

  it('is loading until the first answer', () => {
    renderInConsole(<ExperimentsView />, calls({ 'experiments.get': () => new Promise(() => undefined) }));
    expect(screen.getByText('Loading')).toBeTruthy();
  });

  it('says why it could not be loaded, and tries again', async () => {
    const get = vi.fn(async () => {
      throw new Error('The store is closed.');
    });
    renderInConsole(<ExperimentsView />, calls({ 'experiments.get': get }));
    expect(await screen.findByText(/The store is closed\./)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(get).toHaveBeenCalledTimes(2));
  });

  it('shows older pairs when asked', async () => {
    const pairs = vi.fn(async (input: unknown) =>
      (input as { cursor?: string }).cursor === 'older'
        ? { pairs: [aPair({ id: 1, call_site: 'search' })], next_cursor: null }
        : { pairs: [aPair({ id: 9 })], next_cursor: 'older' },
    );
    renderInConsole(<ExperimentsView />, calls({ 'experiments.pairs': pairs }));
    fireEvent.click(await screen.findByRole('button', { name: 'Show older pairs' }));
    expect(await screen.findByText('search')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Show older pairs' })).toBeNull();
  });
});

describe('a pair', () => {
  it('opens from the table, stands in the address, and leads to both requests', async () => {
    const pair = vi.fn(async () => aPair({ id: 2, tool_calls: 'same_names', json: { original: true, shadow: false } }));
    renderInConsole(<ExperimentsView />, calls({ 'experiments.pair': pair }));
    const table = await screen.findByRole('table', { name: 'Pairs' });
    fireEvent.click(within(table).getAllByText('answered')[1] ?? table);
    expect(window.location.search).toBe('?pair=2');
    const drawer = await screen.findByRole('dialog', { name: 'Pair 2' });
    expect(await within(drawer).findByText('the same tools with other arguments')).toBeTruthy();
    expect(within(drawer).getByText('original yes, shadow no')).toBeTruthy();
    const links = within(drawer).getAllByRole('link');
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      '/requests?request=req_original',
      '/requests?request=req_shadow',
    ]);
    expect(pair).toHaveBeenCalledWith({ id: 2 });
  });

  it('is found by its address alone, and told of when it is gone', async () => {
    window.history.replaceState(null, '', '/experiments?pair=77');
    const pair = async () => {
      throw new Error('There is no pair 77; it may be older than the retention.');
    };
    renderInConsole(<ExperimentsView />, calls({ 'experiments.pair': pair }));
    const drawer = await screen.findByRole('dialog', { name: 'Pair 77' });
    expect(await within(drawer).findByText(/There is no pair 77/)).toBeTruthy();
  });

  it('says why its copy failed', async () => {
    window.history.replaceState(null, '', '/experiments?pair=1');
    const failed = aPair({
      shadow: { outcome: 'failure', failure_class: 'timeout', message: 'claude: no token in 30 s' },
    });
    renderInConsole(<ExperimentsView />, calls({ 'experiments.pair': async () => failed }));
    const drawer = await screen.findByRole('dialog', { name: 'Pair 1' });
    expect(await within(drawer).findByText('claude: no token in 30 s')).toBeTruthy();
    expect(within(drawer).getByText('timeout')).toBeTruthy();
  });
});

describe('the copy among the requests', () => {
  it('says what it is a copy of, and leads to both', async () => {
    const pairs = vi.fn(async () => ({ pairs: [aPair({ id: 4 })], next_cursor: null }));
    renderInConsole(<CopyOf id="req_shadow" />, calls({ 'experiments.pairs': pairs }));
    const links = await screen.findAllByRole('link');
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      '/requests?request=req_original',
      '/experiments?pair=4',
    ]);
    expect(pairs).toHaveBeenCalledWith({ limit: 1, request: 'req_shadow' });
  });

  it('says what it is even when its pair is gone', async () => {
    const pairs = vi.fn(async () => ({ pairs: [], next_cursor: null }));
    renderInConsole(<CopyOf id="req_shadow" />, calls({ 'experiments.pairs': pairs }));
    await waitFor(() => expect(pairs).toHaveBeenCalled());
    expect(screen.getByText('Sent for comparison alone.')).toBeTruthy();
  });
});

describe('pausing and resuming', () => {
  const fill = () => {
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'month’s end' } });
    fireEvent.change(screen.getByLabelText('Operator'), { target: { value: 'ana' } });
  };

  it('asks who and why, and shows what stands then', async () => {
    const pause = vi.fn(async () =>
      running({ state: 'paused', paused: { operator: 'ana', reason: 'month’s end', at: NOW } }),
    );
    renderInConsole(<ExperimentsView />, calls({ 'experiments.pause': pause }));
    fireEvent.click(await screen.findByRole('button', { name: 'Pause…' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Pause' }));
    expect(screen.getByText('Say why, in three letters or more: it stands in the audit.')).toBeTruthy();
    fill();
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    await waitFor(() => expect(pause).toHaveBeenCalledWith({ operator: 'ana', reason: 'month’s end' }));
    expect(await screen.findByRole('button', { name: 'Resume…' })).toBeTruthy();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('says what the gateway has against it', async () => {
    const paused = running({ state: 'paused', paused: { operator: 'ana', reason: 'enough', at: NOW } });
    const resume = async () => {
      throw new Error('The shadow is not paused.');
    };
    renderInConsole(<ExperimentsView />, calls({ 'experiments.resume': resume }, paused));
    fireEvent.click(await screen.findByRole('button', { name: 'Resume…' }));
    fill();
    fireEvent.click(screen.getByRole('button', { name: 'Resume' }));
    expect(await screen.findByText('The shadow is not paused.')).toBeTruthy();
  });

  it('is not to be had over a lost connection', async () => {
    useConnection.setState({ phase: 'lost' });
    renderInConsole(<ExperimentsView />, calls());
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Pause…' })).disabled).toBe(true);
  });
});

describe('the figures', () => {
  it('follow the copies that the live stream tells of, some seconds apart', async () => {
    vi.useFakeTimers({ now: NOW, shouldAdvanceTime: true });
    const get = vi.fn(async () => running());
    renderInConsole(<ExperimentsView />, calls({ 'experiments.get': get }));
    await screen.findByText('running');
    expect(get).toHaveBeenCalledTimes(1);
    const [request] = consoleFixture('healthy', NOW).requests;
    if (!request) throw new Error('The fixture has requests.');
    for (const id of ['a', 'b', 'c']) useLive.setState({ requests: [{ ...request, id, origin: 'shadow' }] });
    await vi.advanceTimersByTimeAsync(2500);
    await waitFor(() => expect(get).toHaveBeenCalledTimes(2));
  });
});
