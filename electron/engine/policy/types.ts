import type { Asked, Restricted, RouteRule, Task, Tier } from '../../../shared/domain/decision.ts';

/** What a caller wants, before anyone asks who can do it. */
export interface Intent {
  rule: RouteRule;
  /** How the intent was found, in a sentence without a final stop. */
  reason: string;
  requestedModel: string;
  /** Who is asked first, in order; the fallback chain follows unless `exclusive`. */
  preferred: IntentTarget[];
  callSite: string | null;
  tier: Tier | null;
  complexity: number | null;
  taskType: string | null;
  warnings: string[];
  /** What the question told beside the model's name. */
  asked?: Asked;
  /** The model that was asked for is restricted, and another stands in. */
  restricted?: Restricted;
}

export interface IntentTarget {
  provider: string;
  /** Upstream model id; null for the provider's own. */
  model: string | null;
}

export interface IntentQuestion {
  model: string;
  callSite: string | null;
  tier: string | null;
  task: Task | null;
  /** Characters of all messages, tools counted; for estimating what the task leaves out. */
  promptCharacters: number;
  messageCount: number;
  /** Beginning of the last user message, for telling the type of task; left out, only the task's intent tells it. */
  promptSample?: string;
  /** The type of task where it was told before, as in recorded traffic; in place of `promptSample`. */
  detectedTaskType?: string | null;
  /** The request is for embeddings. */
  embeddings?: boolean;
}

/** Whether a provider of the registry can be asked at all; asked only for names that the registry has. */
export type ProviderAvailability = (
  provider: string,
) => { available: true } | { available: false; keyEnv: string; reason: string };

/** The model that a self-hosted server has told to be its own; null before it was asked, and for those that are configured. */
export type DiscoveredModel = (provider: string) => string | null;

export type IntentResult =
  | { ok: true; intent: Intent }
  | { ok: false; code: 'model_not_found' | 'invalid_request' | 'provider_not_configured'; message: string };
