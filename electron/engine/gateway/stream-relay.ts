import { createAnthropicStreamWriter } from '../dialects/anthropic/stream-writer.ts';
import { createOpenAiStreamWriter } from '../dialects/openai/stream-writer.ts';
import type { StreamWriter } from '../dialects/stream-writer.ts';
import type { GatewayErrorBody } from '../dialects/errors.ts';
import type { ChatEvent, ChatRequest, Dialect } from '../dialects/types.ts';
import type { Usage } from '../../../shared/domain/request.ts';
import { addUsage, NO_USAGE } from '../../../shared/domain/usage.ts';
import type { UpstreamChunk } from '../providers/types.ts';
import type { SentAnswer } from './continuation.ts';
import type { Exchange } from './exchange.ts';
import type { Seam } from './seam.ts';

export interface RelayOptions {
  exchange: Exchange;
  request: ChatRequest;
  /** Holds everything back until the answer is whole. */
  buffer: boolean;
  /** Epoch seconds, for the body's `created`. */
  created: number;
  /** Used where the provider names no id. */
  fallbackId: string;
}

/** What the relay must know of who is answering, asked at the moment the head of the answer is written. */
export interface RelaySource {
  dialect: Dialect;
  /** The model that really answers. */
  model: () => string;
  headers: () => Record<string, string>;
}

/**
 * Passes one stream on to the caller. Nothing is written before the first token (or before the end, when buffering), so
 * that a provider that fails until then can still be replaced unseen. Chunks of the caller's own dialect pass through
 * with their unknown fields; others are written anew from their events.
 */
export class StreamRelay {
  readonly #options: RelayOptions;
  #held: UpstreamChunk[] = [];
  #writer: StreamWriter | null = null;
  #finished = false;
  #sentText = '';
  #sentToolCall = false;
  #seam: Seam | null = null;
  #resumed = false;
  /** Content blocks of the resuming provider that the caller is not shown, and the one that holds its text. */
  #unshown = new Set<number>();
  #textBlock = 0;
  /** Usage of the providers that broke off, added to that of the one that goes on. */
  #carriedUsage: Usage = NO_USAGE;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** True once the caller has been sent the head of the answer: from then on no other status can be answered. */
  get begun(): boolean {
    return this.#writer !== null;
  }

  /** True once a finish reason has passed. */
  get finished(): boolean {
    return this.#finished;
  }

  /** What the caller has of the answer. */
  get sent(): SentAnswer {
    return { text: this.#sentText, toolCall: this.#sentToolCall };
  }

  /**
   * Another provider goes on with a begun answer: its text is joined at the seam (null for none), and what was used so far
   * is added to what it reports.
   */
  resume(seam: Seam | null, carriedUsage: Usage): void {
    this.#resumed = true;
    this.#unshown = new Set();
    this.#seam = seam;
    this.#carriedUsage = carriedUsage;
  }

  /** Takes the next chunk; resolves when the caller can take more. */
  async push(source: RelaySource, chunk: UpstreamChunk): Promise<void> {
    if (chunk.events.some((event) => event.type === 'finish')) this.#finished = true;
    if (this.#writer) {
      await this.#options.exchange.write(this.#render(this.#writer, source, chunk));
      return;
    }
    this.#held.push(chunk);
    if (this.#options.buffer ? this.#finished : this.#finished || chunk.events.some(carriesContent))
      await this.#begin(source);
  }

  /** Forgets what was held back of a provider that failed before anything was sent. */
  discardHeld(): void {
    this.#held = [];
    this.#finished = false;
  }

  /** The last frames of a whole answer. The stream must have begun. */
  close(): void {
    if (this.#writer) this.#options.exchange.end(this.#writer.end());
  }

  /** Ends a begun stream with an error in the caller's dialect; it can not be taken for a whole answer. */
  fail(error: GatewayErrorBody): void {
    if (this.#writer) this.#options.exchange.end(this.#writer.error(error));
  }

  async #begin(source: RelaySource): Promise<void> {
    const { exchange, request, created, fallbackId } = this.#options;
    const start = this.#held.flatMap((chunk) => chunk.events).find((event) => event.type === 'start');
    const id = start?.id || fallbackId;
    const model = source.model();
    const writer =
      request.dialect === 'openai'
        ? createOpenAiStreamWriter({ id, model, created, includeUsage: request.includeUsage })
        : createAnthropicStreamWriter({ id, model });
    this.#writer = writer;
    exchange.beginStream(source.headers());
    const held = this.#held;
    this.#held = [];
    let text = '';
    for (const chunk of held) text += this.#render(writer, source, chunk);
    await exchange.write(text);
  }

  #render(writer: StreamWriter, source: RelaySource, chunk: UpstreamChunk): string {
    for (const event of chunk.events) if (!this.#resumed) this.#note(event);
    if (!this.#resumed && source.dialect === this.#options.request.dialect) {
      const passed = writer.pass(chunk);
      if (passed !== null) return passed;
    }
    return chunk.events
      .flatMap((event) => this.#joined(event))
      .map((event) => writer.write(event))
      .join('');
  }

  /**
   * A resumed answer as the caller is to see it: no repetition at the seam, no second line of thought in the middle, usage
   * over all providers.
   */
  #joined(event: ChatEvent): ChatEvent[] {
    if (!this.#resumed) return [event];
    if (event.type === 'usage') return [{ type: 'usage', usage: addUsage(this.#carriedUsage, event.usage) }];
    if (isThinking(event)) {
      this.#unshown.add(event.index);
      return [];
    }
    if (event.type === 'block_stop' && this.#unshown.has(event.index)) return [];
    if (event.type === 'text') {
      this.#textBlock = event.index;
      const text = this.#seam ? this.#seam.push(event.text) : event.text;
      if (text === '') return [];
      this.#sentText += text;
      return [{ ...event, text }];
    }
    if (event.type === 'block_stop' || event.type === 'finish') return [...this.#heldText(), event];
    this.#note(event);
    return [event];
  }

  #heldText(): ChatEvent[] {
    const text = this.#seam?.flush() ?? '';
    this.#seam = null;
    if (text === '') return [];
    this.#sentText += text;
    return [{ type: 'text', index: this.#textBlock, text }];
  }

  #note(event: ChatEvent): void {
    if (event.type === 'text') this.#sentText += event.text;
    else if (event.type === 'tool_call_start') this.#sentToolCall = true;
  }
}

function isThinking(
  event: ChatEvent,
): event is Extract<ChatEvent, { type: 'thinking' | 'thinking_signature' | 'redacted_thinking' }> {
  return event.type === 'thinking' || event.type === 'thinking_signature' || event.type === 'redacted_thinking';
}

function carriesContent(event: ChatEvent): boolean {
  return (
    event.type === 'text' ||
    event.type === 'thinking' ||
    event.type === 'tool_call_start' ||
    event.type === 'redacted_thinking'
  );
}
