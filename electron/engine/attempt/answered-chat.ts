import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { AnswerGist } from './answer-gist.ts';

/** A chat request that has been answered in full, as it is handed to whoever sends it to another provider as well. */
export interface AnsweredChat {
  request: ChatRequest;
  /** Of the body, as it came. */
  bytes: number;
  /** 0 to 1, or null when the caller did not ask for effort regulation. */
  effort: number | null;
  /** The caller's headers for the vendor. */
  headers: Record<string, string>;
  /** Input tokens, estimated. */
  inputTokens: number;
  /** What whoever answers it must be able to do; `tokens` are its input and the output asked for. */
  needs: { tools: boolean; images: boolean; jsonSchema: boolean; tokens: number };
  record: RequestDetail;
  answer: AnswerGist;
}

/** Takes part of the traffic a second time, after callers have their answers. Neither call may fail or take time. */
export interface Shadowing {
  /** Whether a request from this call site is in the sample; asked once for each, before it is answered. */
  samples(callSite: string | null): boolean;
  offer(answered: AnsweredChat): void;
}
