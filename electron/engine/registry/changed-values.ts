/** A value of the file as the audit keeps it. */
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Values by their path, such as `models.claude.limits.usd_per_day`. */
type Values = Record<string, Json>;

/** The rest of a webhook's address is its secret. */
const SECRET_ADDRESS = 'notify.webhook.url';

/**
 * What an edit of the registry changed, by path: what stood there before and what stands there now. A path that is on one
 * side alone was added or taken out. Addresses are kept without what may be a secret in them.
 */
export function changedValues(before: unknown, after: unknown): { before: Values; after: Values } {
  const [was, is] = [leaves(before), leaves(after)];
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter(
    (path) => JSON.stringify(was.get(path)) !== JSON.stringify(is.get(path)),
  );
  const side = (values: ReadonlyMap<string, Json>): Values =>
    Object.fromEntries(
      changed.flatMap((path) => {
        const value = values.get(path);
        return value === undefined ? [] : [[path, withoutSecrets(path, value)]];
      }),
    );
  return { before: side(was), after: side(is) };
}

/** Lists are one value, since their order counts. */
function leaves(value: unknown, path = '', into = new Map<string, Json>()): Map<string, Json> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
    for (const [key, each] of Object.entries(value)) leaves(each, path === '' ? key : `${path}.${key}`, into);
  } else if (path !== '') {
    into.set(path, JSON.parse(JSON.stringify(value ?? null)) as Json);
  }
  return into;
}

function withoutSecrets(path: string, value: Json): Json {
  if (typeof value !== 'string' || !/^[a-z]+:\/\//.test(value)) return value;
  const address = URL.parse(value);
  if (address === null) return value;
  const { protocol, host, pathname } = address;
  return `${protocol}//${host}${path === SECRET_ADDRESS ? '' : pathname.replace(/\/$/, '')}`;
}
