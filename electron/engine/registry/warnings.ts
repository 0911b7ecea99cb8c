import { API_FACTS } from './defaults.ts';
import type { PathStep, RegistryDocument } from './document.ts';
import { addressIn } from './endpoints.ts';
import { readEnvironmentName, readSwitch } from './environment.ts';
import { unknownModels } from './named-models.ts';
import { retiredTierModels, retiredUses, retirementWords } from './retired-models.ts';
import { problem } from './schema-problems.ts';
import { shadowWarnings } from './shadow-warnings.ts';
import { unpricedBudgets } from './unpriced-budgets.ts';
import type { PriceKnown } from './unpriced-budgets.ts';
import type { RegistryFile } from './schema.ts';
import type { Environment, Registry, RegistryProblem } from './types.ts';

/** What is valid and probably not meant: shown beside the registry, never in its way. */
export function registryWarnings(
  file: RegistryFile,
  registry: Registry,
  document: RegistryDocument,
  environment: Environment,
  priceKnown: PriceKnown | undefined,
): RegistryProblem[] {
  const at = (path: PathStep[], message: string) => problem(path, document, message);
  const ofEnvironment = (message: string): RegistryProblem => ({ path: '', line: null, message });
  const ofSetting = (setting: string, message: string): RegistryProblem =>
    setting.includes('.')
      ? at(setting.split('.'), message)
      : ofEnvironment(`${setting} in the environment: ${message}`);
  const primary = registry.providers.find(({ name }) => name === registry.routing.primary);
  const chain = file.routing?.fallback_chain;
  const kimis = Object.entries(file.models ?? {}).filter(
    ([, entry]) => entry.provider_class === 'KimiK2SelfHostedProvider',
  );
  return [
    ...registry.providers
      .filter(({ enabled, apiKeyEnv }) => enabled && apiKeyEnv !== null && environment[apiKeyEnv] === undefined)
      .map(({ name, apiKeyEnv }) =>
        at(['models', name], `${apiKeyEnv} is not set: ${name} cannot be asked until it is`),
      ),
    ...(primary && !primary.enabled
      ? [at(['routing', 'primary'], `the primary ${primary.name} is switched off; its fallbacks serve`)]
      : []),
    ...(chain && chain[0] !== registry.routing.primary
      ? [at(['routing', 'fallback_chain'], `the primary ${registry.routing.primary} is tried first all the same`)]
      : []),
    ...(kimis.length > 1 && environment['KIMI_K2_ENDPOINT'] !== undefined
      ? [at(['models', kimis[0]?.[0] ?? ''], 'KIMI_K2_ENDPOINT moves this entry alone, the first of its class')]
      : []),
    ...retiredTierModels(registry)
      .filter(({ tier, provider }) => file.tiers?.[tier] !== undefined || isAskable(provider, registry))
      .map((retired) => at(['tiers', retired.tier], `the tier ${retired.tier}: ${retirementWords(retired)}`)),
    ...retiredUses(registry, environment)
      .filter(({ setting }) => !setting.startsWith('tiers.'))
      .map((retired) => ofSetting(retired.setting, retirementWords(retired))),
    ...(registry.simulated ? [] : unknownModels(registry, environment)).map(({ setting, message }) =>
      ofSetting(setting, message),
    ),
    ...unpricedBudgets(registry, priceKnown).map(({ path, message }) => at(path, message)),
    ...shadowWarnings(file, registry, priceKnown).map(({ path, message }) => at(path, message)),
    ...(file.coordination?.driver === 'redis'
      ? [at(['coordination', 'driver'], 'redis is valid, but this version coordinates one gateway alone')]
      : []),
    ...(file.storage?.driver === 'postgres'
      ? [at(['storage', 'driver'], 'postgres is valid, but this version stores in SQLite alone')]
      : []),
    ...(readEnvironmentName(environment) === null
      ? [
          ofEnvironment(
            `SWITCHYARD_ENV in the environment is none of development, staging and production; restricted models stay replaced and drills stay off`,
          ),
        ]
      : []),
    ...['RESTRICT_MODELS', 'ALERT_ON_FALLBACK']
      .filter((key) => readSwitch(environment, key) === undefined)
      .map((key) => ofEnvironment(`${key} in the environment holds neither true nor false and is ignored`)),
    ...['KIMI_K2_ENDPOINT', ...Object.values(API_FACTS).map((facts) => facts.baseUrlEnv)]
      .flatMap((key) => addressProblems(key, environment))
      .map(ofEnvironment),
  ];
}

function addressProblems(key: string, environment: Environment): string[] {
  if (environment[key] === undefined) return [];
  const address = addressIn(environment, key);
  if (address === null) return [`${key} in the environment is not an http:// or https:// URL and is ignored`];
  const url = new URL(address);
  if (url.username + url.password + url.search + url.hash === '') return [];
  return [`${key} in the environment holds more than scheme, host, port and path; the rest is left out`];
}

/** A tier that nobody has written down matters once its API is there. */
function isAskable(provider: string, { providers }: Registry): boolean {
  return providers.some(({ name, enabled }) => name === provider && enabled);
}
