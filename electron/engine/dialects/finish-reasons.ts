import type { FinishReason } from './types.ts';

/** OpenAI's `finish_reason`, with vLLM's two further ones and the older `function_call`. */
const FROM_OPENAI: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  abort: 'abort',
  // vLLM's word for a failure of its own in newer versions, and OpenRouter's for one of its upstream.
  error: 'abort',
  repetition: 'repetition',
};

/** What stopped short of the model's own end is `length` to an OpenAI client: it must not look whole. */
const TO_OPENAI: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  pause_turn: 'length',
  context_window_exceeded: 'length',
  abort: 'length',
  repetition: 'length',
};

const FROM_ANTHROPIC: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop_sequence',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  pause_turn: 'pause_turn',
  refusal: 'refusal',
  model_context_window_exceeded: 'context_window_exceeded',
};

const TO_ANTHROPIC: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  pause_turn: 'pause_turn',
  context_window_exceeded: 'model_context_window_exceeded',
  abort: 'max_tokens',
  repetition: 'max_tokens',
};

/**
 * Reads OpenAI's finish reason. A forced function call ends with `stop` there although the client must act on the call
 * (https://platform.openai.com/docs/api-reference/chat/object), and vLLM names the stop string that matched in
 * `stop_reason`: both are told apart here.
 */
export function readOpenAiFinish(reason: string, hasToolCalls: boolean, stopSequence: string | null): FinishReason {
  const known = FROM_OPENAI[reason] ?? 'stop';
  if (known !== 'stop') return known;
  if (hasToolCalls) return 'tool_calls';
  return stopSequence === null ? 'stop' : 'stop_sequence';
}

export function writeOpenAiFinish(reason: FinishReason): string {
  return TO_OPENAI[reason];
}

export function readAnthropicFinish(reason: string): FinishReason {
  return FROM_ANTHROPIC[reason] ?? 'stop';
}

export function writeAnthropicFinish(reason: FinishReason): string {
  return TO_ANTHROPIC[reason];
}
