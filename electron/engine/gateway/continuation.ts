import { CONTINUE_PROMPT } from '../dialects/continue-in-words.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { Capabilities } from '../providers/types.ts';
import { begunBody, begunMessages } from './begun-messages.ts';
import { lastWord } from './last-word.ts';

/** What the caller has been sent of an answer that broke off. */
export interface SentAnswer {
  text: string;
  /** A tool call has begun: its half-sent arguments cannot be continued by another model. */
  toolCall: boolean;
}

/** How another provider is asked to go on. `restart` begins anew: nothing that shows has been sent. */
export type ContinuationStrategy = 'prefill' | 'prompt' | 'restart';

export interface Continuation {
  request: ChatRequest;
  strategy: ContinuationStrategy;
}

/** English text averages about four characters a token; what is left of the caller's limit is reckoned with it. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Why a broken-off answer cannot be continued in a valid form; null when it can. A tool call's arguments and a JSON answer
 * would have to go on in the middle of a structure that the next model never saw the beginning of.
 */
export function obstacleToContinuing(request: ChatRequest, sent: SentAnswer): string | null {
  if (sent.toolCall) return 'a tool call had begun';
  if (request.responseFormat !== null && sent.text !== '') return 'a JSON answer had begun';
  return null;
}

/**
 * The request that makes another provider go on. Where the target continues an assistant message, the text sent so far is
 * that message (trimmed: Anthropic refuses one that ends in white space); elsewhere it is asked in words, from before the
 * last word, which may be half a word: a message of its own can begin with neither the rest of one nor a space.
 */
export function continueRequest(
  request: ChatRequest,
  sent: SentAnswer,
  capabilities: Pick<Capabilities, 'prefill'>,
  prefillRefused: boolean,
): Continuation {
  const text = sent.text.trimEnd();
  if (text === '') return { request, strategy: 'restart' };
  const strategy = capabilities.prefill && !prefillRefused ? 'prefill' : 'prompt';
  const doubtful = strategy === 'prompt' ? lastWord(sent.text).length : 0;
  const begun = {
    text: text.slice(0, text.length - doubtful).trimEnd(),
    prompt: strategy === 'prompt' ? CONTINUE_PROMPT : null,
  };
  const maxTokens = remainingTokens(request.maxTokens, text);
  return {
    strategy,
    request: {
      ...request,
      raw: begunBody(request, begun, maxTokens),
      messages: begunMessages(request.messages, begun),
      maxTokens,
      // A message that is begun for the model leaves no room for thinking first (Anthropic, "extended thinking": no prefill).
      thinking: strategy === 'prefill' ? null : request.thinking,
    },
  };
}

function remainingTokens(limit: number | null, text: string): number | null {
  return limit === null ? null : Math.max(1, limit - Math.ceil(text.length / CHARACTERS_PER_TOKEN));
}
