import { answerModelOf, objectOf, parseJson } from '../dialects/json.ts';
import { readOpenAiUsage } from '../dialects/usage.ts';
import { errorObject } from './classify.ts';
import { malformed, refused } from './connection-failures.ts';
import { classifyPosted, post } from './post.ts';
import type { CallContext } from './post.ts';
import { readText } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { EmbedCall, EmbedResult, Failure } from './types.ts';

/** Bytes of the largest answer taken: 2,048 inputs (OpenAI's limit) of 3,072 dimensions, written as decimal numbers. */
const LARGEST_ANSWER = 256 * 1024 * 1024;

/** Asks for embeddings: the caller's body with this provider's model in it. Throws ProviderFailure. */
export async function embed(call: EmbedCall, context: CallContext): Promise<EmbedResult> {
  const path = context.adapter.embeddingsPath;
  if (path === null) throw new ProviderFailure(refused(context.peer, 'invalid_request', 'makes no embeddings'));
  const body = { ...call.body, model: call.model };
  const { answer, attempt, key } = await post({ ...call, path, body, streamed: false }, context).catch(
    (error: unknown) => {
      throw error instanceof ProviderFailure ? new ProviderFailure(withoutBlame(error.failure)) : error;
    },
  );
  const parsed = objectOf(parseJson(await readText(answer, attempt, LARGEST_ANSWER)));
  if (parsed === null) throw new ProviderFailure(malformed(context.peer, 'the answer is not JSON'));
  if (!Array.isArray(parsed['data'])) {
    const failure =
      errorObject(parsed) === null
        ? malformed(context.peer, 'the answer holds no embeddings')
        : withoutBlame(classifyPosted(answer, parsed, key, context));
    throw new ProviderFailure(failure);
  }
  const usage = objectOf(parsed['usage']);
  return {
    body: parsed,
    model: answerModelOf(parsed['model']),
    usage: usage === null ? null : readOpenAiUsage(usage, context.adapter.usageRules),
    timings: { headersMs: answer.headersMs },
  };
}

/**
 * A server that chats well may make no embeddings: vLLM then has no such route (404), llama.cpp answers 501. That is the
 * request's mistake and must not take the provider out for everybody else.
 */
function withoutBlame(failure: Failure): Failure {
  const noSuchThing = failure.class === 'model_missing' || failure.httpStatus === 405 || failure.httpStatus === 501;
  return noSuchThing ? { ...failure, class: 'invalid_request' } : failure;
}
