import { continueInWords } from '../continue-in-words.ts';
import { fitRequest } from '../fit-request.ts';
import { cacheControlField, listOf, objectOf, textOf } from '../json.ts';
import type { RenderedRequest, RenderTarget } from '../render-target.ts';
import type { ChatRequest, ContentPart, JsonObject, JsonValue } from '../types.ts';
import { renderAnthropicMessages, renderAnthropicSystem } from './render-messages.ts';
import { repairAnthropicMessages } from './repair-messages.ts';

/** Output limit sent where the caller set none, in tokens: Anthropic requires one. */
export const DEFAULT_MAX_TOKENS = 4096;

const JSON_INSTRUCTION = 'Answer with a single JSON object and nothing else.';

/**
 * Writes a request for a provider of Anthropic's dialect. A caller of the same dialect is passed through, as in
 * `renderOpenAiRequest`.
 *
 * @throws Untranslatable when the request holds what this dialect cannot say.
 */
export function renderAnthropicRequest(
  request: ChatRequest,
  target: RenderTarget,
  asked: ChatRequest = request,
): RenderedRequest {
  const limited = { ...request, maxTokens: request.maxTokens ?? defaultLimit(target) };
  const { request: known, adjusted } = fitRequest(limited, target);
  const fitted = continueInWords(known, target, adjusted);
  dropBlankStops(fitted, adjusted);
  const body =
    request.dialect === 'anthropic'
      ? passedThrough(asked, fitted, adjusted)
      : written(request, fitted, target, adjusted);
  body['model'] = target.model;
  body['stream'] = request.stream;
  return { body, adjusted };
}

function defaultLimit(target: RenderTarget): number {
  return Math.min(DEFAULT_MAX_TOKENS, target.maximumOutputTokens ?? DEFAULT_MAX_TOKENS);
}

/** The API refuses stop sequences of white space alone (https://platform.claude.com/docs/en/api/messages). */
function dropBlankStops(request: ChatRequest, adjusted: string[]): void {
  const visible = request.stop.filter((sequence) => sequence.trim() !== '');
  if (visible.length === request.stop.length) return;
  adjusted.push('stop sequences of white space alone left out: the API refuses them');
  request.stop = visible;
}

function passedThrough(request: ChatRequest, fitted: ChatRequest, adjusted: string[]): JsonObject {
  const body: JsonObject = { ...request.raw };
  const before = parameters(request);
  const after = parameters(fitted);
  for (const [field, value] of Object.entries(after)) {
    if (JSON.stringify(value) === JSON.stringify(before[field])) continue;
    if (value === undefined) delete body[field];
    else body[field] = value;
  }
  if (body['messages'] === undefined) {
    body['messages'] = renderAnthropicMessages(fitted.messages, adjusted);
    return body;
  }
  const added = fitted.messages.slice(request.messages.length);
  const own = repairAnthropicMessages(listOf(body['messages']), adjusted);
  body['messages'] = added.length === 0 ? own : [...own, ...renderAnthropicMessages(added, adjusted)];
  return body;
}

function written(request: ChatRequest, fitted: ChatRequest, target: RenderTarget, adjusted: string[]): JsonObject {
  const body: JsonObject = { messages: renderAnthropicMessages(fitted.messages, adjusted) };
  const system: ContentPart[] = [...fitted.system];
  if (fitted.responseFormat?.type === 'json_object') {
    system.push({ type: 'text', text: JSON_INSTRUCTION });
    adjusted.push(`response_format json_object sent as an instruction: ${target.provider} has no such mode`);
  }
  const spoken = renderAnthropicSystem(system);
  if (listOf(body['messages']).length === 0 && spoken !== null) {
    body['messages'] = [{ role: 'user', content: spoken }];
    adjusted.push(`system messages sent as the user's: ${target.provider} takes no conversation of them alone`);
  } else if (spoken !== null) body['system'] = spoken;
  for (const [field, value] of Object.entries(parameters(fitted))) {
    if (value !== undefined) body[field] = value;
  }
  for (const tool of listOf(request.raw['tools'])) {
    const type = textOf(objectOf(tool)?.['type']);
    if (type !== 'function')
      adjusted.push(`tool ${type ?? 'of unknown type'} left out: ${target.provider} does not have it`);
  }
  for (const field of ['seed', 'presence_penalty', 'frequency_penalty', 'logit_bias', 'logprobs']) {
    const value = request.raw[field];
    if (value !== undefined && value !== null && value !== false && !target.refusedParameters.includes(field)) {
      adjusted.push(`${field} left out: ${target.provider} does not have it`);
    }
  }
  return body;
}

/** Every parameter that both the parsed form and Anthropic's body can hold; undefined means absent. */
function parameters(request: ChatRequest): Record<string, JsonValue | undefined> {
  return {
    max_tokens: request.maxTokens ?? undefined,
    tools: request.tools.length === 0 ? undefined : request.tools.map(renderTool),
    tool_choice: renderToolChoice(request),
    output_config: renderOutputConfig(request),
    temperature: request.temperature ?? undefined,
    top_p: request.topP ?? undefined,
    top_k: request.topK ?? undefined,
    stop_sequences: request.stop.length === 0 ? undefined : request.stop,
    thinking: renderThinking(request),
    metadata: request.user === null ? undefined : { user_id: request.user },
  };
}

function renderTool(tool: ChatRequest['tools'][number]): JsonObject {
  return {
    name: tool.name,
    ...(tool.description === null ? {} : { description: tool.description }),
    input_schema: { ...tool.inputSchema, type: 'object' },
    ...(tool.strict === null ? {} : { strict: tool.strict }),
    ...cacheControlField(tool),
  };
}

function renderToolChoice(request: ChatRequest): JsonObject | undefined {
  if (request.tools.length === 0) return undefined;
  const parallel = request.parallelToolCalls;
  const choice = request.toolChoice ?? (parallel === null ? null : { type: 'auto' as const });
  if (choice === null) return undefined;
  if (choice.type === 'none') return { type: 'none' };
  const extra: JsonObject = parallel === null ? {} : { disable_parallel_tool_use: !parallel };
  if (choice.type === 'tool') return { type: 'tool', name: choice.name, ...extra };
  return { type: choice.type === 'required' ? 'any' : 'auto', ...extra };
}

function renderOutputConfig(request: ChatRequest): JsonObject | undefined {
  const format = request.responseFormat;
  const config: JsonObject = {
    ...(request.reasoningEffort === null ? {} : { effort: request.reasoningEffort }),
    ...(format?.type === 'json_schema' ? { format: { type: 'json_schema', schema: format.schema } } : {}),
  };
  return Object.keys(config).length === 0 ? undefined : config;
}

function renderThinking(request: ChatRequest): JsonObject | undefined {
  const thinking = request.thinking;
  if (thinking === null) return undefined;
  if (thinking.type !== 'enabled') return { type: thinking.type };
  return thinking.budgetTokens === null
    ? { type: 'adaptive' }
    : { type: 'enabled', budget_tokens: thinking.budgetTokens };
}
