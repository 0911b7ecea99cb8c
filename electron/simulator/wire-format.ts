import type { AnswerPlan, Piece } from './answer-plan.ts';
import type { JsonObject } from './json.ts';

/** Tokens of one answer as the server counts them; `promptTokens` holds the cached ones too. */
export interface CountedUsage {
  promptTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Every output token, those of thinking included. */
  outputTokens: number;
  thinkingTokens: number;
}

/** One answer in one vendor's words. Every method but `whole` answers the text of server-sent events. */
export interface WireFormat {
  open(): string;
  /** Consecutive pieces; pieces of one block become one event. */
  pieces(pieces: readonly Piece[]): string;
  /** The finish reason and the usage. */
  finish(plan: AnswerPlan, usage: CountedUsage): string;
  /** What closes a stream that is complete. */
  done(): string;
  /** The vendor's error inside a stream, with all that the vendor still sends after it. */
  error(): string;
  /** An event whose JSON is broken. */
  malformed(): string;
  /** The answer to a request that is not streamed. */
  whole(plan: AnswerPlan, usage: CountedUsage): JsonObject;
}

/** Runs of consecutive pieces that belong to one block. */
export function runsOf(pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last?.[0]?.block === piece.block) last.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

/** The text of a run: thinking, prose, or a tool's arguments. */
export function runText(run: readonly Piece[]): string {
  return run.map((piece) => (piece.type === 'tool' ? piece.json : piece.text)).join('');
}
