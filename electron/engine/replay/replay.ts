import type { Tier } from '../../../shared/domain/decision.ts';
import type { ReplayExample, ReplayOutcome, ReplayResult } from '../../../shared/domain/replay.ts';
import type { Usage } from '../../../shared/domain/request.ts';
import { computeCost } from '../cost/compute-cost.ts';
import type { Registry, ProviderConfig } from '../registry/types.ts';
import type { LatencySample, RecordedRequest } from '../store/types.ts';
import type { TimeRange } from '../store/time-range.ts';
import { LatencyModel } from './latency-model.ts';
import { seededRandom } from '../seeded-random.ts';
import { Simulation } from './simulation.ts';
import type { Route, SimulationSetup } from './simulation.ts';
import { PairCount, Tally } from './tally.ts';
import type { Ending } from './tally.ts';

export interface ReplaySetup extends Pick<SimulationSetup, 'registry' | 'environment' | 'health'> {
  range: TimeRange;
  samples: readonly LatencySample[];
  /** The registry that the traffic was recorded under, as far as it is known; null otherwise. */
  recordedUnder: Registry | null;
  /** The same seed draws the same latencies. */
  seed?: number;
}

const MICRO = 1_000_000;
const MOST_EXAMPLES = 20;
/** So that one frequent change does not crowd out the others. */
const EXAMPLES_PER_MOVE = 4;
const MOST_MOVES = 50;

const ASSUMPTIONS = [
  'Only requests of callers are replayed: the playground, probes and shadow copies, which Costs counts too, are left out.',
  'Tokens are those that were used then, whoever would serve.',
  'Providers are as well as their recorded health says; a request that failed at a provider fails there again.',
  'A request that moves takes as long as one that its new provider served in the same time, drawn at random from a fixed seed.',
  'Budgets, rates and places are unused at the beginning: what was used of them before the range is not counted.',
  'Operator overrides, isolation by hand and limits raised for a time are left out.',
  'Circuit breakers are taken for closed: recorded health alone keeps a provider out.',
  'More traffic does not make a provider slower, beyond waiting for a place in its limits.',
];

/**
 * Puts recorded requests, in the order of their arrival, to another configuration: the same policy, router and budgets
 * over simulated time. Pure: nothing is sent, and equal input gives an equal result. A step (`add`) is short, so that a
 * caller can let other work in between.
 */
export class Replay {
  readonly #setup: ReplaySetup;
  readonly #configs: ReadonlyMap<string, ProviderConfig>;
  readonly #simulation: Simulation;
  readonly #latencies: LatencyModel;
  readonly #before = new Tally();
  readonly #after = new Tally();
  readonly #moves = new PairCount<string>();
  readonly #tiers = new PairCount<Tier>();
  readonly #examples: ReplayExample[] = [];
  readonly #usage = new MeanUsage();
  #requests = 0;
  #changed = 0;
  #latencyUnknown = 0;
  #usageEstimated = 0;
  #approximated = 0;

  constructor(setup: ReplaySetup) {
    this.#setup = setup;
    this.#configs = new Map(setup.registry.providers.map((config) => [config.name, config]));
    const latencies = new LatencyModel(setup.samples, seededRandom(setup.seed ?? 1));
    this.#latencies = latencies;
    this.#simulation = new Simulation({
      registry: setup.registry,
      environment: setup.environment,
      health: setup.health,
      answered: (name) => latencies.has(name),
      modelOf: (name) => latencies.modelOf(name),
      startAt: setup.range.since,
    });
  }

  add(request: RecordedRequest): void {
    const before = recordedEnding(request);
    if (before.outcome === 'served') this.#usage.add(request.usage);
    const usage = this.#usageOf(request);
    const demanded = (config: ProviderConfig, model: string | null) => ({
      tokens: usage.input_tokens + usage.output_tokens,
      ...this.#cost(request, usage, config, model),
    });
    const route = this.#simulation.route(request, demanded);
    const after = isCallersFault(request) ? { ...before } : this.#ending(request, usage, route);
    this.#count(request, before, after, route);
  }

  result(): ReplayResult {
    const { range, registry } = this.#setup;
    return {
      ...range,
      config_version: registry.version,
      requests: this.#requests,
      changed: this.#changed,
      before: this.#before.side(),
      after: this.#after.side(),
      moves: this.#moves.list().slice(0, MOST_MOVES),
      tier_changes: this.#tiers.list(),
      latency_unknown_requests: this.#latencyUnknown,
      usage_estimated_requests: this.#usageEstimated,
      approximated_requests: this.#approximated,
      examples: this.#examples,
      assumptions: [...ASSUMPTIONS],
    };
  }

  #ending(request: RecordedRequest, usage: Usage, route: Route): Ending {
    if (!route.served) {
      return {
        provider: null,
        model: null,
        outcome: route.byBudget ? 'refused_by_budget' : 'failed',
        costMicroUsd: 0,
        pricingUnknown: false,
        latency: null,
      };
    }
    const { provider, model, waitMs } = route;
    const stays = provider === request.provider;
    const own = stays ? { firstTokenMs: request.firstTokenMs, durationMs: request.durationMs } : null;
    const answer = own ?? this.#latencies.draw(provider);
    if (answer === null) this.#latencyUnknown += 1;
    const lasts = answer?.durationMs ?? request.durationMs;
    route.place(request.at + waitMs + lasts);
    this.#simulation.observe(provider, lasts);
    if (usage !== request.usage) this.#usageEstimated += 1;
    const config = this.#configs.get(provider);
    const cost = config ? this.#cost(request, usage, config, model) : { costMicroUsd: 0, pricingUnknown: true };
    return {
      provider,
      model,
      outcome: 'served',
      ...cost,
      latency: answer && {
        firstTokenMs: answer.firstTokenMs === null ? null : answer.firstTokenMs + waitMs,
        durationMs: answer.durationMs + waitMs,
      },
    };
  }

  #count(request: RecordedRequest, before: Ending, after: Ending, route: Route): void {
    this.#requests += 1;
    if (request.asked === null) this.#approximated += 1;
    this.#before.add(before);
    this.#after.add(after);
    const tier = route.served ? route.intent.tier : (route.intent?.tier ?? request.tier);
    if (tier !== request.tier) this.#tiers.add(request.tier, tier);
    if (isSame(request, before, after)) return;
    this.#changed += 1;
    if (before.provider !== after.provider) this.#moves.add(before.provider, after.provider);
    const alike = this.#examples.filter((example) => {
      return example.before.provider === before.provider && example.after.provider === after.provider;
    });
    if (this.#examples.length >= MOST_EXAMPLES || alike.length >= EXAMPLES_PER_MOVE) return;
    this.#examples.push({
      id: request.id,
      at: request.at,
      requested_model: request.requestedModel,
      call_site: request.callSite,
      before: outcomeOf(before, request.tier),
      after: outcomeOf(after, tier),
      reason: route.reason,
    });
  }

  /** Where nobody served it then, nobody knows its tokens: the mean of the others stands in. */
  #usageOf({ usage }: RecordedRequest): Usage {
    return usage.input_tokens + usage.output_tokens > 0 ? usage : this.#usage.mean();
  }

  #cost(
    request: RecordedRequest,
    usage: Usage,
    config: ProviderConfig,
    model: string | null,
  ): { costMicroUsd: number; pricingUnknown: boolean } {
    // What was paid then holds as long as nothing that makes the price has changed.
    if (request.provider === config.name && isSameModel(request, model) && this.#isPricedAsThen(config)) {
      return { costMicroUsd: request.costMicroUsd, pricingUnknown: request.pricingUnknown };
    }
    const { adapter, deployment, pricing } = config;
    const cost = computeCost(model ?? '', usage, { adapter, deployment, pricing, at: request.at });
    return { costMicroUsd: cost.costMicroUsd, pricingUnknown: cost.pricingUnknown };
  }

  #isPricedAsThen({ name, adapter, deployment, pricing }: ProviderConfig): boolean {
    const { recordedUnder } = this.#setup;
    if (recordedUnder === null) return pricing === null;
    const then = recordedUnder.providers.find((config) => config.name === name);
    if (!then) return pricing === null;
    if (then.adapter !== adapter || then.deployment !== deployment) return false;
    return JSON.stringify(then.pricing) === JSON.stringify(pricing);
  }
}

/** All of it at once. */
export function replay(requests: Iterable<RecordedRequest>, setup: ReplaySetup): ReplayResult {
  const run = new Replay(setup);
  for (const request of requests) run.add(request);
  return run.result();
}

function recordedEnding(request: RecordedRequest): Ending {
  const { provider, model, costMicroUsd, pricingUnknown, errorCode, firstTokenMs, durationMs, status } = request;
  const byBudget = errorCode === 'budget_exhausted' || errorCode === 'rate_limited';
  return {
    provider,
    model,
    outcome: provider !== null ? 'served' : byBudget ? 'refused_by_budget' : 'failed',
    costMicroUsd,
    pricingUnknown,
    latency: provider !== null && status === 'success' ? { firstTokenMs, durationMs } : null,
  };
}

/** A request that its own content made fail fails anywhere. */
function isCallersFault({ failureClass, provider }: RecordedRequest): boolean {
  return provider === null && (failureClass === 'invalid_request' || failureClass === 'content_filtered');
}

function isSame(request: RecordedRequest, before: Ending, after: Ending): boolean {
  if (before.provider !== after.provider || before.outcome !== after.outcome) return false;
  return before.provider === null || isSameModel(request, after.model);
}

/** Vendors answer under names of their own, so what was decided counts before what answered. */
function isSameModel({ decidedModel, model }: RecordedRequest, other: string | null): boolean {
  return other === model || other === decidedModel || other === null;
}

function outcomeOf(
  { provider, model, outcome, costMicroUsd, pricingUnknown }: Ending,
  tier: Tier | null,
): ReplayOutcome {
  return { provider, model, tier, outcome, cost_usd: costMicroUsd / MICRO, pricing_unknown: pricingUnknown };
}

/** The mean tokens of the requests so far. */
class MeanUsage {
  #requests = 0;
  #input = 0;
  #output = 0;

  add({ input_tokens: input, output_tokens: output }: Usage): void {
    this.#requests += 1;
    this.#input += input;
    this.#output += output;
  }

  mean(): Usage {
    const requests = Math.max(1, this.#requests);
    return {
      input_tokens: Math.round(this.#input / requests),
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: Math.round(this.#output / requests),
      reasoning_tokens: 0,
      estimated: true,
    };
  }
}
