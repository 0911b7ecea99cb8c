import { COST_SAFE_MODEL } from '../registry/defaults.ts';
import type { PolicyConfig } from '../registry/types.ts';

/** Whether a model is one that the policy keeps from being used. Patterns may hold `*`; case does not matter. */
export function isRestricted(model: string, policy: PolicyConfig): boolean {
  return policy.restrictModels && policy.deniedModels.some((pattern) => matches(model, pattern));
}

/** The model that stands in for a restricted one: the policy's default unless that is restricted as well. */
export function substituteModel(policy: PolicyConfig): string {
  return isRestricted(policy.defaultModel, policy) ? COST_SAFE_MODEL : policy.defaultModel;
}

function matches(text: string, pattern: string): boolean {
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 'i').test(text);
}
