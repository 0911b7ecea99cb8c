import { Untranslatable } from '../render-target.ts';
import type { RenderTarget } from '../render-target.ts';
import type { ChatRequest, ContentPart, JsonObject, JsonValue, Message } from '../types.ts';
import { plainText } from '../messages.ts';

/**
 * Writes a conversation as OpenAI's `messages`. Thinking goes back in the fields that the target reads and is left out
 * where it has none: it is the model's own earlier reasoning, nobody else's.
 *
 * @throws Untranslatable for parts that only another dialect knows.
 */
export function renderOpenAiMessages(request: ChatRequest, target: RenderTarget): JsonObject[] {
  const messages: JsonObject[] = [];
  if (request.system.length > 0) messages.push({ role: 'system', content: renderContent(request.system) });
  for (const message of request.messages) {
    if (message.role === 'assistant') messages.push(renderAssistant(message, target));
    else for (const rendered of renderUser(message)) messages.push(rendered);
  }
  return messages;
}

function renderUser(message: Message): JsonObject[] {
  const rendered: JsonObject[] = [];
  const rest: ContentPart[] = [];
  for (const part of message.content) {
    if (part.type !== 'tool_result') {
      rest.push(part);
      continue;
    }
    // A tool message holds text alone; pictures a tool returned go into the user message that follows.
    const pictures = part.content.filter((inner) => inner.type === 'image');
    const texts = part.content.filter((inner) => inner.type !== 'image');
    rendered.push({ role: 'tool', tool_call_id: part.toolUseId, content: renderContent(texts) });
    for (const picture of pictures) rest.push(picture);
  }
  if (rest.length > 0) rendered.push({ role: 'user', content: renderContent(rest) });
  return rendered;
}

function renderAssistant(message: Message, target: RenderTarget): JsonObject {
  const calls = message.content.flatMap((part) => (part.type === 'tool_use' ? [renderToolCall(part)] : []));
  const spoken = message.content.filter((part) => part.type === 'text' || part.type === 'opaque');
  const thinking = message.content.map((part) => (part.type === 'thinking' ? part.text : '')).join('');
  const rendered: JsonObject = {
    role: 'assistant',
    content: spoken.length > 0 ? renderContent(spoken) : calls.length > 0 ? null : '',
  };
  if (thinking !== '') for (const field of target.reasoningFields) rendered[field] = thinking;
  if (calls.length > 0) rendered['tool_calls'] = calls;
  return rendered;
}

/** Arguments as OpenAI's JSON text; a text that never was JSON goes back as it came. */
export function toolArguments(input: JsonValue): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

function renderToolCall(part: Extract<ContentPart, { type: 'tool_use' }>): JsonObject {
  return { id: part.id, type: 'function', function: { name: part.name, arguments: toolArguments(part.input) } };
}

function renderContent(parts: readonly ContentPart[]): JsonValue {
  const first = parts[0];
  if (parts.length === 1 && first?.type === 'text' && !first.cacheControl) return first.text;
  if (parts.length === 0) return '';
  return parts.map(renderPart);
}

function renderPart(part: ContentPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return {
        type: 'image_url',
        image_url: {
          url: part.url ?? `data:${part.mediaType ?? 'image/png'};base64,${part.base64 ?? ''}`,
          ...(part.detail === undefined ? {} : { detail: part.detail }),
        },
      };
    case 'tool_result':
      return { type: 'text', text: plainText(part.content) };
    case 'opaque':
      throw new Untranslatable(`a "${part.kind}" part cannot be said in OpenAI's dialect`);
    case 'tool_use':
    case 'thinking':
    case 'redacted_thinking':
      throw new Untranslatable(`a "${part.type}" part stands where only text and images may`);
  }
}
