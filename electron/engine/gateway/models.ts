import { quote } from '../../../shared/format/quote.ts';
import type { Dialect, JsonObject } from '../dialects/types.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayRooms } from './types.ts';

interface ModelEntry {
  id: string;
  ownedBy: string;
  displayName: string;
}

const TIERS = ['fast', 'balanced', 'powerful'];

/** Every name a caller may put into `model`, except those that work by prefix alone. */
export function listModels(rooms: Pick<GatewayRooms, 'registry' | 'provider'>, dialect: Dialect): JsonObject {
  const entries = modelEntries(rooms);
  if (dialect === 'openai') return { object: 'list', data: entries.map(renderOpenAi) };
  return {
    data: entries.map(renderAnthropic),
    has_more: false,
    first_id: entries[0]?.id ?? null,
    last_id: entries.at(-1)?.id ?? null,
  };
}

/** One of them. Throws `GatewayError` `model_not_found`. */
export function describeModel(
  rooms: Pick<GatewayRooms, 'registry' | 'provider'>,
  dialect: Dialect,
  id: string,
): JsonObject {
  const entry = modelEntries(rooms).find((candidate) => candidate.id === id);
  if (!entry) throw new GatewayError('model_not_found', `There is no model ${quote(id)}; GET /v1/models lists them.`);
  return dialect === 'openai' ? renderOpenAi(entry) : renderAnthropic(entry);
}

function modelEntries({ registry, provider }: Pick<GatewayRooms, 'registry' | 'provider'>): ModelEntry[] {
  const { providers, policy } = registry();
  const usable = providers.filter((config) => config.enabled && provider(config.name).availability().available);
  const entries: ModelEntry[] = [
    { id: 'auto', ownedBy: 'switchyard', displayName: 'Chosen by policy' },
    ...usable.flatMap((config) => namesOf(config, provider(config.name).discoveredModel())),
    ...TIERS.map((tier) => ({ id: `tier:${tier}`, ownedBy: 'switchyard', displayName: `The ${tier} tier` })),
    ...policy.callSites.map((site) => ({
      id: `call-site:${site.name}`,
      ownedBy: 'switchyard',
      displayName: `The call site ${site.name}`,
    })),
  ];
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

function namesOf(config: ProviderConfig, discovered: string | null): ModelEntry[] {
  const upstream = config.model ?? discovered;
  const names = [config.name, ...(upstream ? [upstream] : []), ...config.serves];
  return names.map((id) => ({ id, ownedBy: config.name, displayName: config.displayName }));
}

function renderOpenAi({ id, ownedBy }: ModelEntry): JsonObject {
  return { id, object: 'model', created: 0, owned_by: ownedBy };
}

function renderAnthropic({ id, displayName }: ModelEntry): JsonObject {
  return { type: 'model', id, display_name: displayName, created_at: '1970-01-01T00:00:00Z' };
}
