import { cacheControlField } from '../json.ts';
import { joinTurns } from '../messages.ts';
import { Untranslatable } from '../render-target.ts';
import type { ContentPart, JsonObject, JsonValue, Message } from '../types.ts';
import { allowedId } from './repair-messages.ts';

/**
 * Writes turns as Anthropic's `messages`. Thinking without Anthropic's own signature is left out, since the API refuses
 * blocks it did not make; ids of tool calls keep only the characters it allows, the same in call and result.
 *
 * @throws Untranslatable for parts that only another dialect knows.
 */
export function renderAnthropicMessages(messages: readonly Message[], adjusted: string[]): JsonObject[] {
  let unsigned = false;
  const rendered: JsonObject[] = [];
  for (const message of joinTurns(messages)) {
    const blocks: JsonObject[] = [];
    for (const part of resultsFirst(message.content)) {
      if (part.type === 'thinking' && part.signature === null) unsigned = true;
      else if (!isBlank(part)) blocks.push(renderBlock(part));
    }
    if (blocks.length > 0) rendered.push({ role: message.role, content: shorten(blocks) });
  }
  if (unsigned) adjusted.push('earlier reasoning of another vendor left out of the conversation');
  return rendered;
}

/** System text as Anthropic's `system`: a string where it can be one, null where nothing is said. */
export function renderAnthropicSystem(system: readonly ContentPart[]): JsonValue {
  const blocks = system.filter((part) => !isBlank(part)).map(renderBlock);
  return blocks.length === 0 ? null : shorten(blocks);
}

/** The API refuses texts of white space alone (https://platform.claude.com/docs/en/api/errors). */
function isBlank(part: ContentPart): boolean {
  return part.type === 'text' && part.text.trim() === '';
}

/** Results must open the turn that answers tool calls. */
function resultsFirst(parts: readonly ContentPart[]): ContentPart[] {
  return [
    ...parts.filter((part) => part.type === 'tool_result'),
    ...parts.filter((part) => part.type !== 'tool_result'),
  ];
}

/** One plain text block may be written as a string. */
function shorten(blocks: JsonObject[]): JsonValue {
  const only = blocks.length === 1 ? blocks[0] : undefined;
  return only?.['type'] === 'text' && Object.keys(only).length === 2 ? (only['text'] ?? '') : blocks;
}

function renderBlock(part: ContentPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...cacheControlField(part) };
    case 'image':
      return { type: 'image', source: renderSource(part), ...cacheControlField(part) };
    case 'tool_use':
      return {
        type: 'tool_use',
        id: allowedId(part.id),
        name: part.name,
        input: inputObject(part.input),
        ...cacheControlField(part),
      };
    case 'tool_result':
      return {
        type: 'tool_result',
        tool_use_id: allowedId(part.toolUseId),
        content: shorten(part.content.map(renderBlock)),
        ...(part.isError ? { is_error: true } : {}),
        ...cacheControlField(part),
      };
    case 'thinking':
      return { type: 'thinking', thinking: part.text, signature: part.signature };
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: part.data };
    case 'opaque':
      throw new Untranslatable(`a "${part.kind}" part cannot be said in Anthropic's dialect`);
  }
}

function renderSource(part: Extract<ContentPart, { type: 'image' }>): JsonObject {
  if (part.url !== null) return { type: 'url', url: part.url };
  return { type: 'base64', media_type: part.mediaType ?? 'image/png', data: part.base64 ?? '' };
}

/** A tool's input must be an object there. */
function inputObject(input: JsonValue): JsonValue {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input };
}
