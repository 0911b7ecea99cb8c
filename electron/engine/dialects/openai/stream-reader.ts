import { ToolCallSlots } from './tool-call-slots.ts';
import { readOpenAiFinish } from '../finish-reasons.ts';
import { answerModelOf, listOf, objectOf, parseJson, textOf } from '../json.ts';
import type { ChatEvent, JsonObject, JsonValue } from '../types.ts';
import { readOpenAiUsage } from '../usage.ts';
import type { UsageRules } from '../usage.ts';

/** Reads the chunks of one stream, in order. */
export interface StreamReader {
  read(chunk: JsonObject): ChatEvent[];
}

interface OpenTool {
  block: number;
  json: string;
  stopped: boolean;
}

/**
 * Reads `chat.completion.chunk`s. Text, reasoning and each tool call become content blocks of their own, numbered in
 * the order they begin. A tool call's block ends when its arguments are whole and the next block begins, so that a
 * server may interleave parallel calls.
 */
export function createOpenAiStreamReader(rules: UsageRules): StreamReader {
  let started = false;
  let nextBlock = 0;
  let open: { kind: 'text' | 'thinking'; block: number } | null = null;
  const tools = new Map<number, OpenTool>();
  const slots = new ToolCallSlots();

  function closeText(events: ChatEvent[]): void {
    if (open) events.push({ type: 'block_stop', index: open.block });
    open = null;
  }

  function closeWholeTools(events: ChatEvent[], all: boolean): void {
    for (const tool of tools.values()) {
      if (tool.stopped || (!all && parseJson(tool.json) === undefined)) continue;
      tool.stopped = true;
      events.push({ type: 'block_stop', index: tool.block });
    }
  }

  function readText(kind: 'text' | 'thinking', text: string, events: ChatEvent[]): void {
    if (open?.kind !== kind) {
      closeText(events);
      closeWholeTools(events, false);
      open = { kind, block: nextBlock++ };
    }
    events.push({ type: kind, index: open.block, text });
  }

  function readToolCall(value: JsonValue, position: number, events: ChatEvent[]): void {
    const call = objectOf(value);
    if (call === null) return;
    const key = slots.slotOf(call, position);
    const definition = objectOf(call['function']);
    let tool = tools.get(key);
    if (!tool) {
      closeText(events);
      closeWholeTools(events, false);
      tool = { block: nextBlock++, json: '', stopped: false };
      tools.set(key, tool);
      const id = textOf(call['id']) ?? `call_${key}`;
      events.push({ type: 'tool_call_start', index: tool.block, id, name: textOf(definition?.['name']) ?? '' });
    }
    const json = textOf(definition?.['arguments']);
    if (!json) return;
    tool.json += json;
    events.push({ type: 'tool_call_arguments', index: tool.block, json });
  }

  function readChoice(choice: JsonObject, events: ChatEvent[]): void {
    const delta = objectOf(choice['delta']) ?? {};
    const thinking = textOf(delta['reasoning_content']) || textOf(delta['reasoning']);
    if (thinking) readText('thinking', thinking, events);
    const text = textOf(delta['content']) || textOf(delta['refusal']);
    if (text) readText('text', text, events);
    for (const [position, call] of listOf(delta['tool_calls']).entries()) readToolCall(call, position, events);
    const reason = textOf(choice['finish_reason']);
    if (reason === null) return;
    closeText(events);
    closeWholeTools(events, true);
    const matched = textOf(choice['stop_reason']);
    const finish = readOpenAiFinish(reason, tools.size > 0, matched);
    events.push({ type: 'finish', reason: finish, stopSequence: finish === 'stop_sequence' ? matched : null });
  }

  return {
    read(chunk) {
      const events: ChatEvent[] = [];
      if (!started) {
        started = true;
        events.push({ type: 'start', id: textOf(chunk['id']) ?? '', model: answerModelOf(chunk['model']) });
      }
      const choice = objectOf(listOf(chunk['choices'])[0]);
      if (choice) readChoice(choice, events);
      // Moonshot reports usage inside the last choice (https://platform.moonshot.ai/docs/api/chat).
      const reported = objectOf(chunk['usage']) ?? objectOf(choice?.['usage']);
      const usage = reported && readOpenAiUsage(reported, rules);
      if (usage) events.push({ type: 'usage', usage });
      return events;
    },
  };
}
