import type { LimitKind, QuotaScope } from '../../../shared/domain/quota.ts';

/** Whose limits they are. */
export interface LimitOwner {
  scope: QuotaScope;
  /** The provider or the call site. */
  name: string;
}

/** One key for one limit of one owner. */
export function limitKey({ scope, name, limit }: LimitOwner & { limit: LimitKind }): string {
  return `${limit} ${scope} ${name}`;
}
