import { quote } from '../../../shared/format/quote.ts';
import { adapterOf, adapterOfClass } from './adapter-of.ts';
import { SHADOW_CALL_SITE } from '../../../shared/domain/experiments.ts';
import { CALL_SITE_PREFIX } from './call-site-model.ts';
import { API_FACTS, apiFacts, BUILT_IN_CALL_SITES, TIER_DEFAULTS } from './defaults.ts';
import type { PathStep, RegistryDocument } from './document.ts';
import { addressIn } from './endpoints.ts';
import { suggestion } from './nearest.ts';
import { problem, valueAt } from './schema-problems.ts';
import type { Environment, RegistryProblem } from './types.ts';

/** Weights that are relative to each other: with none of them there is nothing to weigh. */
const WEIGHT_GROUPS = [
  ['agent', 'step'],
  ['creation', 'execution', 'combined'],
  ['prompt_length', 'data_size', 'condition_count', 'context_depth', 'reasoning'],
] as const;

const UNHEALTHY_SUFFIX = '_unhealthy';
const PLAIN_CONDITIONS = ['explicit_user_request', 'benchmarking_mode'] as const;

/**
 * What no schema sees: names that must exist, and keys that belong together. Works on the plain values, so that it finds
 * its problems in the same pass as the schema finds its own.
 */
export function crossProblems(document: RegistryDocument, environment: Environment): RegistryProblem[] {
  const check = new Checker(document);
  for (const [name, entry] of check.entries(['models'])) {
    checkEntry(check, ['models', name], entry, environment);
  }
  checkNames(check);
  checkCallSiteModels(check);
  checkTiers(check);
  checkSoftLimits(check);
  checkCallSites(check);
  if (check.at(['storage', 'driver']) === 'postgres' && check.at(['storage', 'url']) === undefined) {
    check.add(['storage', 'driver'], 'the postgres driver needs storage.url');
  }
  if (check.at(['coordination', 'driver']) === 'redis' && check.at(['coordination', 'url']) === undefined) {
    check.add(['coordination', 'driver'], 'the redis driver needs coordination.url');
  }
  return check.problems;
}

/** Collects problems over one document. */
class Checker {
  readonly problems: RegistryProblem[] = [];
  readonly #document: RegistryDocument;

  constructor(document: RegistryDocument) {
    this.#document = document;
  }

  at(path: readonly PathStep[]): unknown {
    return valueAt(this.#document.value, path);
  }

  entries(path: readonly PathStep[]): [string, unknown][] {
    const value = this.at(path);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  }

  add(path: readonly PathStep[], message: string): void {
    this.problems.push(problem(path, this.#document, message));
  }

  /** Texts of a list with their paths; what is no text is the schema's business. */
  texts(path: readonly PathStep[]): { path: PathStep[]; text: string }[] {
    const value = this.at(path);
    if (!Array.isArray(value)) return [];
    return value.flatMap((item: unknown, index) =>
      typeof item === 'string' ? [{ path: [...path, index], text: item }] : [],
    );
  }

  get providerNames(): string[] {
    return [...new Set([...this.entries(['models']).map(([name]) => name), ...Object.keys(API_FACTS)])];
  }
}

function checkEntry(check: Checker, path: PathStep[], entry: unknown, environment: Environment): void {
  if (typeof entry !== 'object' || entry === null) return;
  const at = (...steps: PathStep[]) => check.at([...path, ...steps]);
  if (path.at(-1) === 'auto')
    check.add(path, '"auto" is what callers write to let the policy decide; choose another name');
  const endpoint = at('endpoint') ?? at('provider_kwargs', 'endpoint');
  if (at('endpoint') !== undefined && at('provider_kwargs', 'endpoint') !== undefined) {
    check.add([...path, 'endpoint'], 'the endpoint stands here and in provider_kwargs; keep one');
  }
  checkAdapter(check, path, endpoint, environment);
  const range = at('capabilities', 'thinking_budget_range');
  if (Array.isArray(range) && typeof range[0] === 'number' && typeof range[1] === 'number' && range[0] > range[1]) {
    check.add([...path, 'capabilities', 'thinking_budget_range'], 'the lower end comes first');
  }
  if (at('health_check', 'method') === 'endpoint' && at('health_check', 'endpoint') === undefined) {
    const api = apiFacts(adapterOf({ adapter: at('adapter'), provider_class: at('provider_class') }));
    if (api)
      check.add([...path, 'health_check', 'method'], 'the method "endpoint" needs health_check.endpoint for an API');
  }
  for (const condition of check.texts([...path, 'usage_policy', 'use_when'])) checkCondition(check, condition);
}

function checkAdapter(check: Checker, path: PathStep[], endpoint: unknown, environment: Environment): void {
  const adapter = check.at([...path, 'adapter']);
  const providerClass = check.at([...path, 'provider_class']);
  if (adapter === undefined && providerClass === undefined && endpoint === undefined) {
    check.add(path, 'the entry needs an endpoint, or an adapter or provider_class that knows its own');
    return;
  }
  const ofClass = adapterOfClass(providerClass);
  if (typeof adapter === 'string' && ofClass !== null && ofClass !== adapter) {
    check.add(
      [...path, 'adapter'],
      `adapter ${adapter} contradicts the provider_class, which speaks ${ofClass}; keep one`,
    );
  }
  // A misspelt adapter or class is reported where it stands; what it would have needed is not known.
  if ((adapter !== undefined || providerClass !== undefined) && adapterOfClass(adapter) === null && ofClass === null)
    return;
  const chosen = adapterOf({ adapter, provider_class: providerClass });
  const fromEnvironment =
    providerClass === 'KimiK2SelfHostedProvider' && addressIn(environment, 'KIMI_K2_ENDPOINT') !== null;
  if (endpoint === undefined && !apiFacts(chosen) && !fromEnvironment) {
    const way = providerClass === 'KimiK2SelfHostedProvider' ? ' or KIMI_K2_ENDPOINT in the environment' : '';
    check.add(path, `the endpoint is missing: a ${chosen} entry needs endpoint${way}`);
  }
}

function checkCondition(check: Checker, { path, text }: { path: PathStep[]; text: string }): void {
  if (PLAIN_CONDITIONS.some((condition) => condition === text)) return;
  const names = check.providerNames;
  if (text.endsWith(UNHEALTHY_SUFFIX) && names.includes(text.slice(0, -UNHEALTHY_SUFFIX.length))) return;
  const valid = [...PLAIN_CONDITIONS, ...names.map((name) => name + UNHEALTHY_SUFFIX)];
  check.add(path, `${quote(text)} is not a condition${suggestion(text, valid)}`);
}

function checkNames(check: Checker): void {
  const lists: PathStep[][] = [
    ['routing', 'fallback_chain'],
    ...check.entries(['models']).map(([name]): PathStep[] => ['models', name, 'fallbacks']),
    ...check.entries(['routing', 'task_types']).map(([type]): PathStep[] => ['routing', 'task_types', type]),
  ];
  const named = [
    ['routing', 'primary'],
    ['experiments', 'shadow', 'provider'],
    ['tiers', 'fast', 'provider'],
    ['tiers', 'balanced', 'provider'],
    ['tiers', 'powerful', 'provider'],
  ].flatMap((path) => {
    const text = check.at(path);
    return typeof text === 'string' ? [{ path, text }] : [];
  });
  const valid = check.providerNames;
  for (const { path, text } of [...named, ...lists.flatMap((list) => check.texts(list))]) {
    if (!valid.includes(text)) check.add(path, `no provider is called ${quote(text)}${suggestion(text, valid)}`);
  }
  for (const list of lists) {
    const seen = new Set<string>();
    const owner = list[0] === 'models' ? list[1] : null;
    for (const { path, text } of check.texts(list)) {
      if (text === owner) check.add(path, `${quote(text)} cannot be its own fallback; remove it from the list`);
      if (seen.has(text)) check.add(path, `${quote(text)} stands in this list twice`);
      seen.add(text);
    }
  }
}

/** Call sites that the shadow names must exist, and its own name must be nobody else's: its figures are told apart by it. */
function checkCallSites(check: Checker): void {
  const written = check.entries(['policy', 'call_sites']).map(([name]) => name);
  const names = [...new Set([...written, ...BUILT_IN_CALL_SITES.map(({ name }) => name)])];
  if (written.includes(SHADOW_CALL_SITE)) {
    const message = `"${SHADOW_CALL_SITE}" is what shadow traffic is counted under; choose another name`;
    check.add(['policy', 'call_sites', SHADOW_CALL_SITE], message);
  }
  for (const { path, text } of check.texts(['experiments', 'shadow', 'call_sites'])) {
    if (!names.includes(text)) check.add(path, `no call site is called ${quote(text)}${suggestion(text, names)}`);
  }
}

/** A call site that leads back to itself could answer nobody. */
function checkCallSiteModels(check: Checker): void {
  const named = new Map(
    check.entries(['policy', 'call_sites']).flatMap(([name]) => {
      const model = check.at(['policy', 'call_sites', name, 'model']);
      return typeof model === 'string' && model.trim().startsWith(CALL_SITE_PREFIX)
        ? [[name, model.trim().slice(CALL_SITE_PREFIX.length)] as const]
        : [];
    }),
  );
  for (const name of named.keys()) {
    const way = [name];
    let next = named.get(name);
    while (next !== undefined && !way.includes(next)) {
      way.push(next);
      next = named.get(next);
    }
    if (next !== name) continue;
    const which =
      way.length === 1 ? `the call site ${name} names itself` : `the call sites ${way.join(', ')} name each other`;
    check.add(
      ['policy', 'call_sites', name, 'model'],
      `${which} and can never answer; name a model, an entry or a tier`,
    );
  }
}

/** A soft limit above the hard one would never be heard of. */
function checkSoftLimits(check: Checker): void {
  const owners = [['models'], ['policy', 'call_sites']].flatMap((path) =>
    check.entries(path).map(([name]): PathStep[] => [...path, name]),
  );
  for (const owner of owners) {
    for (const limit of ['requests_per_day', 'usd_per_day']) {
      const hard = check.at([...owner, 'limits', limit]);
      const soft = check.at([...owner, 'limits', 'soft', limit]);
      if (typeof hard === 'number' && typeof soft === 'number' && soft > hard) {
        check.add([...owner, 'limits', 'soft', limit], `the soft limit must not be above the hard one of ${hard}`);
      }
    }
  }
}

function checkTiers(check: Checker): void {
  for (const tier of ['fast', 'balanced', 'powerful']) {
    const value = check.at(['tiers', tier]);
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) {
      check.add(['tiers', tier], 'a tier needs a provider, a model, or both');
    }
  }
  for (const group of WEIGHT_GROUPS) {
    if (group.some((weight) => check.at(['tiers', 'weights', weight]) !== 0)) continue;
    check.add(['tiers', 'weights', group[0]], `of ${group.join(', ')} at least one must be above 0`);
  }
  const { thresholds } = TIER_DEFAULTS;
  const below = check.at(['tiers', 'thresholds', 'fast_below']) ?? thresholds.fastBelow;
  const upTo = check.at(['tiers', 'thresholds', 'balanced_up_to']) ?? thresholds.balancedUpTo;
  if (typeof below === 'number' && typeof upTo === 'number' && below > upTo) {
    const message = `fast_below, ${below}, must not be above balanced_up_to, ${upTo}`;
    check.add(['tiers', 'thresholds', 'fast_below'], message);
  }
}
