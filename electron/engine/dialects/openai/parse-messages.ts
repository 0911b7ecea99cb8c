import { quote } from '../../../../shared/format/quote.ts';
import { InvalidRequest } from '../invalid-request.ts';
import {
  cacheControlOf,
  listOf,
  objectOf,
  parseJson,
  requireList,
  requireObject,
  requireText,
  textOf,
} from '../json.ts';
import { joinTurns } from '../messages.ts';
import type { ContentPart, JsonObject, JsonValue, Message } from '../types.ts';

/** System text and turns of an OpenAI conversation. */
export interface ParsedMessages {
  system: ContentPart[];
  messages: Message[];
}

/**
 * Reads OpenAI's `messages`. `system` and `developer` messages are gathered in front wherever they stand; a `tool`
 * message becomes a part of the user's turn, as Anthropic has it; neighbours of one role are joined.
 */
export function parseOpenAiMessages(value: JsonValue | undefined): ParsedMessages {
  const list = requireList(value, 'messages');
  if (list.length === 0) throw new InvalidRequest('messages', 'must hold at least one message');
  const system: ContentPart[] = [];
  const messages: Message[] = [];
  for (const [index, item] of list.entries()) {
    const path = `messages[${index}]`;
    const message = requireObject(item, path);
    const role = requireText(message['role'], `${path}.role`);
    if (role === 'system' || role === 'developer') {
      for (const part of parseContent(message['content'], `${path}.content`)) system.push(part);
    } else if (role === 'user') {
      messages.push({ role: 'user', content: parseContent(message['content'], `${path}.content`) });
    } else if (role === 'assistant') {
      messages.push({ role: 'assistant', content: parseAssistant(message, path) });
    } else if (role === 'tool') {
      messages.push({ role: 'user', content: [parseToolResult(message, path)] });
    } else {
      throw new InvalidRequest(`${path}.role`, `${quote(role)} is not one of system, developer, user, assistant, tool`);
    }
  }
  return { system, messages: joinTurns(messages) };
}

function parseContent(value: JsonValue | undefined, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!Array.isArray(value)) throw new InvalidRequest(path, 'must be a string or a list of parts');
  return value.map((item, index) => parsePart(requireObject(item, `${path}[${index}]`), `${path}[${index}]`));
}

function parsePart(part: JsonObject, path: string): ContentPart {
  const type = requireText(part['type'], `${path}.type`);
  if (type === 'text') return { type, text: requireText(part['text'], `${path}.text`), ...cacheControlOf(part) };
  if (type === 'refusal') return { type: 'text', text: requireText(part['refusal'], `${path}.refusal`) };
  if (type === 'image_url') return parseImage(part, path);
  return { type: 'opaque', kind: type };
}

const DATA_URL = /^data:([^;,]+)?(?:;[^;,]+)*;base64,(.*)$/s;

function parseImage(part: JsonObject, path: string): ContentPart {
  const image = requireObject(part['image_url'], `${path}.image_url`);
  const url = requireText(image['url'], `${path}.image_url.url`);
  const detail = textOf(image['detail']);
  const extras = { ...(detail === null ? {} : { detail }), ...cacheControlOf(part) };
  const data = DATA_URL.exec(url);
  if (data) return { type: 'image', mediaType: data[1] ?? null, url: null, base64: data[2] ?? '', ...extras };
  if (!/^https?:\/\//i.test(url)) {
    throw new InvalidRequest(`${path}.image_url.url`, 'must be an http(s) address or a base64 data URL');
  }
  return { type: 'image', mediaType: null, url, base64: null, ...extras };
}

function parseAssistant(message: JsonObject, path: string): ContentPart[] {
  const parts: ContentPart[] = [];
  const thinking = textOf(message['reasoning_content']) || textOf(message['reasoning']);
  if (thinking) parts.push({ type: 'thinking', text: thinking, signature: null });
  const content = message['content'];
  if (content !== undefined && content !== null && content !== '')
    for (const part of parseContent(content, `${path}.content`)) parts.push(part);
  const refusal = textOf(message['refusal']);
  if (refusal) parts.push({ type: 'text', text: refusal });
  for (const [index, item] of listOf(message['tool_calls']).entries()) {
    parts.push(parseToolCall(requireObject(item, `${path}.tool_calls[${index}]`), `${path}.tool_calls[${index}]`));
  }
  return parts;
}

function parseToolCall(call: JsonObject, path: string): ContentPart {
  const kind = textOf(call['type']) ?? 'function';
  const definition = objectOf(call['function']);
  if (kind !== 'function' || definition === null) return { type: 'opaque', kind: `${kind} tool call` };
  return {
    type: 'tool_use',
    id: requireText(call['id'], `${path}.id`),
    name: requireText(definition['name'], `${path}.function.name`),
    input: toolInput(textOf(definition['arguments']) ?? ''),
  };
}

/** Arguments as a value; text that is not JSON stays the text it is, and an empty one means none. */
export function toolInput(text: string): JsonValue {
  if (text.trim() === '') return {};
  const parsed = parseJson(text);
  return parsed === undefined ? text : parsed;
}

function parseToolResult(message: JsonObject, path: string): ContentPart {
  return {
    type: 'tool_result',
    toolUseId: requireText(message['tool_call_id'], `${path}.tool_call_id`),
    content: parseContent(message['content'] ?? '', `${path}.content`),
    isError: false,
  };
}
