import { quote } from '../../../../shared/format/quote.ts';
import { InvalidRequest } from '../invalid-request.ts';
import {
  cacheControlOf,
  listOf,
  objectOf,
  optionalBoolean,
  optionalNumber,
  optionalTokens,
  requireList,
  requireName,
  requireObject,
  requireText,
  textOf,
} from '../json.ts';
import { joinTurns } from '../messages.ts';
import type {
  ChatRequest,
  ContentPart,
  JsonObject,
  JsonValue,
  Message,
  ResponseFormat,
  ThinkingRequest,
  ToolChoice,
  ToolDefinition,
} from '../types.ts';

/** The name a JSON schema gets where Anthropic's dialect has none and OpenAI's must have one. */
const SCHEMA_NAME = 'response';

/**
 * Reads the body of `POST /v1/messages`. Fields and blocks that only Anthropic's dialect knows stay in `raw`.
 *
 * @throws InvalidRequest naming the field that is wrong.
 */
export function parseAnthropicRequest(body: JsonObject): ChatRequest {
  const system = parseSystem(body['system'], 'system');
  const messages: Message[] = [];
  const list = requireList(body['messages'], 'messages');
  if (list.length === 0) throw new InvalidRequest('messages', 'must hold at least one message');
  for (const [index, item] of list.entries()) {
    const path = `messages[${index}]`;
    const message = requireObject(item, path);
    const role = requireText(message['role'], `${path}.role`);
    if (role === 'system') {
      for (const part of parseSystem(message['content'], `${path}.content`)) system.push(part);
    } else if (role === 'user' || role === 'assistant')
      messages.push({ role, content: parseBlocks(message['content'], `${path}.content`) });
    else throw new InvalidRequest(`${path}.role`, `${quote(role)} is not one of user, assistant, system`);
  }
  const choice = objectOf(body['tool_choice']);
  const outputConfig = objectOf(body['output_config']);
  const maxTokens = optionalTokens(body, 'max_tokens');
  if (maxTokens === null) throw new InvalidRequest('max_tokens', 'is required');
  return {
    dialect: 'anthropic',
    raw: body,
    model: requireName(body['model'], 'model'),
    system,
    messages: joinTurns(messages),
    tools: parseTools(body['tools']),
    toolChoice: parseToolChoice(choice),
    parallelToolCalls: choice === null ? null : parallel(choice),
    responseFormat: parseFormat(objectOf(outputConfig?.['format'])),
    maxTokens,
    temperature: optionalNumber(body, 'temperature'),
    topP: optionalNumber(body, 'top_p'),
    topK: optionalNumber(body, 'top_k'),
    seed: null,
    presencePenalty: null,
    frequencyPenalty: null,
    stop: listOf(body['stop_sequences']).map((item, index) => requireText(item, `stop_sequences[${index}]`)),
    thinking: parseThinking(objectOf(body['thinking'])),
    reasoningEffort: textOf(outputConfig?.['effort']),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: true,
    user: textOf(objectOf(body['metadata'])?.['user_id']),
  };
}

function parseSystem(value: JsonValue | undefined, path: string): ContentPart[] {
  if (value === undefined || value === null) return [];
  return parseBlocks(value, path);
}

function parseBlocks(value: JsonValue | undefined, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!Array.isArray(value)) throw new InvalidRequest(path, 'must be a string or a list of blocks');
  return value.map((item, index) => parseBlock(requireObject(item, `${path}[${index}]`), `${path}[${index}]`));
}

function parseBlock(block: JsonObject, path: string): ContentPart {
  const type = requireText(block['type'], `${path}.type`);
  switch (type) {
    case 'text':
      return { type, text: requireText(block['text'], `${path}.text`), ...cacheControlOf(block) };
    case 'image':
      return parseImage(block, path);
    case 'tool_use':
      return {
        type,
        id: requireText(block['id'], `${path}.id`),
        name: requireText(block['name'], `${path}.name`),
        input: block['input'] ?? {},
        ...cacheControlOf(block),
      };
    case 'tool_result':
      return {
        type,
        toolUseId: requireText(block['tool_use_id'], `${path}.tool_use_id`),
        content: block['content'] === undefined ? [] : parseBlocks(block['content'], `${path}.content`),
        isError: block['is_error'] === true,
        ...cacheControlOf(block),
      };
    case 'thinking':
      return { type, text: requireText(block['thinking'], `${path}.thinking`), signature: textOf(block['signature']) };
    case 'redacted_thinking':
      return { type, data: requireText(block['data'], `${path}.data`) };
    default:
      return { type: 'opaque', kind: type };
  }
}

function parseImage(block: JsonObject, path: string): ContentPart {
  const source = requireObject(block['source'], `${path}.source`);
  const extras = cacheControlOf(block);
  if (source['type'] === 'base64') {
    const base64 = requireText(source['data'], `${path}.source.data`);
    return { type: 'image', mediaType: textOf(source['media_type']), url: null, base64, ...extras };
  }
  if (source['type'] === 'url') {
    return {
      type: 'image',
      mediaType: null,
      url: requireText(source['url'], `${path}.source.url`),
      base64: null,
      ...extras,
    };
  }
  return { type: 'opaque', kind: `image from ${textOf(source['type']) ?? 'an unknown source'}` };
}

function parseTools(value: JsonValue | undefined): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  for (const [index, item] of listOf(value).entries()) {
    const path = `tools[${index}]`;
    const tool = requireObject(item, path);
    const type = textOf(tool['type']);
    if (type !== null && type !== 'custom') continue;
    tools.push({
      name: requireText(tool['name'], `${path}.name`),
      description: textOf(tool['description']),
      inputSchema: requireObject(tool['input_schema'], `${path}.input_schema`),
      strict: typeof tool['strict'] === 'boolean' ? tool['strict'] : null,
      ...cacheControlOf(tool),
    });
  }
  return tools;
}

function parseToolChoice(choice: JsonObject | null): ToolChoice | null {
  if (choice === null) return null;
  switch (textOf(choice['type']) ?? '') {
    case 'auto':
    case 'none':
      return { type: choice['type'] === 'none' ? 'none' : 'auto' };
    case 'any':
      return { type: 'required' };
    case 'tool':
      return { type: 'tool', name: requireText(choice['name'], 'tool_choice.name') };
    default:
      throw new InvalidRequest('tool_choice.type', 'must be auto, any, tool or none');
  }
}

function parallel(choice: JsonObject): boolean | null {
  const disabled = choice['disable_parallel_tool_use'];
  return typeof disabled === 'boolean' ? !disabled : null;
}

function parseFormat(format: JsonObject | null): ResponseFormat | null {
  if (format?.['type'] !== 'json_schema') return null;
  return {
    type: 'json_schema',
    name: SCHEMA_NAME,
    schema: requireObject(format['schema'], 'output_config.format.schema'),
    strict: null,
  };
}

function parseThinking(thinking: JsonObject | null): ThinkingRequest | null {
  switch (textOf(thinking?.['type']) ?? '') {
    case 'enabled':
      return { type: 'enabled', budgetTokens: thinking ? optionalTokens(thinking, 'budget_tokens') : null };
    case 'adaptive':
    case 'between_tools':
      return { type: 'adaptive' };
    case 'disabled':
      return { type: 'disabled' };
    default:
      return null;
  }
}
