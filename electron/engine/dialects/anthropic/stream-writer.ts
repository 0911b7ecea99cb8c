import type { Usage } from '../../../../shared/domain/request.ts';
import { cutOff, renderAnthropicError } from '../errors.ts';
import { writeAnthropicFinish } from '../finish-reasons.ts';
import { objectOf } from '../json.ts';
import { eventFrame } from '../sse.ts';
import type { PassableChunk, StreamWriter } from '../stream-writer.ts';
import type { ChatEvent, JsonObject } from '../types.ts';
import { writeAnthropicUsage } from '../usage.ts';
import { messageShell } from './render-answer.ts';

type BlockEvent = Extract<ChatEvent, { index: number }>;
type BlockKind = 'text' | 'thinking' | 'redacted_thinking' | 'tool_use';

interface OpenBlock {
  /** The provider's number for it; null once another provider goes on with the answer. */
  source: number | null;
  index: number;
  kind: BlockKind;
}

const PING_FRAME = eventFrame('ping', { type: 'ping' });

/**
 * Writes one answer as message events. Blocks are numbered anew, one open at a time: a tool call that begins while
 * another one is unfinished is held back until that one ends.
 */
export function createAnthropicStreamWriter(options: { id: string; model: string }): StreamWriter {
  let started = false;
  let starts = 0;
  let written = false;
  let open: OpenBlock | null = null;
  let nextIndex = 0;
  let finish: Extract<ChatEvent, { type: 'finish' }> | null = null;
  let deltaPassed = false;
  let stopPassed = false;
  let usage: Usage | null = null;
  let held: BlockEvent[] = [];
  let ended = new Set<number>();

  function begin(): string {
    if (started) return '';
    started = true;
    const message = { ...messageShell(options), usage: writeAnthropicUsage(usage) };
    return eventFrame('message_start', { type: 'message_start', message });
  }

  function closeBlock(): string {
    if (!open) return '';
    const { index, source } = open;
    if (source !== null) ended.add(source);
    open = null;
    return eventFrame('content_block_stop', { type: 'content_block_stop', index });
  }

  function openBlock(source: number, kind: BlockKind, block: JsonObject): string {
    const closed = closeBlock();
    open = { source, index: nextIndex++, kind };
    return (
      closed +
      eventFrame('content_block_start', { type: 'content_block_start', index: open.index, content_block: block })
    );
  }

  function blockDelta(delta: JsonObject): string {
    return eventFrame('content_block_delta', { type: 'content_block_delta', index: open?.index ?? 0, delta });
  }

  /** Opens a text or thinking block for the event unless the open one can take it. */
  function ensureBlock(event: BlockEvent, kind: 'text' | 'thinking'): string {
    if (open?.kind === kind && open.source === null) open.source = event.index;
    if (open?.kind === kind && open.source === event.index) return '';
    const block: JsonObject =
      kind === 'text' ? { type: 'text', text: '', citations: null } : { type: 'thinking', thinking: '', signature: '' };
    return openBlock(event.index, kind, block);
  }

  function toFrame(event: BlockEvent): string {
    switch (event.type) {
      case 'text':
        return ensureBlock(event, 'text') + blockDelta({ type: 'text_delta', text: event.text });
      case 'thinking':
        return ensureBlock(event, 'thinking') + blockDelta({ type: 'thinking_delta', thinking: event.text });
      case 'thinking_signature':
        return ensureBlock(event, 'thinking') + blockDelta({ type: 'signature_delta', signature: event.signature });
      case 'redacted_thinking':
        return openBlock(event.index, 'redacted_thinking', { type: 'redacted_thinking', data: event.data });
      case 'tool_call_start':
        return openBlock(event.index, 'tool_use', { type: 'tool_use', id: event.id, name: event.name, input: {} });
      case 'tool_call_arguments':
        return blockDelta({ type: 'input_json_delta', partial_json: event.json });
      case 'block_stop':
        return open?.source === event.index ? closeBlock() : '';
    }
  }

  /** True when the event must wait because an unfinished tool call of another block is open. */
  function mustWait(event: BlockEvent): boolean {
    return open?.kind === 'tool_use' && open.source !== event.index;
  }

  function writeBlock(event: BlockEvent): string {
    if (ended.has(event.index)) return '';
    if (mustWait(event)) {
      held.push(event);
      return '';
    }
    const text = toFrame(event);
    return open === null ? text + release() : text;
  }

  /** Writes what was held back, as far as the open block allows. */
  function release(): string {
    const waiting = held;
    held = [];
    return waiting.map(writeBlock).join('');
  }

  function closeAll(): string {
    let text = closeBlock();
    while (held.length > 0) text += release() + closeBlock();
    return text;
  }

  function restart(): void {
    starts += 1;
    ended = new Set();
    held = [];
    if (open) open.source = null;
  }

  /** Keeps the state in step with an event that was passed on as it came. */
  function follow(event: ChatEvent): void {
    if (event.type === 'start') restart();
    else if (event.type === 'usage') usage = event.usage;
    else if (event.type === 'finish') finish = event;
  }

  /** Keeps numbering and the open block in step with a chunk that was passed on, blocks we do not know included. */
  function followRaw(raw: JsonObject): void {
    const index = typeof raw['index'] === 'number' ? raw['index'] : 0;
    if (raw['type'] === 'message_start') started = true;
    else if (raw['type'] === 'content_block_start') {
      const kind = objectOf(raw['content_block'])?.['type'];
      open = {
        source: index,
        index,
        kind: kind === 'text' || kind === 'thinking' || kind === 'tool_use' ? kind : 'redacted_thinking',
      };
      nextIndex = index + 1;
    } else if (raw['type'] === 'content_block_stop') open = null;
    else if (raw['type'] === 'message_delta') deltaPassed = finish !== null;
    else if (raw['type'] === 'message_stop') stopPassed = true;
  }

  return {
    write(event) {
      if (event.type === 'ping') return started ? PING_FRAME : '';
      if (event.type === 'start' || event.type === 'usage') {
        follow(event);
        return '';
      }
      written = true;
      if (event.type !== 'finish') return begin() + writeBlock(event);
      follow(event);
      return begin() + closeAll();
    },
    pass(chunk: PassableChunk) {
      const again = starts > 0 && chunk.events.some((event) => event.type === 'start');
      if (chunk.raw === null || chunk.rawEvent === null || chunk.rawEvent === 'error' || written || again) return null;
      for (const event of chunk.events) follow(event);
      followRaw(chunk.raw);
      const message = objectOf(chunk.raw['message']);
      if (message === null) return eventFrame(chunk.rawEvent, chunk.raw);
      return eventFrame(chunk.rawEvent, {
        ...chunk.raw,
        message: { ...message, id: options.id, model: options.model },
      });
    },
    end() {
      if (!finish) return eventFrame('error', renderAnthropicError(cutOff(options.id)));
      if (stopPassed) return '';
      const stop = eventFrame('message_stop', { type: 'message_stop' });
      return deltaPassed ? stop : begin() + closeAll() + messageDelta(finish, usage) + stop;
    },
    error: (error) => eventFrame('error', renderAnthropicError(error)),
    ping: () => PING_FRAME,
  };
}

function messageDelta(finish: Extract<ChatEvent, { type: 'finish' }>, usage: Usage | null): string {
  return eventFrame('message_delta', {
    type: 'message_delta',
    delta: {
      stop_reason: writeAnthropicFinish(finish.reason),
      stop_sequence: finish.reason === 'stop_sequence' ? finish.stopSequence : null,
      stop_details: null,
      container: null,
    },
    usage: writeAnthropicUsage(usage),
  });
}
