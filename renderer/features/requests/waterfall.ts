import type { Attempt, RequestDetail } from '../../../shared/domain/request.ts';

export type Stage = 'queue' | 'headers' | 'first_token' | 'stream';

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  queue: 'queued',
  headers: 'connect and headers',
  first_token: 'first token',
  stream: 'stream',
};

/** A stretch of an attempt, in milliseconds from the request's start. */
interface Segment {
  stage: Stage;
  from: number;
  to: number;
}

export interface WaterfallRow {
  attempt: Attempt;
  segments: Segment[];
}

/** The attempts of a request drawn to one scale of `total` milliseconds. Stages that were never reached are not there. */
export function waterfallOf(request: Pick<RequestDetail, 'started_at' | 'duration_ms' | 'attempt_list'>): {
  total: number;
  rows: WaterfallRow[];
} {
  const rows = request.attempt_list.map((attempt) => ({ attempt, segments: segmentsOf(attempt, request.started_at) }));
  const ends = rows.flatMap(({ segments }) => segments.map(({ to }) => to));
  return { total: Math.max(1, request.duration_ms, ...ends), rows };
}

function segmentsOf(attempt: Attempt, requestStartedAt: number): Segment[] {
  const start = Math.max(0, attempt.started_at - requestStartedAt);
  const { queue_ms: queued, headers_ms: headers, first_token_ms: firstToken, duration_ms: duration } = attempt;
  const marks: [Stage, number | null][] = [
    ['headers', headers],
    ['first_token', firstToken],
    ['stream', duration],
  ];
  const segments: Segment[] = queued > 0 ? [{ stage: 'queue', from: Math.max(0, start - queued), to: start }] : [];
  let from = 0;
  for (const [stage, end] of marks) {
    if (end === null) continue;
    // What ended the attempt belongs to the stage that it had not left.
    const reached = stage === 'stream' && firstToken === null ? (headers === null ? 'headers' : 'first_token') : stage;
    if (end > from) segments.push({ stage: reached, from: start + from, to: start + end });
    from = Math.max(from, end);
  }
  return segments;
}
