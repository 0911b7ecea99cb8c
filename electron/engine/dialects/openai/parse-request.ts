import { InvalidRequest } from '../invalid-request.ts';
import {
  cacheControlOf,
  listOf,
  objectOf,
  optionalBoolean,
  optionalNumber,
  optionalText,
  optionalTokens,
  requireName,
  requireObject,
  requireText,
  textOf,
} from '../json.ts';
import type {
  ChatRequest,
  JsonObject,
  JsonValue,
  ResponseFormat,
  ThinkingRequest,
  ToolChoice,
  ToolDefinition,
} from '../types.ts';
import { parseOpenAiMessages } from './parse-messages.ts';

/**
 * Reads the body of `POST /v1/chat/completions`. Fields that only OpenAI's dialect knows stay in `raw`.
 *
 * @throws InvalidRequest naming the field that is wrong.
 */
export function parseOpenAiRequest(body: JsonObject): ChatRequest {
  const choices = optionalNumber(body, 'n');
  if (choices !== null && choices !== 1)
    throw new InvalidRequest('n', `only one choice a request is supported, not ${choices}`);
  const { system, messages } = parseOpenAiMessages(body['messages']);
  const streamOptions = objectOf(body['stream_options']);
  return {
    dialect: 'openai',
    raw: body,
    model: requireName(body['model'], 'model'),
    system,
    messages,
    tools: parseTools(body['tools']),
    toolChoice: parseToolChoice(body['tool_choice']),
    parallelToolCalls: optionalBoolean(body, 'parallel_tool_calls'),
    responseFormat: parseResponseFormat(body['response_format']),
    maxTokens: optionalTokens(body, 'max_completion_tokens') ?? optionalTokens(body, 'max_tokens'),
    temperature: optionalNumber(body, 'temperature'),
    topP: optionalNumber(body, 'top_p'),
    topK: optionalNumber(body, 'top_k'),
    seed: optionalNumber(body, 'seed'),
    presencePenalty: optionalNumber(body, 'presence_penalty'),
    frequencyPenalty: optionalNumber(body, 'frequency_penalty'),
    stop: parseStop(body['stop']),
    thinking: parseThinking(body['thinking']),
    reasoningEffort: optionalText(body, 'reasoning_effort'),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: streamOptions?.['include_usage'] === true,
    user: optionalText(body, 'user') ?? optionalText(body, 'safety_identifier'),
  };
}

function parseTools(value: JsonValue | undefined): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  for (const [index, item] of listOf(value).entries()) {
    const path = `tools[${index}]`;
    const tool = requireObject(item, path);
    if (tool['type'] !== 'function') continue;
    const definition = requireObject(tool['function'], `${path}.function`);
    tools.push({
      name: requireText(definition['name'], `${path}.function.name`),
      description: textOf(definition['description']),
      inputSchema: objectOf(definition['parameters']) ?? { type: 'object', properties: {} },
      strict: typeof definition['strict'] === 'boolean' ? definition['strict'] : null,
      ...cacheControlOf(tool),
    });
  }
  return tools;
}

function parseToolChoice(value: JsonValue | undefined): ToolChoice | null {
  if (value === undefined || value === null) return null;
  if (value === 'auto' || value === 'none' || value === 'required') return { type: value };
  const choice = objectOf(value);
  if (choice?.['type'] === 'function') {
    const named = requireObject(choice['function'], 'tool_choice.function');
    return { type: 'tool', name: requireText(named['name'], 'tool_choice.function.name') };
  }
  if (choice?.['type'] === 'allowed_tools') {
    return { type: objectOf(choice['allowed_tools'])?.['mode'] === 'required' ? 'required' : 'auto' };
  }
  if (choice?.['type'] === 'custom') {
    return { type: 'tool', name: requireText(objectOf(choice['custom'])?.['name'], 'tool_choice.custom.name') };
  }
  throw new InvalidRequest('tool_choice', 'must be auto, none, required or name a function');
}

function parseResponseFormat(value: JsonValue | undefined): ResponseFormat | null {
  const format = objectOf(value);
  if (format === null) return null;
  if (format['type'] === 'text') return null;
  if (format['type'] === 'json_object') return { type: 'json_object' };
  if (format['type'] === 'json_schema') {
    const definition = requireObject(format['json_schema'], 'response_format.json_schema');
    return {
      type: 'json_schema',
      name: requireText(definition['name'], 'response_format.json_schema.name'),
      schema: objectOf(definition['schema']) ?? {},
      strict: typeof definition['strict'] === 'boolean' ? definition['strict'] : null,
    };
  }
  throw new InvalidRequest('response_format.type', 'must be text, json_object or json_schema');
}

function parseStop(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [value];
  return listOf(value).map((item, index) => requireText(item, `stop[${index}]`));
}

/** Moonshot takes `thinking: {type}` in OpenAI's dialect (https://platform.moonshot.ai/docs). */
function parseThinking(value: JsonValue | undefined): ThinkingRequest | null {
  const type = objectOf(value)?.['type'];
  if (type === 'enabled') return { type, budgetTokens: null };
  return type === 'disabled' ? { type } : null;
}
