import { act } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useQuery } from '@tanstack/react-query';
import type { FallbackEvent } from '../../../shared/domain/history.ts';
import { HistoryRefresh } from '../../../renderer/app/HistoryRefresh.tsx';
import { useConsoleApi } from '../../../renderer/api/client.ts';
import { useLive } from '../../../renderer/state/live.ts';
import { fixtureCalls } from '../../support/console-client.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  resetConsole();
});
afterEach(() => {
  vi.useRealTimers();
  resetConsole();
});

function Reader() {
  useQuery(useConsoleApi().query.uptime.queryOptions({ input: {} }));
  return null;
}

const fallback: FallbackEvent = {
  id: 1,
  at: 0,
  request_id: 'req-1',
  from_provider: 'kimi_k2',
  to_provider: 'claude_opus',
  reason: 'unhealthy',
  detail: 'down',
  served: true,
};

it('asks for history every few seconds while requests fall back faster than it settles', async () => {
  const fixture = consoleFixture('fallback', Date.now());
  loadFixture(fixture);
  const uptime = vi.fn(async () => ({ time_zone: 'UTC', since: 0, until: 1, providers: [] }));
  renderInConsole(
    <>
      <HistoryRefresh />
      <Reader />
    </>,
    { ...fixtureCalls(fixture), uptime },
  );
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  const before = uptime.mock.calls.length;
  for (let turn = 0; turn < 40; turn += 1) {
    act(() =>
      useLive.setState(({ recentFallbacks }) => ({
        recentFallbacks: [{ ...fallback, id: 1000 + turn }, ...recentFallbacks],
      })),
    );
    await act(() => vi.advanceTimersByTimeAsync(300));
  }
  expect(uptime.mock.calls.length - before).toBeGreaterThanOrEqual(3);
  expect(uptime.mock.calls.length - before).toBeLessThanOrEqual(6);
});
