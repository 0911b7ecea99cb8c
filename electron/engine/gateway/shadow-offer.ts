import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { AnswerGist } from '../attempt/answer-gist.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayRooms, Question } from './types.ts';

/** Hands an answered request on, to be compared. To be called once, when the caller has the whole answer. */
export type ShadowOffer = (record: RequestDetail, answer: AnswerGist) => void;

/** Draws whether a request is in the sample; null where it is not, so that nothing of its answer need be kept. */
export function shadowOffer(
  { shadow }: Pick<GatewayRooms, 'shadow'>,
  { request, options, headers = {}, inputTokens, needs, intent }: Question,
  exchange: Pick<Exchange, 'bodyBytes'>,
): ShadowOffer | null {
  if (!shadow?.samples(intent.callSite)) return null;
  return (record, answer) =>
    shadow.offer({
      request,
      bytes: exchange.bodyBytes,
      effort: options.effort,
      headers,
      inputTokens,
      needs,
      record,
      answer,
    });
}
