import { numberOf, objectOf, parseJson } from '../dialects/json.ts';
import type { JsonObject } from '../dialects/types.ts';
import { malformed } from './connection-failures.ts';
import { post } from './post.ts';
import type { CallContext } from './post.ts';
import { renderFor } from './render-for.ts';
import { readText } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { ProviderCall } from './types.ts';

const PATH = '/v1/messages/count_tokens';
const LARGEST_ANSWER = 64 * 1024;

/** Fields of a message that counting refuses (SDK 1.11, `MessageCountTokensParams` beside `MessageCreateParams`). */
const ONLY_FOR_ANSWERS = [
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'metadata',
  'service_tier',
];

/**
 * Asks Anthropic how many input tokens a request has, which is free and has rate limits of its own
 * (https://platform.claude.com/docs/en/build-with-claude/token-counting). Throws ProviderFailure.
 */
export async function countTokens(call: ProviderCall, context: CallContext): Promise<number> {
  const { body } = renderFor(call, false, context);
  const counted: JsonObject = Object.fromEntries(
    Object.entries(body).filter(([field]) => !ONLY_FOR_ANSWERS.includes(field)),
  );
  const { answer, attempt } = await post({ ...call, path: PATH, body: counted, streamed: false }, context);
  const tokens = numberOf(objectOf(parseJson(await readText(answer, attempt, LARGEST_ANSWER)))?.['input_tokens']);
  if (tokens === null) throw new ProviderFailure(malformed(context.peer, 'the answer holds no count of tokens'));
  return tokens;
}
