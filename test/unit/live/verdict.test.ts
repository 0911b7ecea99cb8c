import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../electron/engine/live/verdict.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Candidate, Decision } from '../../../shared/domain/decision.ts';

const parsed = parseRegistry(
  `
models:
  kimi: { endpoint: http://kimi:8000/v1, priority: 1 }
  twin: { endpoint: http://twin:8000/v1, priority: 1 }
  claude: { adapter: anthropic, priority: 2 }
routing: { primary: kimi, fallback_chain: [kimi, twin, claude] }
`,
  { environment: { ANTHROPIC_API_KEY: 'k' }, path: null },
);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const { registry } = parsed;

function candidate(provider: string, code: Candidate['code'], reason = code): Candidate {
  return { provider, model: null, eligible: code === 'ok', code, reason };
}

function decided(...candidates: Candidate[]): Decision {
  const chosen = candidates.find(({ eligible }) => eligible) ?? null;
  return {
    rule: 'primary',
    reason: '',
    requested_model: 'auto',
    tier: null,
    complexity: null,
    call_site: null,
    task_type: null,
    provider: chosen?.provider ?? null,
    model: null,
    candidates,
    warnings: [],
  };
}

const override = {
  id: 1,
  provider: 'claude',
  scope: 'all',
  reason: 'upgrade',
  operator: 'ada',
  created_at: 0,
  expires_at: 1,
};

describe('the verdict', () => {
  it.each([
    {
      name: 'the primary serves',
      decision: decided(candidate('kimi', 'ok'), candidate('claude', 'ok')),
      verdict: 'primary',
      serving: 'kimi',
      cause: '',
    },
    {
      name: 'its twin of the same priority serves',
      decision: decided(candidate('kimi', 'unhealthy'), candidate('twin', 'ok')),
      verdict: 'primary',
      serving: 'twin',
      cause: '',
    },
    {
      name: 'a fallback serves',
      decision: decided(candidate('kimi', 'unhealthy', 'unhealthy'), candidate('claude', 'ok')),
      verdict: 'fallback',
      serving: 'claude',
      cause: 'unhealthy',
    },
    {
      name: 'nobody can',
      decision: decided(candidate('kimi', 'unhealthy'), candidate('claude', 'budget_exhausted')),
      verdict: 'down',
      serving: null,
      cause: 'unhealthy',
    },
  ])('when $name is $verdict', ({ decision, verdict, serving, cause }) => {
    expect(verdictOf(registry, decision, null, () => 0)).toMatchObject({ verdict, serving, cause, forced: false });
  });

  it('does not call a fallback down that is left alone for a moment after a rate limit, but does when it is for long', () => {
    const decision = decided(candidate('kimi', 'unhealthy'), candidate('claude', 'cooling'));
    expect(verdictOf(registry, decision, null, () => 1_000)).toMatchObject({ verdict: 'fallback', serving: 'claude' });
    expect(verdictOf(registry, decision, null, () => 60_000)).toMatchObject({ verdict: 'down', serving: null });
  });

  it('says that an operator forced it', () => {
    const decision = {
      ...decided(candidate('claude', 'ok'), candidate('kimi', 'ok')),
      rule: 'forced_by_operator' as const,
    };
    expect(verdictOf(registry, decision, override, () => 0)).toMatchObject({
      verdict: 'fallback',
      forced: true,
      cause: 'forced by ada: upgrade',
    });
  });
});
