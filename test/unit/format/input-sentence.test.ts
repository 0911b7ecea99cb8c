import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../shared/contract/contract.ts';
import { annotationRequestSchema } from '../../../shared/domain/annotations.ts';
import { silenceRequestSchema } from '../../../shared/domain/alerts.ts';
import { compareRequestSchema } from '../../../shared/domain/compare.ts';
import { routeQuestionSchema } from '../../../shared/domain/decision.ts';
import { drillRequestSchema } from '../../../shared/domain/drills.ts';
import { costQuerySchema } from '../../../shared/domain/history.ts';
import { auditVerifyQuerySchema, overrideRequestSchema } from '../../../shared/domain/operations.ts';
import { priceApplicationSchema } from '../../../shared/domain/pricing.ts';
import { raiseRequestSchema } from '../../../shared/domain/quota.ts';
import { requestQuerySchema } from '../../../shared/domain/request.ts';
import { replayRequestSchema } from '../../../shared/domain/replay.ts';
import { routingChangeSchema } from '../../../shared/domain/routing.ts';
import { inputSentence } from '../../../shared/format/input-sentence.ts';

function sentence(schema: z.ZodType, value: unknown): string {
  const result = schema.safeParse(value);
  if (result.success) throw new Error('the input is valid');
  return inputSentence({ schema, value, issues: result.error.issues, name: 'The input' });
}

const note = { operator: 'ada', reason: 'launch day' };
const override = { provider: 'claude', ttl_seconds: 600, ...note };
const raise = { name: 'claude', limit: 'requests_per_day', limit_value: 5, ttl_seconds: 60, ...note };
const drill = { provider: 'kimi', fault: 'refuse', duration_seconds: 60, ...note };

describe('what is wrong with an input, in one sentence', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    [
      'nothing at all',
      overrideRequestSchema,
      undefined,
      'The input is missing: send a JSON object with provider, ttl_seconds, reason and operator.',
    ],
    ['a list for an object', overrideRequestSchema, [], 'The input must be an object, not a list.'],
    [
      'no operator',
      overrideRequestSchema,
      { ...override, operator: undefined },
      'operator is missing: say who does this.',
    ],
    [
      'an empty operator',
      overrideRequestSchema,
      { ...override, operator: ' ' },
      'operator is empty: say who does this.',
    ],
    [
      'a number for a text',
      overrideRequestSchema,
      { ...override, operator: 5 },
      'operator must be a text of 1 to 100 characters, not 5.',
    ],
    [
      'a text that is too short',
      overrideRequestSchema,
      { ...override, reason: 'x' },
      'reason must be a text of 3 to 500 characters, not "x".',
    ],
    [
      'a text that is too long',
      overrideRequestSchema,
      { ...override, reason: 'x'.repeat(612) },
      'reason must be a text of 3 to 500 characters, not one of 612.',
    ],
    [
      'a text of a wrong form',
      overrideRequestSchema,
      { ...override, scope: 'banana' },
      'scope is "all", "call-site:NAME" or "model:NAME", not "banana".',
    ],
    [
      'a field that is not there',
      overrideRequestSchema,
      { ...override, ttl_seconds: undefined },
      'ttl_seconds is missing: it is a whole number from 1 to 86400.',
    ],
    [
      'a number that is too small',
      overrideRequestSchema,
      { ...override, ttl_seconds: 0 },
      'ttl_seconds must be a whole number from 1 to 86400, not 0.',
    ],
    [
      'null',
      overrideRequestSchema,
      { ...override, ttl_seconds: null },
      'ttl_seconds must be a whole number from 1 to 86400, not null.',
    ],
    ['more than one thing', overrideRequestSchema, {}, 'provider is missing: it is a text (and 3 more problems).'],
    [
      'a word for a number',
      requestQuerySchema,
      { limit: 'abc' },
      'limit must be a whole number from 1 to 500, not "abc".',
    ],
    ['a fraction', requestQuerySchema, { limit: '1.5' }, 'limit must be a whole number from 1 to 500, not "1.5".'],
    [
      'a number that is too large',
      requestQuerySchema,
      { limit: '501' },
      'limit must be a whole number from 1 to 500, not "501".',
    ],
    [
      'a number given twice',
      requestQuerySchema,
      { limit: ['1', '2'] },
      'limit must be a whole number from 1 to 500, not a list.',
    ],
    [
      'a number without an end',
      requestQuerySchema,
      { min_duration_ms: '-1' },
      'min_duration_ms must be a number of 0 or more, not "-1".',
    ],
    [
      'a word for a truth value',
      requestQuerySchema,
      { fallback: 'maybe' },
      'fallback must be true or false, not "maybe".',
    ],
    [
      'a value that is none of those listed',
      costQuerySchema,
      { group_by: 'banana' },
      'group_by is "banana"; it is one of provider, model, tier, call_site, agent, day, hour.',
    ],
    [
      'a time without its zone',
      raiseRequestSchema,
      { ...raise, ttl_seconds: undefined, until: '2026-11-21T12:00:00' },
      'until must name its zone, as in 2026-11-21T12:00:00Z.',
    ],
    [
      'words for a time',
      raiseRequestSchema,
      { ...raise, ttl_seconds: undefined, until: 'tomorrow' },
      'until must be a whole number, or a time with its zone, as in 2026-11-21T12:00:00Z, not "tomorrow".',
    ],
    [
      'neither of two fields',
      raiseRequestSchema,
      { ...raise, ttl_seconds: undefined },
      'give either until or ttl_seconds.',
    ],
    [
      'nothing to raise to',
      raiseRequestSchema,
      { ...raise, limit_value: 0 },
      'limit_value must be a number above 0, not 0.',
    ],
    [
      'a share above one',
      drillRequestSchema,
      { ...drill, share: 2 },
      'share must be a number above 0 and at most 1, not 2.',
    ],
    [
      'a field inside another',
      drillRequestSchema,
      { ...drill, targets: { detect_ms: 0 } },
      'targets.detect_ms must be a whole number of 1 or more, not 0.',
    ],
    [
      'a field of a list',
      silenceRequestSchema,
      { ...note, ttl_seconds: 60, matchers: [{ label: 'rule' }] },
      'matchers[0].value is missing: it is a text.',
    ],
    [
      'an empty list',
      silenceRequestSchema,
      { ...note, ttl_seconds: 60, matchers: [] },
      'matchers must be a list of 1 to 10 items, not an empty one.',
    ],
    [
      'a list that is too long',
      compareRequestSchema,
      { prompt: 'Hello', targets: Array.from({ length: 7 }, () => ({ provider: 'kimi' })) },
      'targets must be a list of 1 to 6 items, not one of 7.',
    ],
    [
      'a list for a mapping',
      routingChangeSchema,
      { ...note, expected_version: 0, changes: [] },
      'changes must be an object, not a list.',
    ],
    [
      'a price that is no number',
      priceApplicationSchema,
      { ...note, model: 'house', pricing: { input: 'free', output: 1 } },
      'pricing.input must be a number from 0 to 1000000, not "free".',
    ],
    [
      'one of several kinds',
      routeQuestionSchema,
      { task: { step: { reasoning: 'high' } } },
      'task.step.reasoning must be a number from 0 to 10, or true or false, not "high".',
    ],
    [
      'a link that is none',
      annotationRequestSchema,
      { kind: 'note', text: 'x', operator: 'ada', link: 'x' },
      'link is an http or https address, not "x".',
    ],
    [
      'a proof that is none',
      auditVerifyQuerySchema,
      { expect: '7' },
      'expect is ID:HASH as an earlier verification gave it, not "7".',
    ],
    [
      'what JSON cannot say',
      replayRequestSchema,
      { routing: { a: new Date(0) } },
      'routing.a must be a JSON value, not an object.',
    ],
    [
      'a whole number that a double does not hold',
      routingChangeSchema,
      { ...note, changes: {}, expected_version: 1e300 },
      'expected_version must be a whole number of 0 or more, not 1e+300.',
    ],
  ])('%s', (_what, schema, value, expected) => {
    expect(sentence(schema, value)).toBe(expected);
  });

  it('repeats no more than the beginning of what was sent', () => {
    const said = sentence(costQuerySchema, { group_by: 'banana\n'.repeat(10_000) });
    expect(said).toContain('group_by is "banana banana');
    expect(said.length).toBeLessThan(200);
  });
});

/** The input schemas of every call of the contract. */
function inputSchemas(node: unknown, path: string[] = []): [string, z.ZodType][] {
  if (typeof node !== 'object' || node === null) return [];
  if ('~orpc' in node) {
    const { inputSchema } = node['~orpc'] as { inputSchema?: unknown };
    return inputSchema instanceof z.ZodType ? [[path.join('.'), inputSchema]] : [];
  }
  return Object.entries(node).flatMap(([name, part]) => inputSchemas(part, [...path, name]));
}

describe.each(inputSchemas(contract))('the input of %s', (_call, schema) => {
  const WRONG = [undefined, null, 'banana', '', 1.5, -1, 1e300, true, [], {}, ['a'], { a: 1 }, '2026-11-21T12:00:00'];
  const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

  it('is never answered in the words of the validator', () => {
    const inputs = [...WRONG, ...fields.flatMap((field) => WRONG.map((value) => ({ [field]: value })))];
    const said = inputs.flatMap((value) => (schema.safeParse(value).success ? [] : [sentence(schema, value)]));
    for (const text of said) {
      expect(text).toMatch(/^\S.*[^.]\.$/);
      expect(text).not.toMatch(/\bexpected\b|received|Invalid|NaN|undefined|\brecord\b|as documented|\[object/);
    }
  });
});
