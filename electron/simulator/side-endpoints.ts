import { readAnthropicRequest } from './anthropic-request.ts';
import { listOf, numberOf, textOf, type JsonObject, type JsonValue } from './json.ts';
import { readOpenAiRequest } from './openai-request.ts';
import type { ProviderState, SimulatedModel } from './provider-state.ts';
import { createRandom, hashText } from './random.ts';
import { promptText } from './simulated-request.ts';
import { countTokens, splitTokens } from './tokens.ts';
import { Rejected } from './vendor-errors.ts';

/** Length of a simulated embedding. */
const DIMENSIONS = 64;

/** One model in the words of the vendor's list. */
export function describeModel(model: SimulatedModel, state: ProviderState): JsonObject {
  const created = Math.floor(state.startedAt / 1000);
  switch (state.vendor) {
    case 'anthropic':
      return {
        type: 'model',
        id: model.id,
        display_name: model.id.replaceAll('-', ' '),
        created_at: '2026-02-05T00:00:00Z',
        max_input_tokens: model.contextWindow,
        max_tokens: 64_000,
        lifecycle: 'active',
        capabilities: null,
        line: null,
        deprecated_at: null,
        retires_at: null,
      };
    case 'vllm':
      return {
        id: model.id,
        object: 'model',
        created,
        owned_by: 'vllm',
        root: model.id,
        parent: null,
        max_model_len: model.contextWindow,
        permission: [],
      };
    case 'moonshot':
      return { id: model.id, object: 'model', created, owned_by: 'moonshot', context_length: model.contextWindow };
    case 'openai':
    case 'xai':
      return { id: model.id, object: 'model', created, owned_by: state.vendor };
  }
}

/** The vendor's model list. */
export function listModels(models: readonly SimulatedModel[], state: ProviderState): JsonObject {
  const data = models.map((model) => describeModel(model, state));
  if (state.vendor !== 'anthropic') return { object: 'list', data };
  return { data, has_more: false, first_id: models[0]?.id ?? null, last_id: models.at(-1)?.id ?? null };
}

/** Answers `/v1/embeddings`: equal texts have equal vectors of length 1, in base64 or plain numbers as asked. */
export function embed(body: JsonObject, state: ProviderState): JsonObject {
  const model = textOf(body.model) ?? '';
  if (!state.model(model)) throw new Rejected('model_missing', { model });
  const inputs = embeddingInputs(body.input);
  if (inputs.length === 0)
    throw new Rejected('invalid_request', { message: "Missing required parameter: 'input'.", param: 'input' });
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  const data = inputs.map((input, index) => {
    const vector = embeddingOf(input);
    const embedding: JsonValue =
      body.encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
    return { object: 'embedding', index, embedding };
  });
  return { object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function embeddingInputs(input: JsonValue | undefined): string[] {
  if (typeof input === 'string') return [input];
  const entries = listOf(input);
  if (entries.every((entry) => typeof entry === 'number')) return entries.length > 0 ? [entries.join(' ')] : [];
  return entries.map((entry) => (typeof entry === 'string' ? entry : listOf(entry).map(Number).join(' ')));
}

function embeddingOf(text: string): number[] {
  const random = createRandom(hashText(text));
  const raw = Array.from({ length: DIMENSIONS }, () => 2 * random() - 1);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}

/** Answers vLLM's `/tokenize`, for a `prompt` or for `messages`. */
export function tokenize(body: JsonObject, state: ProviderState): JsonObject {
  const model = state.model(textOf(body.model)) ?? state.options.models[0];
  const text = textOf(body.prompt) ?? promptText(readOpenAiRequest({ model: model?.id ?? '', ...body }, 'vllm', false));
  const pieces = splitTokens(text);
  const tokens = pieces.map((piece) => hashText(piece) % 150_000);
  return { count: pieces.length, max_model_len: model?.contextWindow ?? null, tokens, token_strs: null };
}

/** Answers Anthropic's `/v1/messages/count_tokens`. */
export function countMessageTokens(body: JsonObject, state: ProviderState): JsonObject {
  const request = readAnthropicRequest(body, { acceptsPrefill: true }, true);
  if (!state.model(request.model)) throw new Rejected('model_missing', { model: request.model });
  return { input_tokens: countTokens(promptText(request)) };
}

/** What vLLM's `/metrics` answers: all models' figures, each gauge as it stands. */
export function renderMetrics(state: ProviderState): string {
  const capacity = numberOf(state.options.kvCacheTokens) ?? 200_000;
  const gauges = {
    running: state.batch.running,
    waiting: state.batch.waiting,
    kvCacheUsage: Math.min(1, state.kvTokens / capacity),
  };
  return [...state.metrics.values()].map((metrics) => metrics.render(gauges)).join('');
}
