import { z } from 'zod';

const count = z.number().int().min(0);

const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.object({ name: z.string().min(1), arguments: z.string().refine(isJson, 'arguments are JSON') }),
});

const openAiUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count }).partial().optional(),
  completion_tokens_details: z.object({ reasoning_tokens: count }).partial().optional(),
});

const openAiFinish = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

/** A whole answer as OpenAI publishes it (https://platform.openai.com/docs/api-reference/chat/object). */
export const chatCompletionSchema = z.object({
  id: z.string().min(1),
  object: z.literal('chat.completion'),
  created: count,
  model: z.string().min(1),
  choices: z
    .array(
      z.object({
        index: count,
        finish_reason: openAiFinish,
        message: z.object({
          role: z.literal('assistant'),
          content: z.string().nullable(),
          tool_calls: z.array(toolCall).min(1).optional(),
        }),
      }),
    )
    .length(1),
  usage: openAiUsage.optional(),
});

/** One event of a stream (https://platform.openai.com/docs/api-reference/chat-streaming/streaming). */
export const chatCompletionChunkSchema = z.object({
  id: z.string().min(1),
  object: z.literal('chat.completion.chunk'),
  created: count,
  model: z.string().min(1),
  choices: z.array(z.object({ index: count, delta: z.looseObject({}), finish_reason: openAiFinish.nullable() })).max(1),
  usage: openAiUsage.nullable().optional(),
});

const anthropicUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count.nullable().optional(),
  cache_read_input_tokens: count.nullable().optional(),
});

const contentBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.object({
    type: z.literal('tool_use'),
    id: z.string().min(1),
    name: z.string().min(1),
    input: z.record(z.string(), z.unknown()),
  }),
]);

/** A whole answer as Anthropic publishes it (https://docs.anthropic.com/en/api/messages). */
export const messageSchema = z.object({
  id: z.string().min(1),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string().min(1),
  content: z.array(contentBlock),
  stop_reason: z.enum([
    'end_turn',
    'max_tokens',
    'stop_sequence',
    'tool_use',
    'pause_turn',
    'refusal',
    'model_context_window_exceeded',
  ]),
  stop_sequence: z.string().nullable(),
  usage: anthropicUsage,
});

/** One event of a stream (https://docs.anthropic.com/en/docs/build-with-claude/streaming). */
export const messageEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message_start'),
    message: messageSchema.extend({ stop_reason: z.null(), content: z.array(contentBlock).length(0) }),
  }),
  z.object({ type: z.literal('content_block_start'), index: count, content_block: contentBlock }),
  z.object({ type: z.literal('content_block_delta'), index: count, delta: z.looseObject({ type: z.string() }) }),
  z.object({ type: z.literal('content_block_stop'), index: count }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: messageSchema.shape.stop_reason, stop_sequence: z.string().nullable() }),
    usage: z.object({ output_tokens: count }),
  }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('ping') }),
]);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
