import type { Registry } from '../registry/types.ts';

/**
 * Whether a request from `callSite` leaves a slow or full primary for a dearer provider: where the registry trades cost for
 * latency, and not for a call site whose objective is throughput. Nobody waits for its answers, so it waits for the primary.
 */
export function tradesCostForLatency({ routing, policy }: Registry, callSite: string | null): boolean {
  if (routing.highLoad.mode !== 'latency') return false;
  return policy.callSites.find(({ name }) => name === callSite)?.objective !== 'throughput';
}
