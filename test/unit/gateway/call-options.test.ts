import { describe, expect, it } from 'vitest';
import { readCallOptions } from '../../../electron/engine/gateway/call-options.ts';

describe('the request headers', () => {
  it('are all optional', () => {
    expect(readCallOptions({})).toEqual({
      forceProvider: null,
      callSite: null,
      tier: null,
      effort: null,
      task: null,
      noFallback: false,
      streamFailover: null,
      timeoutMs: null,
      user: null,
    });
  });

  it('are read with their types', () => {
    expect(
      readCallOptions({
        'x-switchyard-force-provider': 'claude',
        'x-switchyard-effort': '0.75',
        'x-switchyard-tier': 'fast',
        'x-switchyard-no-fallback': 'TRUE',
        'x-switchyard-stream-failover': 'buffer',
        'x-switchyard-timeout-ms': '2500',
        'x-switchyard-task': '{"agent_id":"a1","previous_failures":2}',
        'x-switchyard-user': ' ada ',
      }),
    ).toMatchObject({
      forceProvider: 'claude',
      effort: 0.75,
      tier: 'fast',
      noFallback: true,
      streamFailover: 'buffer',
      timeoutMs: 2500,
      task: { agent_id: 'a1', previous_failures: 2 },
      user: 'ada',
    });
  });

  it.each([
    ['effort', '1.5', 'a number from 0 to 1'],
    ['effort', 'high', 'a number from 0 to 1'],
    ['tier', 'cheap', '"fast", "balanced" or "powerful"'],
    ['timeout-ms', '0', 'a number from 1 to 86400000'],
    ['stream-failover', 'retry', '"resume", "buffer" or "error"'],
    ['no-fallback', 'maybe', '"true" or "false"'],
    ['task', '{', 'a JSON object'],
  ])('refuse %s: %s with one sentence that names the header', (name, value, expected) => {
    expect(() => readCallOptions({ [`x-switchyard-${name}`]: value })).toThrow(
      `The header x-switchyard-${name} must be`,
    );
    expect(() => readCallOptions({ [`x-switchyard-${name}`]: value })).toThrow(expected);
  });

  it.each([
    ['[]', 'The header x-switchyard-task: the task must be an object, not a list.'],
    ['{"step":{"reasoning":"high"}}', 'step.reasoning must be a number from 0 to 10, or true or false, not "high".'],
    ['{"previous_failures":-1}', 'previous_failures must be a whole number of 0 or more, not -1.'],
  ])('refuse the task %s and name its field', (value, expected) => {
    expect(() => readCallOptions({ 'x-switchyard-task': value })).toThrow(expected);
  });
});
