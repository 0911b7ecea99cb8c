import { tierSchema } from '../../../shared/domain/decision.ts';
import type { Asked, Tier } from '../../../shared/domain/decision.ts';
import { quote } from '../../../shared/format/quote.ts';
import { suggestion } from '../registry/nearest.ts';
import type { CallSiteConfig, Environment, Registry } from '../registry/types.ts';
import { CALL_SITE_PREFIX, callSiteModel } from '../registry/call-site-model.ts';
import { assessComplexity } from './complexity.ts';
import type { ComplexityAssessment } from './complexity.ts';
import { findModel } from './find-model.ts';
import type { Scope } from './find-model.ts';
import { detectTaskType, preferredTaskType } from './task-type.ts';
import { tierTargets } from './tier-target.ts';
import type { DiscoveredModel, Intent, IntentQuestion, IntentResult, ProviderAvailability } from './types.ts';

const TIER_PREFIX = 'tier:';

/** Everything that a question is resolved against. */
interface Policy extends Scope {
  environment: Environment;
}

/**
 * What a caller wants, before anyone asks who can do it. Pure.
 *
 * `auto` leaves it to, in this order: the tier asked for, the call site, the type of task, the task's complexity, and
 * the primary. Another name is an entry of the registry, `tier:NAME`, `call-site:NAME`, an upstream id that an entry
 * serves, or a plain id by its prefix. What cannot be meant is refused with the nearest names, what lacks a key with the
 * key's name. `availability` and `discoveredModel` are asked only for names that the registry has.
 */
export function resolveIntent(
  question: IntentQuestion,
  registry: Registry,
  environment: Environment,
  availability: ProviderAvailability,
  discoveredModel: DiscoveredModel = () => null,
): IntentResult {
  const { embeddings = false } = question;
  const policy: Policy = { registry, environment, availability, discoveredModel, embeddings };
  const known = withDetectedType(question);
  const result = resolveModel(known, policy);
  return result.ok ? { ok: true, intent: { ...result.intent, asked: askedOf(known) } } : result;
}

/** Told once for the whole question, so that the decision can record it; who names a model is not read for it. */
function withDetectedType(question: IntentQuestion): IntentQuestion {
  if (question.detectedTaskType !== undefined || question.promptSample === undefined) return question;
  const model = question.model.trim();
  if (model !== '' && model !== 'auto' && !model.startsWith(CALL_SITE_PREFIX)) return question;
  return { ...question, detectedTaskType: detectTaskType(question.promptSample) };
}

function askedOf({ tier, task, promptCharacters, messageCount, detectedTaskType }: IntentQuestion): Asked {
  return {
    tier,
    task,
    prompt_characters: promptCharacters,
    message_count: messageCount,
    detected_task_type: detectedTaskType ?? null,
  };
}

function resolveModel(question: IntentQuestion, policy: Policy): IntentResult {
  const { registry } = policy;
  const model = question.model.trim();
  if (model === '' || model === 'auto') return resolveAuto(question, policy);
  if (model.startsWith(TIER_PREFIX)) return resolveTier(model.slice(TIER_PREFIX.length), question, policy);
  if (model.startsWith(CALL_SITE_PREFIX)) {
    const name = model.slice(CALL_SITE_PREFIX.length);
    const site = callSite(name, registry);
    if (site) return resolveCallSite(site, question, policy);
    const names = registry.policy.callSites.map((known) => known.name);
    return refused('model_not_found', `There is no call site ${quote(name)}${suggestion(name, names)}`);
  }
  return resolveName(model, question, policy, 'the request');
}

function resolveAuto(question: IntentQuestion, policy: Policy): IntentResult {
  if (question.tier !== null) return resolveTier(question.tier, question, policy);
  if (question.callSite !== null) {
    const site = callSite(question.callSite, policy.registry);
    if (site) return resolveCallSite(site, question, policy);
    const names = policy.registry.policy.callSites.map(({ name }) => name);
    const result = resolveByTask(question, policy);
    // A name that only labels costs is fine; a misspelt one should be seen.
    const warning = `the call site ${quote(question.callSite)} is not configured and only labels the request${suggestion(question.callSite, names)}`;
    return result.ok ? withWarning(result.intent, warning) : result;
  }
  return resolveByTask(question, policy);
}

function resolveByTask(question: IntentQuestion, policy: Policy): IntentResult {
  const { task, detectedTaskType = null } = question;
  const assessment = task ? assessComplexity(task, question, policy.registry.tiers) : null;
  const scored = { complexity: assessment?.score ?? null };
  const preferred = preferredTaskType({ intent: task?.intent, detected: detectedTaskType }, policy.registry);
  if (preferred) {
    return found(question, {
      rule: 'task_type',
      reason: `${preferred.detected ? 'the prompt looks like' : 'the task is'} ${preferred.type}, for which ${preferred.providers.join(', ')} comes first`,
      preferred: preferred.providers.map((provider) => ({ provider, model: ownModel(provider, policy.registry) })),
      taskType: preferred.type,
      tier: assessment?.tier ?? null,
      ...scored,
    });
  }
  if (assessment) return resolveAssessed(assessment, question, policy);
  const { primary } = policy.registry.routing;
  if (primary === '') {
    return refused(
      'provider_not_configured',
      'No provider is configured: set an API key such as ANTHROPIC_API_KEY, or start with --config FILE.',
    );
  }
  return found(question, {
    rule: 'primary',
    reason: `nothing else is asked for, so ${primary} is the primary`,
    preferred: [],
  });
}

function resolveAssessed(assessment: ComplexityAssessment, question: IntentQuestion, policy: Policy): IntentResult {
  const { score, tier, adjustments, estimated } = assessment;
  const names = estimated.map((name) => name.replace(/^.*\./, ''));
  const guessed = names.length > 0 ? ` (estimated: ${names.join(', ')})` : '';
  const moved = adjustments.length > 0 ? `, ${adjustments.join(', ')}: ${tier}` : '';
  const why = `complexity ${score.toFixed(1)} makes the tier ${assessment.baseTier}${moved}${guessed}`;
  return byTier(tier, why, question, policy, score);
}

function resolveTier(name: string, question: IntentQuestion, policy: Policy): IntentResult {
  const tier = tierSchema.safeParse(name);
  if (!tier.success) {
    return refused('model_not_found', `There is no tier ${quote(name)}; the tiers are fast, balanced and powerful.`);
  }
  const assessment = question.task ? assessComplexity(question.task, question, policy.registry.tiers) : null;
  return byTier(tier.data, `the request asks for the tier ${tier.data}`, question, policy, assessment?.score ?? null);
}

/** A tier that the configuration misspells is no fault of the caller's: balanced stands in, and the decision says so. */
function resolveConfiguredTier(name: string, origin: string, question: IntentQuestion, policy: Policy): IntentResult {
  if (tierSchema.safeParse(name).success) return resolveTier(name, question, policy);
  const result = resolveTier('balanced', question, policy);
  const warning = `${origin} names the tier ${quote(name)}, which does not exist; balanced stands in`;
  return result.ok ? withWarning(result.intent, warning) : result;
}

function byTier(
  tier: Tier,
  reason: string,
  question: IntentQuestion,
  policy: Policy,
  complexity: number | null,
): IntentResult {
  const targets = tierTargets(tier, policy);
  if (!targets.ok) return refused('provider_not_configured', targets.message);
  const { preferred, warnings } = targets;
  return found(question, { rule: 'tier', reason, preferred, warnings, tier, complexity });
}

function resolveCallSite(site: CallSiteConfig, question: IntentQuestion, policy: Policy): IntentResult {
  const { model, origin } = callSiteModel(site, policy);
  const asked = { ...question, callSite: site.name };
  if (model.startsWith(CALL_SITE_PREFIX)) {
    return refused('invalid_request', `The call site ${site.name} names another call site (${origin}); name a model.`);
  }
  const result =
    model === 'auto'
      ? resolveByTask(asked, policy)
      : model.startsWith(TIER_PREFIX)
        ? resolveConfiguredTier(model.slice(TIER_PREFIX.length), origin, asked, policy)
        : resolveName(model, asked, policy, origin);
  if (!result.ok) return { ...result, message: `The call site ${site.name} (${origin}): ${result.message}` };
  if (model === 'auto') return result;
  const { restricted } = result.intent;
  const instead = restricted ? `, which is restricted: ${restricted.replaced_by} stands in` : '';
  const reason = `the call site ${site.name} uses ${model} (${origin})${instead}`;
  return { ok: true, intent: { ...result.intent, rule: 'call_site', reason } };
}

function resolveName(name: string, question: IntentQuestion, policy: Policy, origin: string): IntentResult {
  const result = findModel(name, policy, origin);
  if (!result.ok) return refused(result.code, result.message);
  const { ok: _ok, ...intent } = result;
  return found(question, intent);
}

function callSite(name: string, registry: Registry): CallSiteConfig | undefined {
  return registry.policy.callSites.find((site) => site.name === name);
}

function ownModel(provider: string, registry: Registry): string | null {
  return registry.providers.find(({ name }) => name === provider)?.model ?? null;
}

function found(
  question: IntentQuestion,
  intent: Pick<Intent, 'rule' | 'reason' | 'preferred'> & Partial<Intent>,
): IntentResult {
  return {
    ok: true,
    intent: {
      requestedModel: question.model.trim() === '' ? 'auto' : question.model.trim(),
      callSite: question.callSite,
      tier: null,
      complexity: null,
      taskType: question.task?.intent ?? null,
      warnings: [],
      ...intent,
    },
  };
}

function withWarning(intent: Intent, warning: string): IntentResult {
  return { ok: true, intent: { ...intent, warnings: [...intent.warnings, warning] } };
}

function refused(
  code: 'model_not_found' | 'invalid_request' | 'provider_not_configured',
  message: string,
): IntentResult {
  return { ok: false, code, message };
}
