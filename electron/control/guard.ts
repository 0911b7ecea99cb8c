import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Who may talk to the console over HTTP. Threats: another machine (the host binds to loopback unless told otherwise),
 * another local user (the token), a web page in the operator's own browser (cookie is SameSite=Strict, changes and
 * upgrades need the exact Origin), and a name that was re-pointed at this address (Host allow-list, checked first on
 * every request, since a rebound GET carries no Origin).
 */
export interface GuardPolicy {
  token: string;
  cookieName: string;
  /** The address the server is bound to. */
  boundHost: string;
}

export interface GuardedRequest {
  method: string;
  host: string | undefined;
  origin: string | undefined;
  authorization: string | undefined;
  cookie: string | undefined;
  upgrade: boolean;
}

export type Refusal = { status: 401 | 403; code: 'UNAUTHORIZED' | 'FORBIDDEN'; message: string };
export type GuardVerdict = { ok: true } | { ok: false; refusal: Refusal };

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '::1']);
/** What `Authorization` begins with where it carries the token. */
const BEARER = /^Bearer /i;
const WILDCARD_ADDRESSES = new Set(['0.0.0.0', '::']);
const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || (isIP(host) === 4 && host.startsWith('127.')) || host.endsWith('.localhost');
}

/** The host of a `Host` header without its port and brackets, in lower case; null when it is not one. */
function hostName(header: string | undefined): string | null {
  if (header === undefined || /[\s/@?#\\]/.test(header)) return null;
  const address = `http://${header}`;
  return URL.canParse(address) ? new URL(address).hostname.replace(/^\[|\]$/g, '').toLowerCase() : null;
}

/**
 * A known Host is a loopback name or the bound host. Bound to every address, any literal address will do as well:
 * a rebinding attack needs a name.
 */
export function hostIsKnown(header: string | undefined, boundHost: string): boolean {
  const name = hostName(header);
  if (name === null) return false;
  if (LOOPBACK_NAMES.has(name) || name === boundHost.toLowerCase()) return true;
  return WILDCARD_ADDRESSES.has(boundHost) && isIP(name) !== 0;
}

/** Compares in constant time whatever the lengths, by comparing digests. */
export function tokenMatches(presented: string | null, expected: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(presented ?? ''), digest(expected)) && presented !== null;
}

function bearerOf(authorization: string | undefined): string | null {
  return authorization !== undefined && BEARER.test(authorization)
    ? authorization.slice('Bearer '.length).trim()
    : null;
}

function cookieOf(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return decoded(value.join('='));
  }
  return null;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The cookie's pair for a token. A chosen token may hold what no cookie can, such as `;` (RFC 6265, 4.1.1). */
export function cookiePair({ cookieName, token }: GuardPolicy): string {
  return `${cookieName}=${encodeURIComponent(token)}`;
}

function originIsOwn(request: GuardedRequest): boolean {
  return request.origin === `http://${request.host}` || request.origin === `https://${request.host}`;
}

/** Whether the request may name this server at all; to be asked before anything else. */
export function checkHost(policy: GuardPolicy, host: string | undefined): GuardVerdict {
  if (hostIsKnown(host, policy.boundHost)) return { ok: true };
  const message =
    'This Host is not one of the console: open it by the address that Switchyard printed, such as http://127.0.0.1.';
  return { ok: false, refusal: { status: 403, code: 'FORBIDDEN', message } };
}

/** Whether the request may see or change anything: token first, then, for cookies, where the page came from. */
export function checkAccess(policy: GuardPolicy, request: GuardedRequest): GuardVerdict {
  const host = checkHost(policy, request.host);
  if (!host.ok) return host;
  const byBearer = tokenMatches(bearerOf(request.authorization), policy.token);
  if (byBearer) return { ok: true };
  const changes = request.upgrade || !READING_METHODS.has(request.method);
  if (changes && request.origin !== undefined && !originIsOwn(request)) {
    const message = 'This call comes from another web page: the console takes changes from its own page only.';
    return { ok: false, refusal: { status: 403, code: 'FORBIDDEN', message } };
  }
  if (!tokenMatches(cookieOf(request.cookie, policy.cookieName), policy.token)) {
    const message =
      'The console token is missing or wrong: open the address that `switchyard serve` printed, or send it as "Authorization: Bearer".';
    return { ok: false, refusal: { status: 401, code: 'UNAUTHORIZED', message } };
  }
  if (changes && request.origin === undefined) {
    const message = 'A change by cookie needs the Origin header: scripts send the token as "Authorization: Bearer".';
    return { ok: false, refusal: { status: 403, code: 'FORBIDDEN', message } };
  }
  return { ok: true };
}
