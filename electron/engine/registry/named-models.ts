import { CALL_SITE_PREFIX, callSiteModel } from './call-site-model.ts';
import { adapterOfModelName } from './model-names.ts';
import { suggestion } from './nearest.ts';
import type { Environment, Registry } from './types.ts';

const TIERS = ['fast', 'balanced', 'powerful'];

/**
 * Settings of the policy that name a model nobody here can be known to serve. A server that is asked for its own model may
 * still turn out to have it, so they are warned of and not refused.
 */
export function unknownModels(registry: Registry, environment: Environment): { setting: string; message: string }[] {
  const { defaultModel, callSites } = registry.policy;
  const sites = callSites.flatMap((site) => {
    const { model, origin, source } = callSiteModel(site, { registry, environment });
    if (source === 'default') return [];
    const setting = source === 'environment' ? origin : `policy.call_sites.${site.name}.model`;
    const message = model.startsWith(CALL_SITE_PREFIX)
      ? `"${model}" names another call site; name a model`
      : problemOf(model, registry);
    return message === null ? [] : [{ setting, message }];
  });
  const ofDefault = problemOf(defaultModel, registry);
  const all = [...sites, ...(ofDefault === null ? [] : [{ setting: 'policy.default_model', message: ofDefault }])];
  return [...new Map(all.map((one) => [one.setting, one])).values()];
}

function problemOf(model: string, { providers }: Registry): string | null {
  if (model.startsWith('tier:')) {
    const tier = model.slice('tier:'.length);
    if (TIERS.includes(tier)) return null;
    return `there is no tier "${tier}", so balanced stands in${suggestion(tier, TIERS)}`;
  }
  const names = [
    'auto',
    ...providers.flatMap(({ name, model: own, serves }) => [name, ...(own === null ? [] : [own]), ...serves]),
  ];
  if (names.includes(model) || adapterOfModelName(model) !== null) return null;
  return `no entry serves "${model}" and no vendor's prefix begins it${suggestion(model, names)}`;
}
