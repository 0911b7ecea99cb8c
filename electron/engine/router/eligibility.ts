import type { Candidate, CandidateCode } from '../../../shared/domain/decision.ts';
import type { Standing } from '../health/types.ts';
import type { ProviderConfig, Registry, UseCondition } from '../registry/types.ts';
import type { Capabilities } from '../providers/types.ts';
import { apiFacts } from '../registry/defaults.ts';
import { primaryGroup } from './candidate-order.ts';
import type { Place } from './candidate-order.ts';
import type { DecisionInput, Needs } from './types.ts';
import { clockTime, roleWords } from './words.ts';

/** Why a candidate may not serve, in code and words. */
interface Obstacle {
  code: Exclude<CandidateCode, 'ok'>;
  reason: string;
}

/** What holds for the whole order when one of its places is judged. */
export interface Circumstances {
  /** Providers that new requests are kept from while they are slow. */
  slow: ReadonlySet<string>;
  /** For embeddings, the first place that makes any; null otherwise. */
  embedder: Place | null;
}

/** Whether one place of the order may serve, with the reason either way. */
export function judge(place: Place, input: DecisionInput, circumstances: Circumstances): Candidate {
  const obstacle = obstacleFor(place, input, circumstances);
  return {
    provider: place.provider,
    model: place.model,
    eligible: obstacle === null,
    code: obstacle?.code ?? 'ok',
    reason: obstacle?.reason ?? wellWords(place, input),
  };
}

function obstacleFor(place: Place, input: DecisionInput, { slow, embedder }: Circumstances): Obstacle | null {
  const { config } = place;
  if (!config) {
    const facts = apiFacts(place.provider);
    if (facts) return { code: 'key_missing', reason: `${facts.apiKeyEnv} is not set` };
    return { code: 'disabled', reason: 'the registry does not have it' };
  }
  return (
    configurationObstacle(config, input) ??
    isolationObstacle(config.name, input) ??
    (asksDespiteHealth(place, input) ? null : healthObstacle(config.name, input)) ??
    scopeObstacle(place, input) ??
    conditionObstacle(place, config, input, slow) ??
    abilityObstacle(place, input) ??
    otherVectorsObstacle(place, input, embedder) ??
    slowObstacle(config.name, input, slow) ??
    headroomObstacle(place, input)
  );
}

function configurationObstacle(config: ProviderConfig, input: DecisionInput): Obstacle | null {
  if (!config.enabled) return { code: 'disabled', reason: 'switched off in the registry' };
  const availability = input.availability(config.name);
  if (!availability.available) return { code: 'key_missing', reason: `${availability.keyEnv} is not set` };
  return null;
}

function isolationObstacle(name: string, input: DecisionInput): Obstacle | null {
  const { isolation } = input.standing(name);
  if (!isolation) return null;
  const since = clockTime(isolation.since, input.now);
  return { code: 'isolated', reason: `taken out by ${isolation.operator} at ${since}: ${isolation.reason}` };
}

/** What probes and traffic have against a provider; null when nothing. One that was never probed may be asked. */
function healthObstacle(name: string, input: DecisionInput): Obstacle | null {
  const { health, breaker } = input.standing(name);
  if (health.status === 'disabled') return { code: 'disabled', reason: health.reason };
  if (breaker.cooling_until !== null && breaker.cooling_until > input.now) {
    return {
      code: 'cooling',
      reason: `cooling until ${clockTime(breaker.cooling_until, input.now)} after a rate limit`,
    };
  }
  if (breaker.state === 'open') {
    const retry = breaker.retry_at === null ? '' : `, tried again at ${clockTime(breaker.retry_at, input.now)}`;
    // A vendor's own words, which may be last in it, come with a stop of theirs.
    const why = (breaker.reason ?? health.reason).replace(/\.+$/, '');
    return { code: 'breaker_open', reason: `breaker open: ${why}${retry}` };
  }
  if (health.status === 'unhealthy') {
    return { code: 'unhealthy', reason: `unhealthy since ${clockTime(health.since, input.now)}: ${health.reason}` };
  }
  return null;
}

/** Whoever forces a provider insists on it, well or not; and so may the registry, until the provider has failed the request. */
function asksDespiteHealth({ role, provider }: Place, input: DecisionInput): boolean {
  if (role === 'forced' || role === 'override') return true;
  return !input.failed?.has(provider) && ignoresHealth(provider, input.registry, input.standing(provider));
}

/**
 * Whether the registry has a provider asked however unwell it is: its primary where the fallback triggers leave health out,
 * and, where it balances without regard to health, a member of the primary group that its probes alone speak against.
 */
export function ignoresHealth(
  provider: string,
  registry: Registry,
  { health, breaker, ...standing }: Standing,
): boolean {
  const group = primaryGroup(registry);
  if (!group.includes(provider)) return false;
  const { fallbackTriggers, loadBalancing } = registry.routing;
  if (!fallbackTriggers.includes('primary_unhealthy')) return true;
  if (loadBalancing.healthAware || group.length < 2) return false;
  if (breaker.state === 'open') return standing.outByProbesAlone === true;
  return health.status === 'unhealthy';
}

/** Without the trigger `primary_unhealthy` the chain is for requests that the primary has already failed. */
function scopeObstacle({ role }: Place, input: DecisionInput): Obstacle | null {
  const { routing } = input.registry;
  if (role !== 'fallback' || routing.fallbackTriggers.includes('primary_unhealthy')) return null;
  if (primaryGroup(input.registry).some((name) => input.failed?.has(name))) return null;
  return { code: 'not_in_scope', reason: 'fallback_triggers does not hold primary_unhealthy' };
}

/** `use_when` says when a fallback may be used. Whoever is made the primary is used by that alone. */
function conditionObstacle(
  place: Place,
  config: ProviderConfig,
  input: DecisionInput,
  slow: ReadonlySet<string>,
): Obstacle | null {
  const { useWhen } = config.usagePolicy;
  if (place.role === 'primary' && place.provider === input.registry.routing.primary) return null;
  if (useWhen.length === 0 || useWhen.some((condition) => holds(condition, place, input, slow))) return null;
  return { code: 'use_when_not_met', reason: `used only when ${useWhen.map(conditionWords).join(' or ')}` };
}

function holds(condition: UseCondition, place: Place, input: DecisionInput, slow: ReadonlySet<string>): boolean {
  switch (condition.type) {
    case 'benchmarking_mode':
      return input.benchmarking;
    case 'explicit_user_request':
      return place.role === 'forced' || place.role === 'override' || place.role === 'wanted';
    case 'unhealthy':
      return isOut(condition.provider, input) || slow.has(condition.provider);
  }
}

/**
 * Whether a provider cannot serve this request: not to be asked at all, unwell, or without what the request needs. A full
 * budget or queue is no ill health: it must not open the way to a dearer provider.
 */
function isOut(name: string, input: DecisionInput): boolean {
  const config = input.registry.providers.find((provider) => provider.name === name);
  if (!config) return true;
  const place: Place = { provider: name, config, model: config.model, role: 'fallback' };
  return (
    (configurationObstacle(config, input) ??
      isolationObstacle(name, input) ??
      healthObstacle(name, input) ??
      abilityObstacle(place, input)) !== null
  );
}

function conditionWords(condition: UseCondition): string {
  switch (condition.type) {
    case 'unhealthy':
      return `${condition.provider} is unhealthy`;
    case 'explicit_user_request':
      return 'asked for by name';
    case 'benchmarking_mode':
      return 'benchmarking';
  }
}

const NEEDED: readonly { need: 'tools' | 'images' | 'jsonSchema' | 'embeddings'; words: string }[] = [
  { need: 'tools', words: 'takes no tools' },
  { need: 'images', words: 'takes no images' },
  { need: 'jsonSchema', words: 'takes no JSON schema' },
  { need: 'embeddings', words: 'makes no embeddings' },
];

function abilityObstacle({ provider, model }: Place, input: DecisionInput): Obstacle | null {
  return lackOf(input.needs, input.capabilities(provider, model));
}

/** What a request needs and a model cannot do; null where it can do all of it. */
export function lackOf(needs: Needs, capabilities: Capabilities): Obstacle | null {
  const lacking = NEEDED.find(({ need }) => needs[need] && !capabilities[need]);
  if (lacking) return { code: 'capability_missing', reason: lacking.words };
  if (needs.onlyIn && needs.onlyIn.dialect !== capabilities.dialect) {
    return { code: 'capability_missing', reason: `takes no ${needs.onlyIn.what}` };
  }
  if (!needs.embeddings && capabilities.chat === false) {
    return { code: 'capability_missing', reason: 'makes nothing but embeddings' };
  }
  return contextObstacle(needs, capabilities.contextWindow);
}

/**
 * The place whose vectors a request for embeddings is about: the first that makes any, among those that were asked for by
 * name where some were; null for any other request.
 */
export function embedderOf(places: readonly Place[], input: DecisionInput): Place | null {
  if (!input.needs.embeddings) return null;
  const wanted = places.filter(({ role }) => role === 'wanted');
  const embeds = ({ config, provider, model }: Place): boolean =>
    config !== null && input.capabilities(provider, model).embeddings;
  return (wanted.length > 0 ? wanted : places).find(embeds) ?? wanted[0] ?? null;
}

/** Members of the primary group and those that serve the name that was asked for are taken for the same model. */
function otherVectorsObstacle(place: Place, { intent }: DecisionInput, embedder: Place | null): Obstacle | null {
  if (embedder === null || place.provider === embedder.provider) return null;
  if (place.model !== null && place.model === embedder.model) return null;
  const named = place.role === 'wanted' && intent.rule === 'named_model';
  if (place.role === embedder.role && (place.role === 'primary' || named)) return null;
  return {
    code: 'capability_missing',
    reason: `its vectors do not compare with those of ${embedder.model ?? embedder.provider}`,
  };
}

function contextObstacle({ tokens }: Needs, contextWindow: number): Obstacle | null {
  if (tokens <= contextWindow) return null;
  return {
    code: 'context_too_small',
    reason: `its window of ${contextWindow} tokens is smaller than the ${tokens} needed`,
  };
}

function slowObstacle(name: string, input: DecisionInput, slow: ReadonlySet<string>): Obstacle | null {
  if (!slow.has(name)) return null;
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  const latency = input.standing(name).recentLatencyMs ?? 0;
  const { thresholdMs } = input.registry.routing.highLoad;
  const comparison = latency > thresholdMs ? 'is above' : 'has not fallen well below';
  return { code: 'busy', reason: `recent latency ${seconds(latency)} ${comparison} ${seconds(thresholdMs)}` };
}

function headroomObstacle({ provider, model }: Place, input: DecisionInput): Obstacle | null {
  const headroom = input.headroom(provider, model);
  return headroom.open ? null : { code: headroom.code, reason: headroom.reason };
}

function wellWords(place: Place, input: DecisionInput): string {
  const { health, breaker } = input.standing(place.provider);
  const obstacle = healthObstacle(place.provider, input);
  const role = roleWords(place, input.registry);
  if (obstacle) return `${obstacle.reason}; ${role}, asked all the same`;
  if (breaker.state === 'half_open') return `recovering, one trial at a time; ${role}`;
  if (health.status === 'degraded') return `degraded: ${health.reason}; ${role}`;
  if (health.status === 'unknown') return `not probed yet, ${role}`;
  return `healthy, ${role}`;
}
