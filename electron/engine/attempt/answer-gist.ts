import type { ChatAnswer, ChatEvent, FinishReason } from '../dialects/types.ts';

/** What of an answer is compared with another one. */
export interface AnswerGist {
  /** The text, or its beginning. */
  text: string;
  /** Of the whole text. */
  characters: number;
  toolCalls: ToolCall[];
  finishReason: FinishReason | null;
}

export interface ToolCall {
  name: string;
  /** JSON as the model wrote it. */
  arguments: string;
}

/** Characters of text that are kept, so that no answer holds much memory. */
const KEPT_CHARACTERS = 128 * 1024;

/** Gathers the gist of a streamed answer from its events. Thinking is no part of it. */
export class GistCollector {
  #text = '';
  #characters = 0;
  #finishReason: FinishReason | null = null;
  readonly #toolCalls = new Map<number, ToolCall>();

  add(event: ChatEvent): void {
    if (event.type === 'text') {
      this.#characters += event.text.length;
      if (this.#text.length < KEPT_CHARACTERS) this.#text += event.text;
    } else if (event.type === 'tool_call_start') {
      this.#toolCalls.set(event.index, { name: event.name, arguments: '' });
    } else if (event.type === 'tool_call_arguments') {
      const call = this.#toolCalls.get(event.index);
      if (call && call.arguments.length < KEPT_CHARACTERS) call.arguments += event.json;
    } else if (event.type === 'finish') this.#finishReason = event.reason;
  }

  gist(): AnswerGist {
    return {
      text: this.#text.slice(0, KEPT_CHARACTERS),
      characters: this.#characters,
      toolCalls: [...this.#toolCalls.values()],
      finishReason: this.#finishReason,
    };
  }
}

/** The gist of a whole answer. */
export function gistOf({ content, finishReason }: ChatAnswer): AnswerGist {
  let text = '';
  const toolCalls: ToolCall[] = [];
  for (const part of content) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'tool_use') toolCalls.push({ name: part.name, arguments: JSON.stringify(part.input) });
  }
  return { text: text.slice(0, KEPT_CHARACTERS), characters: text.length, toolCalls, finishReason };
}
