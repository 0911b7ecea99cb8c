import type { GatewayErrorBody } from './errors.ts';
import type { ChatEvent, JsonObject } from './types.ts';

/** What a writer needs of a provider's chunk: its events, and its own JSON where there is one. */
export interface PassableChunk {
  events: readonly ChatEvent[];
  raw: JsonObject | null;
  /** Anthropic's SSE event name; null for OpenAI. */
  rawEvent: string | null;
}

/**
 * Turns one answer's events into SSE text in the caller's dialect. Nothing is written for a `start` event: a stream
 * that fails before its first token has sent no byte. A second `start` means that another provider goes on with the
 * same answer: the open text block is continued under the same id.
 */
export interface StreamWriter {
  /** SSE text for one event; may be empty. */
  write(event: ChatEvent): string;
  /**
   * The provider's own chunk with id and model replaced, everything else untouched. Keeps the writer in step, so that
   * `write` can take over mid-stream. Null when the chunk cannot be passed on as it is: use `write` for its events.
   */
  pass(chunk: PassableChunk): string | null;
  /** The closing frames. Without a `finish` event before it, an error event: a cut answer never looks complete. */
  end(): string;
  /** An error event, after which nothing may follow. */
  error(error: GatewayErrorBody): string;
  /** A keep-alive. */
  ping(): string;
}
