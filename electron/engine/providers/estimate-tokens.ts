import type { ChatRequest, ContentPart } from '../dialects/types.ts';

/** Counts the tokens of a text; an estimate is enough. */
export type TokenCounter = (text: string) => number;

/**
 * Tokens of one image, flat: about what Claude and GPT-4o charge for one of 1,000 × 1,000 pixels
 * (https://platform.claude.com/docs/en/build-with-claude/vision: width × height / 750).
 */
const IMAGE_TOKENS = 1300;
/** Framing of one message, as in OpenAI's counting guide (https://cookbook.openai.com, "How to count tokens"). */
const MESSAGE_TOKENS = 4;
/** Longer texts are not worth counting exactly: four characters are taken for a token. */
const EXACT_UP_TO_CHARACTERS = 8000;
const CHARACTERS_PER_TOKEN = 4;

/** Input tokens of a request, without the network; at least 1. */
export function estimateTokens(request: ChatRequest, countExactly: TokenCounter | null): number {
  const count = countWith(countExactly);
  let tokens = partTokens(request.system, count);
  for (const message of request.messages) tokens += MESSAGE_TOKENS + partTokens(message.content, count);
  for (const tool of request.tools) {
    tokens += MESSAGE_TOKENS + count(tool.name + (tool.description ?? '') + JSON.stringify(tool.inputSchema));
  }
  if (request.responseFormat?.type === 'json_schema') tokens += count(JSON.stringify(request.responseFormat.schema));
  return Math.max(1, tokens);
}

/** Counts short texts exactly where a counter is there, long ones by their length. */
export function countWith(countExactly: TokenCounter | null): TokenCounter {
  return (text) =>
    countExactly !== null && text.length <= EXACT_UP_TO_CHARACTERS
      ? countExactly(text)
      : Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

function partTokens(parts: readonly ContentPart[], count: TokenCounter): number {
  return parts.reduce((sum, part) => sum + tokensOf(part, count), 0);
}

function tokensOf(part: ContentPart, count: TokenCounter): number {
  switch (part.type) {
    case 'text':
    case 'thinking':
      return count(part.text);
    case 'image':
    case 'opaque':
      return IMAGE_TOKENS;
    case 'tool_use':
      return count(part.name + JSON.stringify(part.input));
    case 'tool_result':
      return partTokens(part.content, count);
    case 'redacted_thinking':
      return count(part.data);
  }
}

let loaded: TokenCounter | null = null;
let loading = false;

/**
 * The exact counter once it is there, null until then: its tables take 0.2 s and 70 MB to load, which the first request
 * need not wait for.
 */
export function tokenCounter(): TokenCounter | null {
  if (!loading) {
    loading = true;
    void loadCounter();
  }
  return loaded;
}

/** Loads the exact counter; resolves when `tokenCounter` gives it out. */
export async function loadCounter(): Promise<void> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  loaded = (text) => countTokens(text, { disallowedSpecial: new Set() });
}
