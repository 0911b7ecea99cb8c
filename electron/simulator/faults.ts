import { z } from 'zod';
import type { SimulatorClock } from './clock.ts';
import type { Random } from './random.ts';

const scope = {
  /** How many requests it hits before it is used up; for good when left out. */
  times: z.number().int().min(1).optional(),
  /** Chance that a matching request is hit, 0 to 1; always when left out. */
  probability: z.number().min(0).max(1).optional(),
  match: z.object({ model: z.string().optional(), streamed: z.boolean().optional() }).optional(),
  /** On for `faulty_ms`, off for `healthy_ms`, and so on, counted from when it was set; begins faulty. */
  flapping: z.object({ healthy_ms: z.number().min(1), faulty_ms: z.number().min(1) }).optional(),
};
const afterTokens = { after_tokens: z.number().int().min(0) };

/** Something to go wrong on demand. Faults are tried in the order in which they were set; the first that fits is done. */
export const faultSchema = z.discriminatedUnion('kind', [
  /**
   * 429 in the vendor's shape; `retry_after_seconds` null leaves the header out. `retry_after_ms` is said in
   * `retry-after-ms`, which OpenAI's clients prefer.
   */
  z.object({
    kind: z.literal('rate_limited'),
    retry_after_seconds: z.number().min(0).nullable().default(null),
    retry_after_ms: z.number().min(0).optional(),
    ...scope,
  }),
  /** Any status, with the vendor's error body for it. */
  z.object({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    retry_after_seconds: z.number().min(0).nullable().default(null),
    ...scope,
  }),
  /** The vendor's word for "too busy": 503, and 529 from Anthropic. */
  z.object({ kind: z.literal('overloaded'), ...scope }),
  /** The connection is reset before an answer; optionally only where the socket had served a request before. */
  z.object({ kind: z.literal('reset_before_headers'), only_reused_socket: z.boolean().default(false), ...scope }),
  /** The request is taken and nothing ever comes back. */
  z.object({ kind: z.literal('silence'), ...scope }),
  /** The stream breaks off after so many tokens: the connection closes with no ending. */
  z.object({ kind: z.literal('cut'), ...afterTokens, ...scope }),
  /** The stream stops after so many tokens and the connection stays open. */
  z.object({ kind: z.literal('stall'), ...afterTokens, ...scope }),
  /** One event of the stream holds broken JSON; the rest goes on. A whole answer is broken JSON. */
  z.object({ kind: z.literal('malformed_event'), ...afterTokens, ...scope }),
  /** The stream ends after its finish reason without the closing `[DONE]` (or `message_stop`). */
  z.object({ kind: z.literal('no_done'), ...scope }),
  /** An error inside a 200 stream: vLLM's and OpenAI's error frame then `[DONE]`, Anthropic's `overloaded_error` event. */
  z.object({ kind: z.literal('error_in_stream'), ...afterTokens, ...scope }),
  z.object({ kind: z.literal('context_overflow'), ...scope }),
  /** `reject` answers 400; `finish` ends the answer with `content_filter`, or `refusal` from Anthropic. */
  z.object({ kind: z.literal('content_filter'), style: z.enum(['reject', 'finish']).default('finish'), ...scope }),
  /** The account's credit or spend limit is used up. */
  z.object({ kind: z.literal('exhausted'), ...scope }),
  /** Every call with a key is turned away, the model list too. */
  z.object({ kind: z.literal('wrong_key'), ...scope }),
  /** The model is neither listed nor served. */
  z.object({ kind: z.literal('model_missing'), ...scope }),
  /** `/health` and `/ping` answer this status, whatever requests get: a health check that lies. */
  z.object({ kind: z.literal('health'), status: z.number().int().min(200).max(599), ...scope }),
  /** Starting up: every path answers 503, the health check too. */
  z.object({ kind: z.literal('loading'), ...scope }),
  /** The first token comes so many milliseconds later; goes together with another fault. */
  z.object({ kind: z.literal('slow_first_token'), delay_ms: z.number().min(0), ...scope }),
  /** Everything takes so many times as long; goes together with another fault. */
  z.object({ kind: z.literal('slow_down'), factor: z.number().min(1), ...scope }),
]);
export type Fault = z.infer<typeof faultSchema>;
/** A fault as it is written, defaults left out. */
export type FaultInput = z.input<typeof faultSchema>;
export type FaultKind = Fault['kind'];

/** What a request is, for matching. `health` stands for health checks, `list` for model lists and the like. */
export interface FaultSubject {
  path: 'inference' | 'health' | 'list';
  model: string | null;
  streamed: boolean;
  reusedSocket: boolean;
}

/** What happens to one request. */
export interface Misfortune {
  fault: Fault | null;
  extraFirstTokenMs: number;
  slowdown: number;
}

const REACHES: Partial<Record<FaultKind, readonly FaultSubject['path'][]>> = {
  health: ['health'],
  loading: ['inference', 'health', 'list'],
  wrong_key: ['inference', 'list'],
  model_missing: ['inference', 'list'],
};

/** The faults of one provider. */
export class Faults {
  readonly #clock: SimulatorClock;
  readonly #random: Random;
  #active: { fault: Fault; left: number; since: number }[] = [];

  constructor(clock: SimulatorClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Replaces all faults. Throws a `ZodError` for one that is not well-formed. */
  set(faults: readonly FaultInput[]): void {
    const since = this.#clock.monotonic();
    this.#active = faults.map((input) => {
      const fault = faultSchema.parse(input);
      return { fault, left: fault.times ?? Infinity, since };
    });
  }

  clear(): void {
    this.#active = [];
  }

  /** Those that are not used up yet. */
  list(): Fault[] {
    return this.#active.map((entry) => entry.fault);
  }

  /** Decides what happens to a request, and counts it. */
  strike(subject: FaultSubject): Misfortune {
    const misfortune: Misfortune = { fault: null, extraFirstTokenMs: 0, slowdown: 1 };
    for (const entry of this.#active) {
      const { fault } = entry;
      const modifies = fault.kind === 'slow_first_token' || fault.kind === 'slow_down';
      if (!modifies && misfortune.fault) continue;
      if (!this.#fits(fault, subject, entry.since)) continue;
      entry.left -= 1;
      if (fault.kind === 'slow_first_token') misfortune.extraFirstTokenMs += fault.delay_ms;
      else if (fault.kind === 'slow_down') misfortune.slowdown *= fault.factor;
      else misfortune.fault = fault;
    }
    this.#active = this.#active.filter((entry) => entry.left > 0);
    return misfortune;
  }

  #fits(fault: Fault, subject: FaultSubject, since: number): boolean {
    if (!(REACHES[fault.kind] ?? ['inference']).includes(subject.path)) return false;
    if (subject.path === 'inference') {
      if (fault.match?.model !== undefined && fault.match.model !== subject.model) return false;
      if (fault.match?.streamed !== undefined && fault.match.streamed !== subject.streamed) return false;
    }
    if (fault.kind === 'reset_before_headers' && fault.only_reused_socket && !subject.reusedSocket) return false;
    if (fault.flapping) {
      const { healthy_ms: healthy, faulty_ms: faulty } = fault.flapping;
      if ((this.#clock.monotonic() - since) % (healthy + faulty) >= faulty) return false;
    }
    return fault.probability === undefined || this.#random() < fault.probability;
  }
}
