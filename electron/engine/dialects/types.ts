import type { Usage } from '../../../shared/domain/request.ts';

/**
 * The engine's own form of a chat request and its answer, between the caller's dialect and the provider's. What both
 * dialects can say has a field here; what only one can say stays in `raw` and travels when both ends speak the same.
 */
export type Dialect = 'openai' | 'anthropic';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Anthropic's prompt-caching mark; kept where the target takes it. */
export interface CacheControl {
  type: 'ephemeral';
  ttl?: string;
}

export type ContentPart =
  | { type: 'text'; text: string; cacheControl?: CacheControl }
  /** Exactly one of `url` and `base64` is set. */
  | {
      type: 'image';
      mediaType: string | null;
      url: string | null;
      base64: string | null;
      detail?: string;
      cacheControl?: CacheControl;
    }
  | { type: 'tool_use'; id: string; name: string; input: JsonValue; cacheControl?: CacheControl }
  | { type: 'tool_result'; toolUseId: string; content: ContentPart[]; isError: boolean; cacheControl?: CacheControl }
  /** `signature` is Anthropic's proof of a thinking block; null from other vendors. */
  | { type: 'thinking'; text: string; signature: string | null }
  | { type: 'redacted_thinking'; data: string }
  /** A part that only the caller's dialect knows, such as a PDF or audio; it travels in `raw` alone. */
  | { type: 'opaque'; kind: string };

export interface Message {
  role: 'user' | 'assistant';
  content: ContentPart[];
}

export interface ToolDefinition {
  name: string;
  description: string | null;
  /** JSON Schema of the arguments. */
  inputSchema: JsonObject;
  strict: boolean | null;
  cacheControl?: CacheControl;
}

export type ToolChoice = { type: 'auto' } | { type: 'none' } | { type: 'required' } | { type: 'tool'; name: string };

export type ResponseFormat =
  | { type: 'json_object' }
  | { type: 'json_schema'; name: string; schema: JsonObject; strict: boolean | null };

export type ThinkingRequest =
  | { type: 'enabled'; budgetTokens: number | null }
  | { type: 'adaptive' }
  | { type: 'disabled' };

export interface ChatRequest {
  dialect: Dialect;
  /** The caller's body as parsed from JSON; never changed. */
  raw: JsonObject;
  /** The model as the caller named it. */
  model: string;
  system: ContentPart[];
  messages: Message[];
  tools: ToolDefinition[];
  toolChoice: ToolChoice | null;
  parallelToolCalls: boolean | null;
  responseFormat: ResponseFormat | null;
  maxTokens: number | null;
  temperature: number | null;
  topP: number | null;
  topK: number | null;
  seed: number | null;
  presencePenalty: number | null;
  frequencyPenalty: number | null;
  stop: string[];
  thinking: ThinkingRequest | null;
  /** `reasoning_effort` or `output_config.effort` in the caller's words. */
  reasoningEffort: string | null;
  stream: boolean;
  /** Whether the caller asked for a usage chunk (OpenAI's `stream_options.include_usage`); always true for Anthropic. */
  includeUsage: boolean;
  user: string | null;
}

export type FinishReason =
  | 'stop'
  | 'stop_sequence'
  | 'length'
  | 'tool_calls'
  | 'content_filter'
  | 'refusal'
  | 'pause_turn'
  | 'context_window_exceeded'
  /** vLLM's `abort`: the server gave the request up; never a success. */
  | 'abort'
  /** vLLM's `repetition`: it stopped a loop. */
  | 'repetition';

/** One step of a streamed answer. Indexes count content blocks from 0, tool calls among them. */
export type ChatEvent =
  | { type: 'start'; id: string; model: string }
  | { type: 'text'; index: number; text: string }
  | { type: 'thinking'; index: number; text: string }
  | { type: 'thinking_signature'; index: number; signature: string }
  | { type: 'redacted_thinking'; index: number; data: string }
  | { type: 'tool_call_start'; index: number; id: string; name: string }
  | { type: 'tool_call_arguments'; index: number; json: string }
  | { type: 'block_stop'; index: number }
  /** The only sign that an answer is whole. */
  | { type: 'finish'; reason: FinishReason; stopSequence: string | null }
  /** May come more than once; each is cumulative and replaces the one before. */
  | { type: 'usage'; usage: Usage }
  /** Keep-alive; carries nothing. */
  | { type: 'ping' };

export type AnswerPart = Extract<ContentPart, { type: 'text' | 'tool_use' | 'thinking' | 'redacted_thinking' }>;

/** A whole answer. */
export interface ChatAnswer {
  id: string;
  /** The model that the provider says answered. */
  model: string;
  content: AnswerPart[];
  finishReason: FinishReason;
  stopSequence: string | null;
  /** Null where the provider reported none. */
  usage: Usage | null;
  /** The provider's own body, for passing through when the caller speaks the same dialect. */
  raw: JsonObject | null;
}
