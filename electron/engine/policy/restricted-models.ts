import { COST_SAFE_MODEL } from '../registry/defaults.ts';
import type { PolicyConfig } from '../registry/types.ts';

/** The pattern that keeps a model from being used; null when it may be. Patterns may hold `*`; case does not matter. */
export function patternAgainst(model: string, policy: PolicyConfig): string | null {
  if (!policy.restrictModels) return null;
  return policy.deniedModels.find((pattern) => expressionOf(pattern).test(model)) ?? null;
}

/** The model that stands in for a restricted one: the policy's default unless that is restricted as well. */
export function substituteModel(policy: PolicyConfig): string {
  return patternAgainst(policy.defaultModel, policy) === null ? policy.defaultModel : COST_SAFE_MODEL;
}

/** Patterns come from the configuration alone, so there are few, and each is compiled once. */
const MOST_KEPT = 1000;
const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known) return known;
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 'i');
  if (expressions.size >= MOST_KEPT) expressions.clear();
  expressions.set(pattern, expression);
  return expression;
}
