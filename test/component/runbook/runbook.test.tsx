import { screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fireEvent } from '@testing-library/react';
import { RunbookDrawer } from '../../../renderer/features/runbook/RunbookDrawer.tsx';
import { needsRunbook, runbookOf, workloadOf } from '../../../renderer/features/runbook/runbook-model.ts';
import { readableReason, troubleKind, withoutAddress } from '../../../renderer/state/reason-words.ts';
import { aFallbackStatus, aProvider, consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

beforeEach(resetConsole);
afterEach(resetConsole);

describe('a reason in words', () => {
  it.each([
    ['connection refused at 10.0.0.7:8000, 5 probes in a row', 'unreachable'],
    ['host not found', 'unreachable'],
    ['model "kimi" not listed by the server', 'model_missing'],
    ['no first token within 8 s', 'timeout'],
    ['connection timed out', 'timeout'],
    ['answered 503', 'loading'],
    ['answered 529 overloaded', 'overloaded'],
    ['rate limited until 00:51:09 UTC', 'rate_limited'],
    ['answered 401', 'unauthorized'],
    ['credit balance is too low', 'exhausted'],
    ['something else', 'failing'],
  ] as const)('%s is %s', (reason, kind) => {
    expect(troubleKind(reason)).toBe(kind);
  });

  it.each([
    ['connection refused at 10.0.0.7:8000, 5 probes in a row', 'connection refused, 5 probes in a row'],
    ['no connection to gpu-1:8000 within 2 s', 'no connection within 2 s'],
    ['tried again at 01:09 UTC', 'tried again at 01:09 UTC'],
  ])('%s without its address is %s', (reason, expected) => {
    expect(withoutAddress(reason)).toBe(expected);
  });

  it('loses a leading registry name and names the others as the screen does', () => {
    const labels = new Map([
      ['kimi_k2', 'Kimi K2'],
      ['claude_opus', 'Claude Opus'],
    ]);
    expect(readableReason('kimi_k2: connection refused', labels)).toBe('connection refused');
    expect(readableReason('claude_opus took over from kimi_k2', labels)).toBe('Claude Opus took over from Kimi K2');
    expect(readableReason('error: no such host', labels)).toBe('error: no such host');
  });
});

describe('a runbook', () => {
  const status = aFallbackStatus(NOW);
  const kimi = status.providers.find(({ name }) => name === status.primary) ?? aProvider(NOW);
  const commandsOf = (provider = kimi) => runbookOf(provider, status).steps.flatMap(({ commands }) => commands);

  it('asks a self-hosted server, reads its log, restarts it, and can keep traffic away meanwhile', () => {
    const provider = { ...kimi, endpoint: 'http://kimi-k2-inference.executive-brain.svc.cluster.local:8000/v1' };
    expect(commandsOf(provider)).toEqual([
      'curl -sS -m 5 -i http://kimi-k2-inference.executive-brain.svc.cluster.local:8000/health',
      'curl -sS -m 5 http://kimi-k2-inference.executive-brain.svc.cluster.local:8000/v1/models',
      'kubectl logs deployment/kimi-k2-inference -n executive-brain --tail=200',
      'kubectl exec deployment/kimi-k2-inference -n executive-brain -- nvidia-smi',
      'kubectl rollout restart deployment/kimi-k2-inference -n executive-brain',
      'kubectl rollout status deployment/kimi-k2-inference -n executive-brain --timeout=15m',
      `switchyard force claude_opus --ttl 30m --reason "working on ${kimi.name}"`,
      'switchyard status',
    ]);
  });

  it('does not restart a server that serves another model', () => {
    const health = { ...kimi.health, reason: 'model kimi-k2 is not listed' };
    expect(commandsOf({ ...kimi, health }).join('\n')).not.toContain('restart');
  });

  it.each([
    ['anthropic', 'https://api.anthropic.com', 'x-api-key: $ANTHROPIC_API_KEY'],
    ['openai', 'https://api.openai.com/v1', 'authorization: Bearer $ANTHROPIC_API_KEY'],
  ] as const)('asks %s for its models with the key by name and never by value', (adapter, endpoint, header) => {
    const provider = aProvider(NOW, {
      adapter,
      endpoint,
      key_env: 'ANTHROPIC_API_KEY',
      health: { ...aProvider(NOW).health, status: 'unhealthy', reason: 'answered 401' },
    });
    const commands = commandsOf(provider).join('\n');
    expect(commands).toContain(`${endpoint.replace(/\/v1$/, '')}/v1/models`);
    expect(commands).toContain(header);
  });

  it.each([
    ['http://kimi.models.svc:8000/v1', { deployment: 'kimi', namespace: 'models' }],
    ['http://gpu-1:8000/v1', { deployment: 'gpu-1', namespace: 'NAMESPACE' }],
    ['http://10.0.0.7:8000/v1', { deployment: 'kimi-k2-inference', namespace: 'executive-brain' }],
    ['not a url', { deployment: 'kimi-k2-inference', namespace: 'executive-brain' }],
  ])('knows the workload behind %s', (endpoint, expected) => {
    expect(workloadOf({ name: 'kimi_k2_self_hosted', endpoint })).toEqual(expected);
  });

  it('is needed by what is broken, taken out or without a key', () => {
    expect(needsRunbook(aProvider(NOW))).toBe(false);
    expect(needsRunbook(kimi)).toBe(true);
    expect(needsRunbook(aProvider(NOW, { key: 'missing' }))).toBe(true);
    expect(needsRunbook(aProvider(NOW, { isolation: { operator: 'ana', reason: 'upgrade', since: NOW } }))).toBe(true);
  });

  it('opens from the address, copies a command whole, and closes', () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    loadFixture(consoleFixture('fallback', Date.now()));
    window.history.replaceState(null, '', '/?runbook=kimi_k2');
    renderInConsole(<RunbookDrawer />);
    const dialog = within(screen.getByRole('dialog', { name: 'Runbook: Kimi K2' }));
    fireEvent.click(dialog.getByRole('button', { name: 'Copy the command switchyard status' }));
    expect(writeText).toHaveBeenCalledWith('switchyard status');
    fireEvent.click(dialog.getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(window.location.search).toBe('');
  });
});
