import type { RoutingDocument, RoutingSetting, RoutingState } from '../../../shared/domain/routing.ts';

export type Json = RoutingDocument[string];

/** A setting with the keys that lead to it; names of call sites may hold dots, so that its path alone does not tell them. */
export interface KeyedSetting extends RoutingSetting {
  keys: readonly string[];
}

export interface SettingGroup {
  id: string;
  title: string;
  hint: string;
  settings: KeyedSetting[];
}

const GROUPS: readonly Omit<SettingGroup, 'settings'>[] = [
  { id: 'chain', title: 'Chain', hint: 'who is asked, in which order, and when' },
  { id: 'tiers', title: 'Tiers', hint: 'which model serves which complexity' },
  { id: 'sites', title: 'Call sites', hint: 'which model each part of the product uses' },
  { id: 'restrictions', title: 'Restrictions', hint: 'models that are replaced by the default' },
  { id: 'formula', title: 'Complexity formula', hint: 'weights, and the inputs that score 10' },
];

function groupOf([section, key]: readonly string[]): string {
  if (section === 'routing') return 'chain';
  if (section === 'tiers') return key === 'weights' || key === 'normalisation' ? 'formula' : 'tiers';
  return key === 'call_sites' ? 'sites' : 'restrictions';
}

/** Every setting in its group, in the order of the registry file. */
export function settingGroups({ settings, effective }: Pick<RoutingState, 'settings' | 'effective'>): SettingGroup[] {
  const byPath = new Map(settings.map((setting) => [setting.path, setting]));
  const keyed = leafKeys(effective, []).flatMap((keys) => {
    const setting = byPath.get(keys.join('.'));
    return setting ? [{ ...setting, keys }] : [];
  });
  return GROUPS.map((group) => ({ ...group, settings: keyed.filter(({ keys }) => groupOf(keys) === group.id) }));
}

function leafKeys(value: Json | undefined, keys: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [keys];
  return Object.entries(value).flatMap(([key, inner]) => leafKeys(inner, [...keys, key]));
}

/** The setting's name within its group. */
export function settingLabel(keys: readonly string[]): string {
  return (groupOf(keys) === 'sites' ? keys.slice(2) : keys.slice(1)).join(' › ').replaceAll('_', ' ');
}

export type EditorKind = 'switch' | 'number' | 'provider' | 'order' | 'list' | 'choice' | 'model' | 'text' | 'json';

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'routing.stream_failover': ['resume', 'buffer', 'error'],
  'routing.high_load.mode': ['never', 'latency'],
  'routing.load_balancing.strategy': ['round_robin', 'least_connections', 'least_loaded'],
};

/** What a setting may be; null where anything of its kind may stand. */
export function choicesOf(keys: readonly string[]): readonly string[] | null {
  const last = keys.at(-1);
  if (keys[1] === 'call_sites' && last === 'objective') return ['latency', 'throughput'];
  if (keys[1] === 'call_sites' && last === 'stream_failover') return ['resume', 'buffer', 'error'];
  return CHOICES[keys.join('.')] ?? null;
}

/** How a setting is edited. */
export function editorOf({ keys, value }: Pick<KeyedSetting, 'keys' | 'value'>): EditorKind {
  const last = keys.at(-1);
  if (typeof value === 'boolean') return 'switch';
  if (typeof value === 'number') return 'number';
  if (last === 'primary' || last === 'provider') return 'provider';
  if (last === 'fallback_chain') return 'order';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return 'list';
  if (choicesOf(keys)) return 'choice';
  if ((last === 'model' || last === 'default_model') && typeof value !== 'object') return 'model';
  return typeof value === 'string' || value === null ? 'text' : 'json';
}

/** A value in a few words, as a person would write it. */
export function valueWords(value: Json | null): string {
  if (value === null) return 'not set';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.length === 0 ? 'none' : value.join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `items` with the one at `index` moved by `by` places; unchanged where it would leave the list. */
export function moved<Item>(items: readonly Item[], index: number, by: number): Item[] {
  const target = index + by;
  const item = items[index];
  if (item === undefined || target < 0 || target >= items.length) return [...items];
  const rest = items.filter((_, position) => position !== index);
  return [...rest.slice(0, target), item, ...rest.slice(target)];
}

/** The draft written as JSON, or what is wrong with it. */
export function readDraftText(text: string): { changes: RoutingDocument } | { problem: string } {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { problem: 'Write a JSON object such as { "routing": { "primary": "claude" } }.' };
    }
    return { changes: value as RoutingDocument };
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
