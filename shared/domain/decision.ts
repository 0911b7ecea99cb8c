import { z } from 'zod';

export const tierSchema = z.enum(['fast', 'balanced', 'powerful']);
export type Tier = z.infer<typeof tierSchema>;

/** Why a candidate may or may not serve. `ok` alone makes it eligible. */
const CANDIDATE_CODES = [
  'ok',
  'disabled',
  'key_missing',
  'unhealthy',
  'breaker_open',
  'cooling',
  'isolated',
  'use_when_not_met',
  'capability_missing',
  'context_too_small',
  'budget_exhausted',
  'rate_limited',
  'busy',
  'not_in_scope',
] as const;
const candidateCodeSchema = z.enum(CANDIDATE_CODES);
export type CandidateCode = z.infer<typeof candidateCodeSchema>;

const candidateSchema = z.object({
  provider: z.string(),
  /** Upstream model id that would be asked; null when a self-hosted server has not told its own yet. */
  model: z.string().nullable(),
  eligible: z.boolean(),
  code: candidateCodeSchema,
  /** One sentence without a final stop, such as "healthy, primary" or "unhealthy since 03:12: connection refused". */
  reason: z.string(),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** The rule that chose, in the order in which the rules are tried. */
const ROUTE_RULES = [
  'forced_by_request',
  'forced_by_operator',
  'named_provider',
  'named_model',
  'model_prefix',
  'tier',
  'call_site',
  'task_type',
  'primary',
  'fallback',
] as const;
export const routeRuleSchema = z.enum(ROUTE_RULES);
export type RouteRule = z.infer<typeof routeRuleSchema>;

/**
 * What a request told the policy beside the model's name, kept with its decision so that the same question can be put to
 * another policy. No text of the request is in it.
 */
const askedSchema = z.object({
  tier: z.string().nullable(),
  task: z.lazy(() => taskSchema).nullable(),
  prompt_characters: z.number(),
  message_count: z.number(),
  /** The type of task that the prompt looked like; null when it looked like none. */
  detected_task_type: z.string().nullable(),
});
export type Asked = z.infer<typeof askedSchema>;

/** What the request demanded of whoever serves it. */
const demandSchema = z.object({
  tools: z.boolean(),
  images: z.boolean(),
  json_schema: z.boolean(),
  /** The dialect that alone can say what the request holds; left out where either can. */
  only_in: z.object({ dialect: z.enum(['openai', 'anthropic']), what: z.string() }).optional(),
  embeddings: z.boolean(),
  tokens: z.number(),
  forced_provider: z.string().nullable(),
  no_fallback: z.boolean(),
});
export type Demand = z.infer<typeof demandSchema>;

/** A model that the policy keeps from being used, and what stood in for it. */
const restrictedSchema = z.object({
  model: z.string(),
  /** The pattern of `policy.denied_models` that it matches. */
  pattern: z.string(),
  replaced_by: z.string(),
});
export type Restricted = z.infer<typeof restrictedSchema>;

/** A candidate that had no place for the request when its turn came: a limit was full, or its breaker let it through no more. */
const passedOverSchema = z.object({ provider: z.string(), reason: z.string() });

/**
 * A routing decision as a value: everything that was considered, and the rule that chose. Equal inputs give an equal
 * decision, so it can be logged, shown, replayed and tested.
 */
export const decisionSchema = z.object({
  rule: routeRuleSchema,
  /** The explanation in one sentence, the same on every screen, header and command. */
  reason: z.string(),
  requested_model: z.string(),
  tier: tierSchema.nullable(),
  complexity: z.number().nullable(),
  call_site: z.string().nullable(),
  task_type: z.string().nullable(),
  /** The first eligible candidate; null when none is. */
  provider: z.string().nullable(),
  model: z.string().nullable(),
  /** In the order in which they would be tried; ineligible ones stand where they would have been. */
  candidates: z.array(candidateSchema),
  /** Things an operator should know, such as a restricted model that was replaced. */
  warnings: z.array(z.string()),
  asked: askedSchema.optional(),
  demand: demandSchema.optional(),
  restricted: restrictedSchema.optional(),
  /** Of a request that is over: who was eligible when it was decided and yet not asked, each with why. Left out for none. */
  passed_over: z.array(passedOverSchema).optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** The `x-switchyard-task` header and the `task` of `POST /v1/route`. Missing inputs are estimated from the request. */
export const taskSchema = z.object({
  agent_id: z.string().optional(),
  intent: z.string().optional(),
  budget_remaining: z.number().optional(),
  previous_failures: z.number().int().min(0).optional(),
  agent_ais: z
    .object({
      creation_score: z.number().min(0).max(10).optional(),
      execution_score: z.number().min(0).max(10).optional(),
      combined_score: z.number().min(0).max(10).optional(),
    })
    .optional(),
  step: z
    .object({
      prompt_length: z.number().min(0).optional(),
      data_size: z.number().min(0).optional(),
      condition_count: z.number().min(0).optional(),
      context_depth: z.number().min(0).optional(),
      reasoning: z.number().min(0).max(10).or(z.boolean()).optional(),
    })
    .optional(),
});
export type Task = z.infer<typeof taskSchema>;

/** Body of `POST /v1/route` and input of the console's "explain". */
export const routeQuestionSchema = z.object({
  model: z.string().max(256).optional(),
  call_site: z.string().max(256).optional(),
  task: taskSchema.optional(),
  messages: z.array(z.looseObject({ role: z.string() })).optional(),
});
export type RouteQuestion = z.infer<typeof routeQuestionSchema>;
