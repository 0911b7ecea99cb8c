import { listOf, objectOf, textOf, type JsonObject, type JsonValue } from './json.ts';

/** One turn of the conversation, reduced to what the simulator answers from. */
export interface Turn {
  role: 'system' | 'user' | 'assistant' | 'tool';
  text: string;
  /** True where the caller asked for the prompt to be cached up to the end of this turn. */
  cacheMark: boolean;
}

export interface ToolOffer {
  name: string;
  schema: JsonObject;
}

/** A request of either vendor dialect, reduced to what the simulator answers from. */
export interface SimulatedRequest {
  model: string;
  turns: Turn[];
  tools: ToolOffer[];
  toolChoice: 'auto' | 'none' | 'required' | { name: string };
  /** JSON Schema that the answer must meet; an empty one for any JSON object; null for prose. */
  schema: JsonObject | null;
  maxTokens: number | null;
  stop: string[];
  streamed: boolean;
  includeUsage: boolean;
  thinking: boolean;
  /** True when the last turn is the assistant's and the answer goes on from it. */
  continuesLastTurn: boolean;
}

/** The text of a message's content, whichever form it has; pictures count as a few words. */
export function contentText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((entry) => {
      const part = objectOf(entry);
      switch (textOf(part.type) ?? '') {
        case 'text':
        case 'input_text':
          return textOf(part.text) ?? '';
        case 'image':
        case 'image_url':
          return '(a picture that was sent along)';
        case 'tool_result':
          return contentText(part.content);
        case 'tool_use':
          return `(called ${textOf(part.name) ?? 'a tool'} with ${JSON.stringify(part.input ?? {})})`;
        default:
          return '';
      }
    })
    .filter((text) => text !== '')
    .join('\n');
}

/** The whole prompt as one text: what is counted, cached and answered. */
export function promptText(request: SimulatedRequest): string {
  const tools = request.tools.map((tool) => `${tool.name} ${JSON.stringify(tool.schema)}`).join('\n');
  const turns = request.turns.map((turn) => `${turn.role}: ${turn.text}`).join('\n');
  return tools === '' ? turns : `${tools}\n${turns}`;
}

/** `stop` or `stop_sequences` as a list. */
export function stopList(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return listOf(value).filter((entry): entry is string => typeof entry === 'string' && entry !== '');
}
