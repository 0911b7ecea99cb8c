import { readAnthropicFinish } from '../finish-reasons.ts';
import { answerModelOf, numberOf, objectOf, textOf } from '../json.ts';
import type { StreamReader } from '../openai/stream-reader.ts';
import type { ChatEvent, JsonObject } from '../types.ts';
import { readAnthropicUsage } from '../usage.ts';

/** Reads the events of a message stream; blocks of server-side tools yield nothing and are passed through only. */
export function createAnthropicStreamReader(): StreamReader {
  let usage: JsonObject = {};
  const known = new Set<number>();

  function readUsage(block: JsonObject | null): ChatEvent[] {
    if (block === null) return [];
    const read = readAnthropicUsage(block, usage);
    usage = read.merged;
    return read.usage === null ? [] : [{ type: 'usage', usage: read.usage }];
  }

  function readBlockStart(index: number, block: JsonObject): ChatEvent[] {
    known.add(index);
    switch (textOf(block['type']) ?? '') {
      case 'text':
        return textOf(block['text']) ? [{ type: 'text', index, text: textOf(block['text']) ?? '' }] : [];
      case 'thinking':
        return textOf(block['thinking']) ? [{ type: 'thinking', index, text: textOf(block['thinking']) ?? '' }] : [];
      case 'redacted_thinking':
        return [{ type: 'redacted_thinking', index, data: textOf(block['data']) ?? '' }];
      case 'tool_use': {
        const start: ChatEvent = {
          type: 'tool_call_start',
          index,
          id: textOf(block['id']) ?? '',
          name: textOf(block['name']) ?? '',
        };
        const input = objectOf(block['input']);
        if (input === null || Object.keys(input).length === 0) return [start];
        return [start, { type: 'tool_call_arguments', index, json: JSON.stringify(input) }];
      }
      default:
        known.delete(index);
        return [];
    }
  }

  function readDelta(index: number, delta: JsonObject): ChatEvent[] {
    if (!known.has(index)) return [];
    switch (textOf(delta['type']) ?? '') {
      case 'text_delta':
        return [{ type: 'text', index, text: textOf(delta['text']) ?? '' }];
      case 'thinking_delta':
        return [{ type: 'thinking', index, text: textOf(delta['thinking']) ?? '' }];
      case 'signature_delta':
        return [{ type: 'thinking_signature', index, signature: textOf(delta['signature']) ?? '' }];
      case 'input_json_delta':
        return [{ type: 'tool_call_arguments', index, json: textOf(delta['partial_json']) ?? '' }];
      default:
        return [];
    }
  }

  function readMessageDelta(chunk: JsonObject): ChatEvent[] {
    const events = readUsage(objectOf(chunk['usage']));
    const delta = objectOf(chunk['delta']);
    const reason = textOf(delta?.['stop_reason']);
    if (reason !== null) {
      events.push({
        type: 'finish',
        reason: readAnthropicFinish(reason),
        stopSequence: textOf(delta?.['stop_sequence']),
      });
    }
    return events;
  }

  return {
    read(chunk) {
      const index = numberOf(chunk['index']) ?? 0;
      switch (textOf(chunk['type']) ?? '') {
        case 'message_start': {
          const message = objectOf(chunk['message']) ?? {};
          const start: ChatEvent = {
            type: 'start',
            id: textOf(message['id']) ?? '',
            model: answerModelOf(message['model']),
          };
          return [start, ...readUsage(objectOf(message['usage']))];
        }
        case 'content_block_start':
          return readBlockStart(index, objectOf(chunk['content_block']) ?? {});
        case 'content_block_delta':
          return readDelta(index, objectOf(chunk['delta']) ?? {});
        case 'content_block_stop':
          return known.has(index) ? [{ type: 'block_stop', index }] : [];
        case 'message_delta':
          return readMessageDelta(chunk);
        case 'ping':
          return [{ type: 'ping' }];
        default:
          return [];
      }
    },
  };
}
