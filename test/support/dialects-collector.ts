import type { Usage } from '../../shared/domain/request.ts';
import { toolInput } from '../../electron/engine/dialects/openai/parse-messages.ts';
import type { AnswerPart, ChatAnswer, ChatEvent } from '../../electron/engine/dialects/types.ts';

/** Gathers the events of one stream into a whole answer. */
interface AnswerCollector {
  add(event: ChatEvent): void;
  /** Null before the `finish` event: what is not finished is no answer. */
  answer(): ChatAnswer | null;
}

type Draft = AnswerPart | { type: 'tool_draft'; id: string; name: string; json: string };

/** Gathers one provider's stream from its events alone, apart from what the engine makes of the raw chunks. */
export function createAnswerCollector(): AnswerCollector {
  const drafts = new Map<number, Draft>();
  let id = '';
  let model = '';
  let usage: Usage | null = null;
  let finish: Extract<ChatEvent, { type: 'finish' }> | null = null;

  function addText(index: number, type: 'text' | 'thinking', text: string): void {
    const draft = drafts.get(index);
    if (draft?.type === type) draft.text += text;
    else drafts.set(index, type === 'text' ? { type, text } : { type, text, signature: null });
  }

  function addSignature(index: number, signature: string): void {
    addText(index, 'thinking', '');
    const draft = drafts.get(index);
    if (draft?.type === 'thinking') draft.signature = (draft.signature ?? '') + signature;
  }

  return {
    add(event) {
      switch (event.type) {
        case 'start':
          id = event.id;
          model = event.model;
          return;
        case 'text':
        case 'thinking':
          return addText(event.index, event.type, event.text);
        case 'thinking_signature':
          return addSignature(event.index, event.signature);
        case 'redacted_thinking':
          drafts.set(event.index, { type: 'redacted_thinking', data: event.data });
          return;
        case 'tool_call_start':
          drafts.set(event.index, { type: 'tool_draft', id: event.id, name: event.name, json: '' });
          return;
        case 'tool_call_arguments': {
          const draft = drafts.get(event.index);
          if (draft?.type === 'tool_draft') draft.json += event.json;
          return;
        }
        case 'finish':
          finish = event;
          return;
        case 'usage':
          usage = event.usage;
          return;
        case 'block_stop':
        case 'ping':
          return;
      }
    },
    answer() {
      if (!finish) return null;
      return {
        id,
        model,
        content: inOrder(drafts),
        finishReason: finish.reason,
        stopSequence: finish.stopSequence,
        usage,
        raw: null,
      };
    },
  };
}

function inOrder(drafts: ReadonlyMap<number, Draft>): AnswerPart[] {
  return [...drafts.entries()].toSorted(([a], [b]) => a - b).map(([, draft]) => toPart(draft));
}

function toPart(draft: Draft): AnswerPart {
  if (draft.type !== 'tool_draft') return draft;
  return { type: 'tool_use', id: draft.id, name: draft.name, input: toolInput(draft.json) };
}
