import type { QuotaStatus } from '../../shared/domain/quota.ts';

/** Which limit the address asks to raise: `provider/usd_per_day/claude`; a name may hold slashes. */
export function limitKey({ scope, limit, name }: Pick<QuotaStatus, 'scope' | 'limit' | 'name'>): string {
  return `${scope}/${limit}/${name}`;
}
