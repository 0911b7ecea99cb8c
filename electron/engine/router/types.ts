import type { Decision } from '../../../shared/domain/decision.ts';
import type { Override } from '../../../shared/domain/operations.ts';
import type { Headroom } from '../quota/types.ts';
import type { Standing } from '../health/types.ts';
import type { Intent } from '../policy/types.ts';
import type { Availability, Capabilities } from '../providers/types.ts';
import type { Registry } from '../registry/types.ts';

/** A part of a request that has no words in the other dialect, such as a PDF for Anthropic or audio for OpenAI. */
export interface OnlyIn {
  dialect: Capabilities['dialect'];
  /** As in "takes no document part". */
  what: string;
}

/** What a request needs of whoever serves it. */
export interface Needs {
  tools: boolean;
  images: boolean;
  jsonSchema: boolean;
  /** The request is for embeddings, which stay with one model: the vectors of two do not compare. */
  embeddings?: boolean;
  /** Something that only one dialect can say, in words; left out where there is none. */
  onlyIn?: OnlyIn | null;
  /** Input tokens, estimated, plus the output asked for. */
  tokens: number;
}

/** Everything a decision looks at, as values: no network, no clock of its own, no chance of its own. */
export interface DecisionInput {
  registry: Registry;
  intent: Intent;
  needs: Needs;
  /** `x-switchyard-force-provider`; null when not set. */
  forcedProvider: string | null;
  noFallback: boolean;
  /**
   * Providers that have failed for this request already, with the failure. Needed only to tell a request that has tried
   * the primary from one that has not, where the registry does not fall back for health alone.
   */
  failed?: ReadonlyMap<string, string>;
  /** Whether this is a benchmark: playground, shadow or drill. */
  benchmarking: boolean;
  override: Override | null;
  standing: (provider: string) => Standing;
  headroom: (provider: string, model: string | null) => Headroom;
  availability: (provider: string) => Availability;
  capabilities: (provider: string, model: string | null) => Capabilities;
  /** Our own requests at a provider, those that wait for a place there included. */
  inFlight: (provider: string) => number;
  /** What the turns of one conversation have in common as a key; null or left out where nobody asks for it. */
  affinityKey?: string | null;
  /** Turn for round robin; rises by one with every decision. */
  turn: number;
  /** Epoch milliseconds, for words such as "since 03:12" and for cooling. */
  now: number;
}

export type Decide = (input: DecisionInput) => Decision;
