import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { healthUrlOf } from '../registry/endpoints.ts';

const LOG_COMMAND = 'kubectl logs deployment/kimi-k2-inference -n executive-brain --tail=200';

/** What to look at when a provider is down, a line each; commands can be run as they stand. */
export function serverChecks({
  deployment,
  endpoint,
}: Pick<ProviderStatus, 'deployment' | 'endpoint'>): [string, ...string[]] {
  if (deployment === 'api') return ["Check the vendor's status page.", 'Check its key and credit.'];
  return [`Its log: ${LOG_COMMAND}`, 'Its GPUs: nvidia-smi', `Its port: curl -sS -m 5 -i ${healthUrlOf(endpoint)}`];
}
