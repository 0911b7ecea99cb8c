import type { RequestDetail } from '../../../shared/domain/request.ts';
import { gistOf } from '../attempt/answer-gist.ts';
import { renderAnthropicAnswer, passAnthropicAnswer } from '../dialects/anthropic/render-answer.ts';
import { passOpenAiAnswer, renderOpenAiAnswer } from '../dialects/openai/render-answer.ts';
import type { ChatAnswer, Dialect, JsonObject } from '../dialects/types.ts';
import { ProviderFailure } from '../providers/types.ts';
import { AttemptLoop } from './attempt-loop.ts';
import type { AdmittedRun } from './attempt-loop.ts';
import { sendError } from './answer-error.ts';
import type { Exchange } from './exchange.ts';
import { asGatewayError, leftOr } from './gateway-error.ts';
import { understand } from './understand.ts';
import { buildRecord, refusedRecord } from './record.ts';
import type { Ending } from './record.ts';
import { publish, traceOf } from './publish.ts';
import { responseHeaders } from './response-headers.ts';
import { shadowOffer } from './shadow-offer.ts';
import { streamAnswer } from './stream-answer.ts';
import type { Closing } from './stream-answer.ts';
import type { GatewayRooms, Question } from './types.ts';

/**
 * One chat request from its acceptance to its record: understand → decide → attempt (retry, next candidate) → answer →
 * record → publish. The caller always gets an answer or an error; the row is durable before the answer ends.
 */
export async function serveChat(rooms: GatewayRooms, exchange: Exchange, dialect: Dialect, id: string): Promise<void> {
  const startedAt = rooms.clock.now();
  const started = rooms.clock.monotonic();
  const trace = traceOf(rooms, exchange, id, 'chat');
  let question: Question;
  try {
    const body = await exchange.readJson(rooms.registry().server.gateway.maximumBodyBytes);
    question = understand(rooms, { id, dialect, body, headers: exchange.request.headers, trace });
  } catch (error) {
    const refusal = asGatewayError(error);
    if (refusal.code !== 'caller_left')
      await publish(
        rooms,
        refusedRecord({ id, dialect, startedAt, error: refusal, durationMs: rooms.clock.monotonic() - started }),
        trace,
      );
    sendError(exchange, dialect, id, refusal);
    return;
  }
  const loop = new AttemptLoop(rooms, question, exchange.callerLeft);
  const settle = async (ending: Ending): Promise<RequestDetail> => {
    const record = buildRecord({ question, loop, ending, startedAt, durationMs: rooms.clock.monotonic() - started });
    if (loop.fallback) rooms.announceFallback(loop.fallback);
    await publish(rooms, record, trace);
    return record;
  };
  const closing = { settle, offer: shadowOffer(rooms, question, exchange) };
  if (question.request.stream) await streamAnswer(rooms, exchange, question, loop, closing);
  else await answerWhole(exchange, question, loop, closing);
}

async function answerWhole(
  exchange: Exchange,
  question: Question,
  loop: AttemptLoop,
  { settle, offer }: Closing,
): Promise<void> {
  let admitted: AdmittedRun | null = null;
  try {
    for (;;) {
      admitted = await loop.next();
      const answer = await generate(admitted, loop);
      if (!answer) continue;
      loop.succeeded(admitted);
      const record = await settle({ ok: true });
      const headers = responseHeaders(loop, record);
      exchange.sendJson(200, renderAnswer(question, answer, admitted, record.started_at), headers);
      offer?.(record, gistOf(answer));
      return;
    }
  } catch (error) {
    const failure = leftOr(exchange.callerLeft, error);
    await settle({ ok: false, error: failure, status: failure.status });
    sendError(exchange, question.request.dialect, question.id, failure, responseHeaders(loop, null));
  }
}

async function generate(admitted: AdmittedRun, loop: AttemptLoop): Promise<ChatAnswer | null> {
  try {
    return await admitted.run.generate();
  } catch (error) {
    if (!(error instanceof ProviderFailure) || error.failure.class === 'cancelled') {
      loop.cancelled(admitted);
      throw error;
    }
    await loop.failed(admitted, error.failure);
    return null;
  }
}

function renderAnswer(question: Question, answer: ChatAnswer, admitted: AdmittedRun, startedAt: number): JsonObject {
  const { dialect } = question.request;
  const options = { id: answer.id || question.id, model: answer.model || admitted.run.input.model };
  if (answer.raw && admitted.run.input.provider.dialect === dialect) {
    return dialect === 'openai' ? passOpenAiAnswer(answer.raw, options) : passAnthropicAnswer(answer.raw, options);
  }
  return dialect === 'openai'
    ? renderOpenAiAnswer(answer, { ...options, created: Math.floor(startedAt / 1000) })
    : renderAnthropicAnswer(answer, options);
}
