import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';

const KEYS = [
  'models',
  'routing',
  'policy',
  'tiers',
  'monitoring',
  'storage',
  'server',
  'a',
  'endpoint',
  'adapter',
  'provider_class',
  'fallback_chain',
  'fallbacks',
  'use_when',
  'usage_policy',
  'capabilities',
  'thinking_budget_range',
  'call_sites',
  'fast',
  'thresholds',
  'task_types',
  'primary',
  'health_check',
  'method',
  '__proto__',
  'constructor',
];
const LEAVES = [
  'a',
  'vllm',
  'anthropic',
  'http://a',
  'GPT4Provider',
  'a_unhealthy',
  'endpoint',
  '',
  0,
  -1,
  1.5,
  true,
  null,
];

/** Trees of known keys in wrong places: nearly a registry. */
const nearly = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(...LEAVES),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('node'), { maxKeys: 5 }),
  ),
}));

function outcome(text: string): string {
  const result = parseRegistry(text, { environment: { ANTHROPIC_API_KEY: 'k' }, path: null });
  if (result.ok) return 'ok';
  const lines = text.split('\n').length;
  const unclear = result.problems.filter(
    ({ message, line }) => message === '' || message.includes('\n') || (line !== null && line > lines),
  );
  return result.problems.length === 0 || unclear.length > 0 ? `unclear: ${JSON.stringify(unclear)}` : 'refused';
}

// Every syntax error is an exception whose stack the test runner maps back to its source: slow on a busy machine.
describe('a file that is no registry', { timeout: 60_000 }, () => {
  it('is refused in sentences, whatever characters it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(['ok', 'refused']).toContain(outcome(text));
      }),
      { numRuns: 50 },
    );
  });

  it('is refused in sentences, whatever shape it has', () => {
    fc.assert(
      fc.property(nearly.node, (tree) => {
        expect(['ok', 'refused']).toContain(outcome(stringify(tree)));
      }),
    );
  });

  it('does not blow up: aliases of aliases are refused', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map((name, index) => {
        const before = 'abcdefg'[index] ?? 'a';
        return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
      }),
    ].join('\n');
    expect(outcome(bomb)).toBe('refused');
  });
});
