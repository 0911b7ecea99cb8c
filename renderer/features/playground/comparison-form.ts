import type { CompareRequest } from '../../../shared/domain/compare.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';

/** A column of the playground: who is asked. */
export interface Target {
  id: string;
  /** Registry name; empty until one is chosen. */
  provider: string;
  /** Another upstream model than the provider's own; empty for its own. */
  model: string;
}

/** What is filled in, as text where the viewer types text. */
export interface ComparisonForm {
  system: string;
  prompt: string;
  targets: readonly Target[];
  maxTokens: string;
  /** Empty leaves it to the provider. */
  temperature: string;
  /** 0 to 1; empty leaves it to the provider. */
  effort: string;
}

export const MOST_TARGETS = 6;
const LONGEST_PROMPT = 400_000;
const LONGEST_SYSTEM = 200_000;

export const emptyForm: ComparisonForm = {
  system: '',
  prompt: '',
  targets: [],
  maxTokens: '1024',
  temperature: '',
  effort: '',
};

type FormProblems = Partial<Record<'prompt' | 'system' | 'targets' | 'maxTokens' | 'temperature' | 'effort', string>>;

/** What keeps the form from being sent, by field, each a sentence with the way out. Empty when nothing does. */
export function formProblems(form: ComparisonForm): FormProblems {
  const problems: FormProblems = {};
  if (form.prompt.trim() === '') problems.prompt = 'Write a prompt.';
  else if (form.prompt.length > LONGEST_PROMPT) problems.prompt = `Shorten the prompt to ${LONGEST_PROMPT} characters.`;
  if (form.system.length > LONGEST_SYSTEM)
    problems.system = `Shorten the system prompt to ${LONGEST_SYSTEM} characters.`;
  if (form.targets.every(({ provider }) => provider === '')) problems.targets = 'Choose a provider.';
  const maxTokens = numberIn(form.maxTokens, 1, 64_000);
  if (maxTokens === null || !Number.isInteger(maxTokens)) problems.maxTokens = 'A whole number from 1 to 64,000.';
  if (form.temperature !== '' && numberIn(form.temperature, 0, 2) === null)
    problems.temperature = 'A number from 0 to 2.';
  if (form.effort !== '' && numberIn(form.effort, 0, 1) === null) problems.effort = 'A number from 0 to 1.';
  return problems;
}

/** The request of one column. Call only with a form that has no problems. */
export function columnRequest(form: ComparisonForm, target: Target): CompareRequest {
  return {
    prompt: form.prompt,
    ...(form.system.trim() === '' ? {} : { system: form.system }),
    targets: [{ provider: target.provider, ...(target.model.trim() === '' ? {} : { model: target.model.trim() }) }],
    max_tokens: Number(form.maxTokens),
    ...(form.temperature === '' ? {} : { temperature: Number(form.temperature) }),
    ...(form.effort === '' ? {} : { effort: Number(form.effort) }),
  };
}

function numberIn(text: string, least: number, most: number): number | null {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && value >= least && value <= most ? value : null;
}

/** Two columns to begin with: the first providers of the chain that can be asked. */
export function firstTargets(providers: readonly ProviderStatus[]): Target[] {
  const askable = providers.filter((provider) => whyNotAskable(provider) === null);
  const inChain = askable.toSorted(
    (a, b) => (a.chain_position ?? Number.POSITIVE_INFINITY) - (b.chain_position ?? Number.POSITIVE_INFINITY),
  );
  return inChain.slice(0, 2).map((provider, index) => ({ id: `first-${index}`, provider: provider.name, model: '' }));
}

/** The provider to offer for one more column: the first that has none yet, else the first of all. */
export function nextProvider(providers: readonly ProviderStatus[], targets: readonly Target[]): string {
  const askable = providers.filter((provider) => whyNotAskable(provider) === null);
  const used = new Set(targets.map(({ provider }) => provider));
  return (askable.find(({ name }) => !used.has(name)) ?? askable[0])?.name ?? '';
}

/** Why a provider cannot be asked at all; null when it can. An unhealthy one may be asked: that is what a test is for. */
export function whyNotAskable(provider: ProviderStatus): string | null {
  if (provider.key === 'missing') return `${provider.key_env ?? 'its key'} is missing`;
  return provider.health.status === 'disabled' ? 'off' : null;
}
