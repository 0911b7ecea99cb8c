import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import { quote } from '../../../shared/format/quote.ts';
import type { PathStep, RegistryDocument } from './document.ts';
import { suggestion } from './nearest.ts';
import { valueAt } from './schema-problems.ts';
import type { RegistryProblem } from './types.ts';

/** The keys that the console may store, by section; null means every key of the section. */
const STORABLE: Readonly<Record<string, readonly string[] | null>> = {
  routing: [
    'primary',
    'fallback_chain',
    'fallback_triggers',
    'stream_failover',
    'high_load',
    'load_balancing',
    'task_types',
  ],
  policy: ['call_sites', 'default_model', 'restrict_models', 'denied_models'],
  tiers: null,
};

type Json = RoutingDocument[string];

/** A merge patch (RFC 7396): mappings are merged, everything else is replaced, null removes. Neither input changes. */
export function applyPatch(target: RoutingDocument, patch: RoutingDocument): RoutingDocument {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (isMapping(value)) {
      const before = merged.get(key);
      const inner = applyPatch(isMapping(before) ? before : {}, value);
      // A mapping that a patch has emptied says nothing, and would only hide that the file's value holds.
      if (Object.keys(inner).length > 0) merged.set(key, inner);
      else merged.delete(key);
    } else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** What is stored above what the file says: mappings are merged, lists and values of the file are replaced. */
export function withStored(document: RegistryDocument, stored: RoutingDocument): RegistryDocument {
  if (Object.keys(stored).length === 0) return document;
  const isStored = (path: readonly PathStep[]) => path.length > 0 && valueAt(stored, path) !== undefined;
  return {
    value: merge(document.value ?? {}, stored),
    lineOf: (path) => (isStored(path) ? null : document.lineOf(path)),
  };
}

function merge(below: unknown, above: Json): unknown {
  if (!isMapping(below) || !isMapping(above)) return above;
  const merged = new Map<string, unknown>(Object.entries(below));
  for (const [key, value] of Object.entries(above)) merged.set(key, merge(merged.get(key), value));
  return Object.fromEntries(merged);
}

/** Keys of a document that may not be stored; the schema judges the rest. */
export function notStorable(document: RoutingDocument): RegistryProblem[] {
  return Object.entries(document).flatMap(([section, value]) => {
    const sections = Object.keys(STORABLE);
    if (!Object.hasOwn(STORABLE, section)) return [refused(section, section, sections)];
    const keys = STORABLE[section];
    if (!keys || !isMapping(value)) return [];
    return Object.keys(value)
      .filter((key) => !keys.includes(key))
      .map((key) => refused(`${section}.${key}`, key, keys));
  });
}

function refused(path: string, key: string, valid: readonly string[]): RegistryProblem {
  return { path, line: null, message: `${quote(key)} is set in the registry file alone${suggestion(key, valid)}` };
}

function isMapping(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
