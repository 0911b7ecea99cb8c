import { continueInWords } from '../continue-in-words.ts';
import { fitRequest } from '../fit-request.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { RenderedRequest, RenderTarget } from '../render-target.ts';
import type { ChatRequest, JsonObject, JsonValue, ToolChoice } from '../types.ts';
import { renderOpenAiMessages } from './render-messages.ts';

/**
 * Writes a request for a provider of OpenAI's dialect.
 *
 * A caller of the same dialect is passed through: the body starts from `raw`, only what the target would refuse is
 * changed, and `messages` are taken from `raw` as they are unless it has none. Streams always ask for usage, so that it is always known. `asked` is
 * the request as `raw` says it, where `request` was filled in since.
 *
 * @throws Untranslatable when the request holds what this dialect cannot say.
 */
export function renderOpenAiRequest(
  request: ChatRequest,
  target: RenderTarget,
  asked: ChatRequest = request,
): RenderedRequest {
  const { request: known, adjusted } = fitRequest(request, target);
  const fitted = request.dialect === 'openai' ? known : continueInWords(known, target, adjusted);
  const body =
    request.dialect === 'openai' ? passedThrough(asked, fitted, target) : written(request, fitted, target, adjusted);
  if (target.prefill && request.dialect !== 'openai' && request.messages.at(-1)?.role === 'assistant') {
    // vLLM goes on with a begun answer only when told so (https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html).
    // A caller of this dialect says so itself, so that its own messages pass through as they are.
    body['continue_final_message'] = true;
    body['add_generation_prompt'] = false;
  }
  body['model'] = target.model;
  body['stream'] = request.stream;
  if (request.stream) body['stream_options'] = { ...objectOf(body['stream_options']), include_usage: true };
  else delete body['stream_options'];
  return { body, adjusted };
}

function passedThrough(request: ChatRequest, fitted: ChatRequest, target: RenderTarget): JsonObject {
  const body: JsonObject = { ...request.raw };
  const before = parameters(request, target);
  const after = parameters(fitted, target);
  for (const [field, value] of Object.entries(after)) {
    if (JSON.stringify(value) === JSON.stringify(before[field])) continue;
    if (value === undefined) delete body[field];
    else body[field] = value;
  }
  if (fitted.maxTokens !== null) {
    delete body['max_tokens'];
    delete body['max_completion_tokens'];
    body[target.maxTokensField] = fitted.maxTokens;
  }
  // What was dropped although the parsed form has no field for how the caller put it.
  if (fitted.thinking === null && request.thinking !== null) delete body['thinking'];
  if (body['messages'] === undefined) body['messages'] = renderOpenAiMessages(fitted, target);
  return body;
}

function written(request: ChatRequest, fitted: ChatRequest, target: RenderTarget, adjusted: string[]): JsonObject {
  const body: JsonObject = { messages: renderOpenAiMessages(fitted, target) };
  for (const [field, value] of Object.entries(parameters(fitted, target))) {
    if (value !== undefined) body[field] = value;
  }
  if (fitted.maxTokens !== null) body[target.maxTokensField] = fitted.maxTokens;
  const lost = listOf(request.raw['tools']).filter((tool) => !isClientTool(tool));
  for (const tool of lost)
    adjusted.push(
      `tool ${textOf(objectOf(tool)?.['type']) ?? 'of unknown type'} left out: ${target.provider} does not have it`,
    );
  if (request.topK !== null && !target.extendedSampling)
    adjusted.push(`top_k left out: ${target.provider} does not have it`);
  return body;
}

/** Anthropic's own tools carry a dated type; the client's have none or `custom`. */
function isClientTool(tool: JsonValue): boolean {
  const type = objectOf(tool)?.['type'];
  return type === undefined || type === null || type === 'custom';
}

/** Every parameter that both the parsed form and OpenAI's body can hold; undefined means absent. */
function parameters(request: ChatRequest, target: RenderTarget): Record<string, JsonValue | undefined> {
  return {
    tools: request.tools.length === 0 ? undefined : request.tools.map(renderTool),
    tool_choice: request.tools.length === 0 ? undefined : renderToolChoice(request.toolChoice),
    parallel_tool_calls: request.tools.length === 0 ? undefined : (request.parallelToolCalls ?? undefined),
    response_format: renderResponseFormat(request),
    temperature: request.temperature ?? undefined,
    top_p: request.topP ?? undefined,
    top_k: target.extendedSampling || request.dialect === 'openai' ? (request.topK ?? undefined) : undefined,
    seed: request.seed ?? undefined,
    presence_penalty: request.presencePenalty ?? undefined,
    frequency_penalty: request.frequencyPenalty ?? undefined,
    stop: request.stop.length === 0 ? undefined : request.stop,
    // Moonshot's switch; no other server of this dialect has one.
    thinking: target.thinking === 'always' && request.thinking ? { type: request.thinking.type } : undefined,
    reasoning_effort: request.reasoningEffort ?? undefined,
    user: request.user ?? undefined,
  };
}

function renderTool(tool: ChatRequest['tools'][number]): JsonObject {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description === null ? {} : { description: tool.description }),
      parameters: tool.inputSchema,
      ...(tool.strict === null ? {} : { strict: tool.strict }),
    },
  };
}

function renderToolChoice(choice: ToolChoice | null): JsonValue | undefined {
  if (choice === null) return undefined;
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type;
}

function renderResponseFormat(request: ChatRequest): JsonObject | undefined {
  const format = request.responseFormat;
  if (format === null) return undefined;
  if (format.type === 'json_object') return { type: 'json_object' };
  return {
    type: 'json_schema',
    json_schema: {
      name: format.name,
      schema: format.schema,
      ...(format.strict === null ? {} : { strict: format.strict }),
    },
  };
}
