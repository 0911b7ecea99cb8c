import type { Usage } from '../../../shared/domain/request.ts';
import { NO_USAGE } from '../../../shared/domain/usage.ts';
import { countOf, objectOf } from './json.ts';
import type { JsonObject } from './types.ts';

/** Where a vendor of OpenAI's dialect counts differently. */
export interface UsageRules {
  /**
   * True for xAI, whose chat completions report `reasoning_tokens` on top of `completion_tokens` rather than inside
   * (https://docs.x.ai/docs/guides/reasoning).
   */
  reasoningOnTop: boolean;
}

/** Tokens beyond which a count is no count: no model reads or writes so many for one request. */
const MOST_TOKENS = 1_000_000_000;

/** Null for counts that cannot be: they would fill every budget and fit into no row. */
function believable(usage: Usage): Usage | null {
  return Object.values(usage).every((count) => Number(count) <= MOST_TOKENS) ? usage : null;
}

/**
 * Reads OpenAI's `usage`, null where it cannot be true: cached tokens are inside `prompt_tokens`, reasoning tokens inside `completion_tokens`.
 * Moonshot puts its cached tokens into `cached_tokens` beside them.
 */
export function readOpenAiUsage(usage: JsonObject, rules: UsageRules): Usage | null {
  const promptDetails = objectOf(usage['prompt_tokens_details']);
  const completionDetails = objectOf(usage['completion_tokens_details']);
  const reasoning = countOf(completionDetails?.['reasoning_tokens']);
  const completion = countOf(usage['completion_tokens']);
  return believable({
    input_tokens: countOf(usage['prompt_tokens']),
    cache_read_tokens: countOf(promptDetails?.['cached_tokens'] ?? usage['cached_tokens']),
    cache_write_tokens: countOf(promptDetails?.['cache_write_tokens']),
    output_tokens: rules.reasoningOnTop ? completion + reasoning : completion,
    reasoning_tokens: reasoning,
    estimated: false,
  });
}

export function writeOpenAiUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: usage.input_tokens + usage.output_tokens,
    prompt_tokens_details: {
      cached_tokens: usage.cache_read_tokens,
      ...(usage.cache_write_tokens > 0 ? { cache_write_tokens: usage.cache_write_tokens } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens },
  };
}

/**
 * Reads Anthropic's `usage`, null where it cannot be true, whose `input_tokens` excludes the cached ones. What is written for an hour costs 2 times the
 * input, for five minutes 1.25 times (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching). In streams later blocks are cumulative and
 * may leave fields out: `before` fills them.
 */
export function readAnthropicUsage(
  usage: JsonObject,
  before: JsonObject = {},
): { usage: Usage | null; merged: JsonObject } {
  const merged: JsonObject = { ...before };
  for (const [name, value] of Object.entries(usage)) {
    if (value !== null) merged[name] = value;
  }
  const cacheRead = countOf(merged['cache_read_input_tokens']);
  const cacheWrite = countOf(merged['cache_creation_input_tokens']);
  const hourLong = countOf(objectOf(merged['cache_creation'])?.['ephemeral_1h_input_tokens']);
  return {
    merged,
    usage: believable({
      input_tokens: countOf(merged['input_tokens']) + cacheRead + cacheWrite,
      cache_read_tokens: cacheRead,
      cache_write_tokens: cacheWrite,
      ...(hourLong > 0 && { cache_write_1h_tokens: hourLong }),
      output_tokens: countOf(merged['output_tokens']),
      reasoning_tokens: countOf(objectOf(merged['output_tokens_details'])?.['thinking_tokens']),
      estimated: false,
    }),
  };
}

export function writeAnthropicUsage(usage: Usage | null): JsonObject {
  const known = usage ?? NO_USAGE;
  return {
    input_tokens: Math.max(0, known.input_tokens - known.cache_read_tokens - known.cache_write_tokens),
    cache_creation_input_tokens: known.cache_write_tokens,
    cache_read_input_tokens: known.cache_read_tokens,
    output_tokens: known.output_tokens,
    ...(known.reasoning_tokens > 0 ? { output_tokens_details: { thinking_tokens: known.reasoning_tokens } } : {}),
  };
}
