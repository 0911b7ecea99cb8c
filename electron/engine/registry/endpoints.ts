import { apiFacts } from './defaults.ts';
import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { Environment } from './types.ts';

/** Whether a text is an address that can be asked. */
function isHttpAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

/** Whether a text is an http:// or https:// URL without user name and password. */
export function isHttpUrl(text: string): boolean {
  const url = isHttpAddress(text) ? new URL(text) : null;
  return url !== null && url.username + url.password === '';
}

/** An address without what is no part of a base URL and may be a secret: user name, password, query and fragment. */
function bare(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.username + url.password + url.search + url.hash === '') return endpoint;
  return url.origin + url.pathname;
}

/**
 * The base URL as adapters use it: nothing but scheme, host, port and path; no trailing slash; `/v1` added where only a
 * host is given; without `/v1` for Anthropic, as its SDK has it.
 */
export function normalisedBaseUrl(endpoint: string, adapter: AdapterKind): string {
  const trimmed = bare(endpoint.trim()).replace(/\/+$/, '');
  if (adapter === 'anthropic') return trimmed.replace(/\/v1$/, '');
  const { pathname } = new URL(trimmed);
  return pathname === '/' ? `${trimmed}/v1` : trimmed;
}

/** Where an API without an endpoint of its own is reached: the environment's word, else the vendor's address. */
export function apiBaseUrl(adapter: AdapterKind, environment: Environment): string {
  const facts = apiFacts(adapter);
  if (!facts) throw new Error(`The adapter ${adapter} has no address of its own.`);
  return normalisedBaseUrl(addressIn(environment, facts.baseUrlEnv) ?? facts.baseUrl, adapter);
}

/**
 * The address that the environment has under `key`, as written; null when it has none or no http:// or https:// URL
 * there. A host without a scheme, `localhost:8000/v1`, parses as a URL too, whose scheme is the host's name.
 */
export function addressIn(environment: Environment, key: string): string | null {
  const written = environment[key]?.trim();
  return written !== undefined && isHttpAddress(written) ? written : null;
}

/** vLLM answers `/health` beside its `/v1`. */
export function healthUrlOf(baseUrl: string): string {
  return `${baseUrl.replace(/\/v1$/, '')}/health`;
}

/**
 * Where a health endpoint written in the file is when the environment has moved the server: on the same host as the server,
 * so it moves too; on another host it stays.
 */
export function movedHealthUrl(healthUrl: string, written: string | null, actual: string): string {
  const health = new URL(healthUrl);
  if (written === null || health.origin !== new URL(written).origin) return healthUrl;
  return new URL(actual).origin + health.pathname + health.search;
}
