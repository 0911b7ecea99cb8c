import type { CallSiteConfig, Environment, Registry } from './types.ts';

/** What the name of a call site is written after where a model is named. */
export const CALL_SITE_PREFIX = 'call-site:';

/** The model of a call site and who says so. */
export interface CallSiteModel {
  model: string;
  /** The key or entry that names it, in words. */
  origin: string;
  source: 'stored' | 'environment' | 'file' | 'default';
}

/**
 * The model of a call site: what is stored in the console, its environment key, its own entry, MODEL_NAME, the policy's
 * default, whichever is there first.
 */
export function callSiteModel(
  site: CallSiteConfig,
  { registry, environment }: { registry: Pick<Registry, 'policy'>; environment: Environment },
): CallSiteModel {
  const entry = `policy.call_sites.${site.name}`;
  if (site.modelStored && site.model !== null) {
    return { model: site.model, origin: `${entry}, stored in the console`, source: 'stored' };
  }
  const ofKey = site.env === null ? '' : (environment[site.env] ?? '').trim();
  if (ofKey !== '' && site.env !== null) return { model: ofKey, origin: site.env, source: 'environment' };
  if (site.model !== null) return { model: site.model, origin: entry, source: 'file' };
  const shared = (environment['MODEL_NAME'] ?? '').trim();
  if (shared !== '') return { model: shared, origin: 'MODEL_NAME', source: 'environment' };
  const key = site.env === null ? '' : `, ${site.env} is not set`;
  return { model: registry.policy.defaultModel, origin: `the default model${key}`, source: 'default' };
}
