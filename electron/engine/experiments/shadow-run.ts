import { SHADOW_CALL_SITE, type ShadowPair, type ShadowSide } from '../../../shared/domain/experiments.ts';
import type { Attempt, RequestDetail } from '../../../shared/domain/request.ts';
import { GistCollector, gistOf } from '../attempt/answer-gist.ts';
import type { AnswerGist } from '../attempt/answer-gist.ts';
import type { AnsweredChat } from '../attempt/answered-chat.ts';
import { AttemptRun } from '../attempt/attempt-run.ts';
import type { AttemptTools } from '../attempt/attempt-run.ts';
import { recordOfAttempt } from '../attempt/request-record.ts';
import type { Provider } from '../providers/types.ts';
import { ProviderFailure } from '../providers/types.ts';
import type { Reservation } from '../quota/types.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { compareAnswers, NOT_COMPARED } from './compare-answers.ts';

/** A copy that may be sent: its place in every budget is taken. */
export interface AdmittedCopy {
  id: string;
  answered: AnsweredChat;
  config: ProviderConfig;
  provider: Provider;
  /** Upstream model id. */
  model: string;
  reservation: Reservation;
  signal: AbortSignal;
}

export interface EndedCopy {
  /** The row of the copy itself, for the money. */
  record: RequestDetail;
  pair: Omit<ShadowPair, 'id'>;
}

/**
 * Sends one copy and compares the answers. Asked as the caller asked, streamed or whole, once: nothing is retried, nothing
 * falls back, no tool is run, and health never hears of it. Settles its reservation; does not throw for a provider's failure.
 */
export async function runCopy(copy: AdmittedCopy, tools: AttemptTools): Promise<EndedCopy> {
  const { answered, config, provider, model } = copy;
  const { request } = answered;
  const run = new AttemptRun(
    {
      index: 0,
      config,
      provider,
      model,
      request,
      effort: answered.effort,
      limits: config.timeouts,
      signal: copy.signal,
      requestId: copy.id,
      traceparent: undefined,
      headers: answered.headers,
      retry: false,
      resume: false,
      reservation: copy.reservation,
      queuedMs: 0,
    },
    tools,
  );
  const gist = await answerOf(run, request.stream);
  const attempt = gist ? run.succeed() : run.record;
  const record = recordOfAttempt(
    {
      id: copy.id,
      started_at: attempt.started_at,
      origin: 'shadow',
      dialect: request.dialect,
      streamed: request.stream,
      requested_model: model,
      call_site: SHADOW_CALL_SITE,
    },
    attempt,
  );
  return { record, pair: pairOf(answered, copy.id, attempt, gist) };
}

/** The gist of the answer; null when there is none, and the run has ended as failed or cancelled. */
async function answerOf(run: AttemptRun, streamed: boolean): Promise<AnswerGist | null> {
  try {
    if (!streamed) return gistOf(await run.generate());
    const collector = new GistCollector();
    await run.open();
    for await (const { events } of run.chunks()) for (const event of events) collector.add(event);
    return collector.gist();
  } catch (error) {
    if (error instanceof ProviderFailure) return null;
    throw error;
  }
}

function pairOf(
  { request, record, answer }: AnsweredChat,
  id: string,
  attempt: Attempt,
  gist: AnswerGist | null,
): Omit<ShadowPair, 'id'> {
  // The one that answered, without what was tried before it.
  const original = record.attempt_list.findLast(({ outcome }) => outcome === 'success');
  if (!original) throw new Error(`The request ${record.id} was answered and has no attempt that succeeded.`);
  return {
    at: attempt.started_at,
    call_site: record.call_site,
    streamed: record.streamed,
    original: sideOf(record.id, original, answer),
    shadow: {
      ...sideOf(id, attempt, gist),
      outcome: attempt.outcome,
      failure_class: attempt.failure_class,
      message: attempt.message,
    },
    ...(gist ? compareAnswers(answer, gist, request.responseFormat !== null) : NOT_COMPARED),
  };
}

function sideOf(requestId: string, attempt: Attempt, gist: AnswerGist | null): ShadowSide {
  return {
    request_id: requestId,
    provider: attempt.provider,
    model: attempt.model,
    duration_ms: attempt.duration_ms,
    first_token_ms: attempt.first_token_ms,
    output_tokens: attempt.usage.output_tokens,
    cost_usd: attempt.cost_usd,
    pricing_unknown: attempt.pricing_unknown,
    finish_reason: gist?.finishReason ?? null,
  };
}
