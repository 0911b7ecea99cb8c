import type { Usage } from '../../../../shared/domain/request.ts';
import { cutOff, renderOpenAiError } from '../errors.ts';
import { writeOpenAiFinish } from '../finish-reasons.ts';
import { listOf } from '../json.ts';
import { COMMENT_FRAME, dataFrame, DONE_FRAME } from '../sse.ts';
import type { PassableChunk, StreamWriter } from '../stream-writer.ts';
import type { ChatEvent, JsonObject } from '../types.ts';
import { writeOpenAiUsage } from '../usage.ts';

/** How a stream presents itself; `created` is epoch seconds. */
export interface OpenAiStreamOptions {
  id: string;
  model: string;
  created: number;
  /** Whether the caller asked for the usage chunk. */
  includeUsage: boolean;
}

/** Writes one answer as `chat.completion.chunk` frames. */
export function createOpenAiStreamWriter(options: OpenAiStreamOptions): StreamWriter {
  let roleSent = false;
  let written = false;
  let starts = 0;
  let finished = false;
  let usageShown = false;
  let usage: Usage | null = null;
  let nextTool = 0;
  /** Block index → tool index and whether any argument text was sent; block numbers start anew with each provider. */
  let tools = new Map<number, { index: number; empty: boolean }>();

  function frame(choices: JsonObject[], usageBlock: JsonObject | null): string {
    return dataFrame({
      id: options.id,
      object: 'chat.completion.chunk',
      created: options.created,
      model: options.model,
      choices,
      ...(options.includeUsage ? { usage: usageBlock } : {}),
    });
  }

  function delta(content: JsonObject, finishReason: string | null = null): string {
    const role: JsonObject = roleSent ? {} : { role: 'assistant', content: '' };
    roleSent = true;
    return frame([{ index: 0, delta: { ...role, ...content }, logprobs: null, finish_reason: finishReason }], null);
  }

  /** A call without arguments still has to be parseable JSON for the client. */
  function completeTool(block: number): string {
    const tool = tools.get(block);
    if (!tool?.empty) return '';
    tool.empty = false;
    return delta({ tool_calls: [{ index: tool.index, function: { arguments: '{}' } }] });
  }

  /** Keeps the state in step with an event, whoever writes it. */
  function follow(event: ChatEvent): void {
    if (event.type === 'start') {
      starts += 1;
      tools = new Map();
    } else if (event.type === 'tool_call_start') {
      tools.set(event.index, { index: nextTool++, empty: true });
    } else if (event.type === 'tool_call_arguments') {
      const tool = tools.get(event.index);
      if (tool && event.json !== '') tool.empty = false;
    } else if (event.type === 'finish') {
      finished = true;
    } else if (event.type === 'usage') {
      usage = event.usage;
    }
  }

  function toFrame(event: ChatEvent): string {
    switch (event.type) {
      case 'text':
        return delta({ content: event.text });
      case 'thinking':
        return delta({ reasoning_content: event.text });
      case 'tool_call_start': {
        const index = tools.get(event.index)?.index ?? 0;
        const call = { index, id: event.id, type: 'function', function: { name: event.name, arguments: '' } };
        return delta({ tool_calls: [call] });
      }
      case 'tool_call_arguments': {
        const tool = tools.get(event.index);
        return tool ? delta({ tool_calls: [{ index: tool.index, function: { arguments: event.json } }] }) : '';
      }
      case 'block_stop':
        return completeTool(event.index);
      case 'finish': {
        const rest = [...tools.keys()].map(completeTool).join('');
        return rest + delta({}, writeOpenAiFinish(event.reason));
      }
      case 'ping':
        return COMMENT_FRAME;
      case 'start':
      case 'usage':
      case 'thinking_signature':
      case 'redacted_thinking':
        return '';
    }
  }

  return {
    write(event) {
      follow(event);
      const text = toFrame(event);
      if (text !== '' && event.type !== 'ping') written = true;
      return text;
    },
    pass(chunk: PassableChunk) {
      const restart = starts > 0 && chunk.events.some((event) => event.type === 'start');
      if (chunk.raw === null || chunk.raw['error'] !== undefined || written || restart) return null;
      for (const event of chunk.events) follow(event);
      const { usage: usageBlock, ...rest } = chunk.raw;
      const isUsageChunk = listOf(rest['choices']).length === 0 && usageBlock !== undefined && usageBlock !== null;
      if (isUsageChunk && !options.includeUsage) return '';
      if (isUsageChunk) usageShown = true;
      roleSent = true;
      const shown: JsonObject = options.includeUsage && usageBlock !== undefined ? { usage: usageBlock } : {};
      return dataFrame({ ...rest, ...shown, id: options.id, model: options.model });
    },
    end() {
      if (!finished) return dataFrame(renderOpenAiError(cutOff(options.id)));
      // What was passed on before another provider went on is not the sum.
      const due = options.includeUsage && (written || !usageShown);
      const last = due && usage !== null ? frame([], writeOpenAiUsage(usage)) : '';
      return last + DONE_FRAME;
    },
    error: (error) => dataFrame(renderOpenAiError(error)),
    ping: () => COMMENT_FRAME,
  };
}
