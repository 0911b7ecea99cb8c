import {
  MAXIMUM_OVERRIDE_SECONDS,
  overrideRequestSchema,
  type OverrideRequest,
} from '../../../shared/domain/operations.ts';
import { parseDuration } from '../../../shared/format/duration.ts';

export type ScopeKind = 'all' | 'call-site' | 'model';

/** The dialog's fields as typed. */
export interface ForceForm {
  provider: string;
  scopeKind: ScopeKind;
  scopeName: string;
  expiry: string;
  reason: string;
  operator: string;
  /** The provider's name typed again, where it is not healthy. */
  confirmation: string;
}

export type ForceProblems = Partial<Record<keyof ForceForm, string>>;

/** The request that the form stands for, or what is wrong with each field. */
export function readForceForm(
  form: ForceForm,
  needsConfirmation: boolean,
): { request: OverrideRequest } | { problems: ForceProblems } {
  const problems: ForceProblems = {};
  const ttl = readExpiry(form.expiry);
  if (typeof ttl === 'string') problems.expiry = ttl;
  if (form.provider === '') problems.provider = 'Choose a provider.';
  if (form.scopeKind !== 'all' && form.scopeName.trim() === '') {
    problems.scopeName = `Name the ${form.scopeKind === 'model' ? 'model' : 'call site'}.`;
  }
  if (form.reason.trim().length < 3)
    problems.reason = 'Say why, in three letters or more: it stands in the banner and in the audit.';
  if (form.operator.trim() === '') problems.operator = 'Say who you are.';
  if (needsConfirmation && form.confirmation.trim() !== form.provider)
    problems.confirmation = `Type ${form.provider} to force it all the same.`;
  if (Object.keys(problems).length > 0 || typeof ttl === 'string') return { problems };
  const request = overrideRequestSchema.parse({
    provider: form.provider,
    ttl_seconds: ttl,
    reason: form.reason,
    operator: form.operator,
    scope: form.scopeKind === 'all' ? 'all' : `${form.scopeKind}:${form.scopeName.trim()}`,
  });
  return { request };
}

/** Seconds of the typed expiry, or what is wrong with it. */
export function readExpiry(text: string): number | string {
  try {
    const seconds = Math.round(parseDuration(text) / 1000);
    if (seconds < 10) return 'The shortest override is 10 s.';
    return seconds > MAXIMUM_OVERRIDE_SECONDS ? 'The longest override is 24 h.' : seconds;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The fields of a scope written as `all`, `call-site:NAME` or `model:NAME`. */
export function readScope(scope: string): Pick<ForceForm, 'scopeKind' | 'scopeName'> {
  const [kind, ...rest] = scope.split(':');
  if (kind === 'call-site' || kind === 'model') return { scopeKind: kind, scopeName: rest.join(':') };
  return { scopeKind: 'all', scopeName: '' };
}
