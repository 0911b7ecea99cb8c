import { listOf, objectOf, textOf } from './json.ts';
import type { JsonObject, JsonValue } from './types.ts';

/** Fields of OpenAI's delta that say who speaks, and nothing of what. */
const NO_CONTENT = new Set(['role']);
/** Blocks of Anthropic's dialect that begin empty. */
const READ_BLOCKS = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

/**
 * Whether a chunk brings a piece of the answer that the engine's own form has no word for, and that only a caller of the same
 * dialect gets: what a vendor's own tool is given or returns, citations, speech, OpenAI's old `function_call`. `isRead` says
 * that something in the chunk was understood.
 */
export function bringsUnreadContent(raw: JsonObject, isRead: boolean): boolean {
  switch (raw['type']) {
    case 'content_block_start':
      return !READ_BLOCKS.has(textOf(objectOf(raw['content_block'])?.['type']) ?? '');
    case 'content_block_delta':
      return !isRead;
    default: {
      const delta = objectOf(objectOf(listOf(raw['choices'])[0])?.['delta']) ?? {};
      return Object.entries(delta).some(([field, value]) => !NO_CONTENT.has(field) && isFilled(value));
    }
  }
}

function isFilled(value: JsonValue | undefined): boolean {
  if (value === null || value === undefined || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}
