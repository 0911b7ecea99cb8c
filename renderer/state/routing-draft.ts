import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { RoutingDocument } from '../../shared/domain/routing.ts';

type Json = RoutingDocument[string];

interface RoutingDraftState {
  /** A merge patch on what is stored; empty for no change. */
  changes: RoutingDocument;
  /** The stored version that the draft was begun on; null while it is empty. */
  version: number | null;
}

/**
 * Changes of the routing that are not saved. Kept in the browser's local storage, so that they outlast another view, a
 * reload and a closed window: a page in the desktop's window cannot ask before it closes, only keep it from closing.
 */
export const useRoutingDraft = create<RoutingDraftState>()(
  persist((): RoutingDraftState => ({ changes: {}, version: null }), { name: 'switchyard-routing-draft', version: 1 }),
);

/** True while there is a change that is not saved. */
export function hasDraft({ changes }: RoutingDraftState): boolean {
  return Object.keys(changes).length > 0;
}

/** Sets one value of the draft; `undefined` takes the change back, null takes the stored value away. */
export function draftValue(keys: readonly string[], value: Json | undefined, version: number): void {
  const { changes, version: begun } = useRoutingDraft.getState();
  const next = withValue(changes, keys, value);
  const empty = Object.keys(next).length === 0;
  useRoutingDraft.setState({ changes: next, version: empty ? null : (begun ?? version) });
}

/** Replaces the draft as a whole. */
export function replaceDraft(changes: RoutingDocument, version: number): void {
  const empty = Object.keys(changes).length === 0;
  useRoutingDraft.setState({ changes, version: empty ? null : version });
}

export function discardDraft(): void {
  useRoutingDraft.setState({ changes: {}, version: null });
}

/** The value that the draft gives a setting; undefined where it says nothing of it. */
export function draftedValue(changes: RoutingDocument, keys: readonly string[]): Json | undefined {
  let value: Json | undefined = changes;
  for (const key of keys) {
    if (!isMapping(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function withValue(document: RoutingDocument, keys: readonly string[], value: Json | undefined): RoutingDocument {
  const [key, ...rest] = keys;
  if (key === undefined) return document;
  const { [key]: before, ...others } = document;
  if (rest.length === 0) return value === undefined ? others : { ...document, [key]: value };
  const inner = withValue(isMapping(before) ? before : {}, rest, value);
  return Object.keys(inner).length === 0 ? others : { ...document, [key]: inner };
}

function isMapping(value: Json | undefined): value is RoutingDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
