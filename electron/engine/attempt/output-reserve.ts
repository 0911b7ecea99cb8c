import { DEFAULT_MAX_TOKENS } from '../dialects/anthropic/render-request.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { Provider } from '../providers/types.ts';

/** Output tokens reserved for a request that nobody limits. */
const UNLIMITED_OUTPUT_TOKENS = 1024;

/**
 * Output tokens that a request may use at a provider, for its place in the budgets: the caller's limit, that of the effort,
 * or the one that is sent for callers who set none; never more than the model makes.
 */
export function outputTokensOf(
  { maxTokens }: Pick<ChatRequest, 'maxTokens'>,
  effort: number | null,
  provider: Pick<Provider, 'dialect' | 'capabilities' | 'effortToParams'>,
  model: string,
): number {
  const unlimited = provider.dialect === 'anthropic' ? DEFAULT_MAX_TOKENS : UNLIMITED_OUTPUT_TOKENS;
  const asked = maxTokens ?? (effort === null ? unlimited : provider.effortToParams(effort, model).maxTokens);
  return Math.min(asked, provider.capabilities(model).maximumOutputTokens ?? Infinity);
}
