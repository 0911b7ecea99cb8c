import type { Environment, Registry } from './registry/types.ts';

/** Variables that hold a secret by their name, whatever the registry says of them. */
const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|WEBHOOK|CREDENTIAL|HEADERS$/i;
/** Anything shorter is no secret and would black out ordinary words. */
const SHORTEST_SECRET = 6;

/** Names of the variables that the registry reads keys and addresses of channels from. */
export function secretNamesOf({ providers, notify }: Pick<Registry, 'providers' | 'notify'>): string[] {
  const named = [
    ...providers.map(({ apiKeyEnv }) => apiKeyEnv),
    notify.slack.urlEnv,
    notify.pagerduty.keyEnv,
    notify.webhook?.secretEnv ?? null,
  ];
  return named.filter((name) => name !== null);
}

/**
 * Every secret of the environment: the values of variables that `names` lists or that are secret by their name, the parts
 * of those that list several, and the passwords in addresses. Longest first, so that none is left in part where another
 * one is contained in it.
 */
export function secretsOf(environment: Environment, names: readonly string[] = []): string[] {
  const listed = new Set(names);
  const secrets = new Set<string>();
  for (const [name, value = ''] of Object.entries(environment)) {
    if (listed.has(name) || SECRET_NAME.test(name)) {
      for (const part of [value, ...value.split(/[,\s]+/), ...value.split(',').map(afterEquals)])
        secrets.add(part.trim());
    }
    const password = value.includes('@') ? (URL.parse(value)?.password ?? '') : '';
    secrets.add(password);
    secrets.add(decoded(password));
  }
  return [...secrets].filter((secret) => secret.length >= SHORTEST_SECRET).toSorted((a, b) => b.length - a.length);
}

/** `authorization=Bearer abc` of a list of headers hides `Bearer abc`. */
function afterEquals(part: string): string {
  return decoded(part.slice(part.indexOf('=') + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
