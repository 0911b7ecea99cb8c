import { objectOf, textOf } from '../json.ts';
import type { JsonValue } from '../types.ts';

/**
 * The API demands it of the ids of tool calls (https://platform.claude.com/docs/en/api/messages); Kimi's look like
 * `functions.search:0`.
 */
const ALLOWED_ID = /^[a-zA-Z0-9_-]+$/;

/** An id of a tool call as the API takes it, the same for call and result. */
export function allowedId(id: string): string {
  return ALLOWED_ID.test(id) ? id : id.replaceAll(/[^a-zA-Z0-9_-]/g, '_') || '_';
}

/**
 * A caller's own messages without what the API refuses in the turns that another vendor answered: thinking that nobody
 * signed is left out, and foreign ids of tool calls are rewritten. Everything else stays as it was sent; what was changed
 * is added to `adjusted`.
 */
export function repairAnthropicMessages(messages: readonly JsonValue[], adjusted: string[]): JsonValue[] {
  const changes = new Set<string>();
  const repaired = messages.flatMap((message): JsonValue[] => {
    const fields = objectOf(message);
    const blocks = fields?.['content'];
    if (!fields || !Array.isArray(blocks) || blocks.length === 0) return [message];
    const kept = blocks.flatMap((block) => repairBlock(block, changes));
    return kept.length === 0 ? [] : [{ ...fields, content: kept }];
  });
  if (changes.size === 0) return [...messages];
  adjusted.push(...changes);
  return repaired;
}

/** The fields in which a block names a tool call. */
const ID_FIELDS: Readonly<Record<string, string>> = { tool_use: 'id', tool_result: 'tool_use_id' };

function repairBlock(block: JsonValue, changes: Set<string>): JsonValue[] {
  const fields = objectOf(block);
  const type = textOf(fields?.['type']) ?? '';
  if (type === 'thinking' && !textOf(fields?.['signature'])) {
    changes.add('earlier reasoning of another vendor left out of the conversation');
    return [];
  }
  const idField = ID_FIELDS[type];
  const id = idField === undefined ? null : textOf(fields?.[idField]);
  if (idField === undefined || id === null || allowedId(id) === id) return [block];
  changes.add('ids of another vendor’s tool calls rewritten');
  return [{ ...fields, [idField]: allowedId(id) }];
}
