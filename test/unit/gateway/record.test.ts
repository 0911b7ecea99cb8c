import { expect, it } from 'vitest';
import { buildRecord, type RecordInput } from '../../../electron/engine/gateway/record.ts';

const RECEIVED = 1_795_252_370_026;

/** A request whose only attempt began at `began` by the wall clock and had its first token `afterMs` later. */
function recorded(began: number, afterMs: number, durationMs: number) {
  const attempt = { provider: 'kimi', model: 'k', outcome: 'success', started_at: began, first_token_ms: afterMs };
  const usage = { input_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 1, reasoning_tokens: 0 };
  const input = {
    question: {
      request: { dialect: 'openai', stream: false, model: 'auto' },
      options: { task: null, user: null },
      intent: { callSite: null, tier: null, taskType: null },
    },
    loop: {
      attempts: [{ ...attempt, usage, cost_usd: 0 }],
      decision: { rule: 'primary' },
      fallback: null,
      queuedMs: 0,
      notAsked: new Map(),
    },
    ending: { ok: true },
    startedAt: RECEIVED,
    durationMs,
  };
  return buildRecord(input as unknown as RecordInput);
}

it('counts the first token from the arrival of the request', () => {
  expect(recorded(RECEIVED + 200, 50, 400).first_token_ms).toBe(250);
});

it('never puts the first token after the end of the request', () => {
  expect(recorded(RECEIVED + 1, 1.2, 1.4)).toMatchObject({ first_token_ms: 1.4, duration_ms: 1.4 });
});
