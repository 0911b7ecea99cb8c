import { createHash } from 'node:crypto';
import type { ChatRequest, ContentPart } from '../dialects/types.ts';

/** Characters of each part that are enough to tell conversations apart. */
const SAMPLE_CHARACTERS = 4000;

/**
 * What stays the same over all turns of a conversation, as a short key: the caller's own `prompt_cache_key` where it says
 * one, else the system prompt and the first user message. Requests of equal keys find each other's KV cache.
 */
export function prefixKey(request: ChatRequest): string {
  const own = request.raw['prompt_cache_key'];
  const first = request.messages.find((message) => message.role === 'user');
  const beginning =
    typeof own === 'string' && own !== '' ? [own] : [textOf(request.system), textOf(first?.content ?? [])];
  return createHash('sha256').update(JSON.stringify(beginning)).digest('base64url').slice(0, 22);
}

function textOf(parts: readonly ContentPart[]): string {
  return parts
    .map((part) => (part.type === 'text' ? part.text : part.type === 'image' ? (part.url ?? part.base64 ?? '') : ''))
    .join('\n')
    .slice(0, SAMPLE_CHARACTERS);
}
