import type { Usage } from '../../../shared/domain/request.ts';
import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { Pricing } from '../registry/types.ts';

export interface Cost {
  /** Whole micro-dollars in USD, so that sums of it agree with those of `costMicroUsd` wherever they are made. */
  costUsd: number;
  /** Rounded half up; what is stored and summed. */
  costMicroUsd: number;
  /** True when there is no rate for the model: the figures are then 0 and mean nothing. */
  pricingUnknown: boolean;
}

/** What the price of a model depends on besides its name. */
export interface PriceContext {
  adapter: AdapterKind;
  deployment: 'self-hosted' | 'api';
  /** The registry's own rate, above every list price. */
  pricing: Pricing | null;
  /** When the tokens were used; prices change. */
  at: number;
}

export type ComputeCost = (model: string, usage: Usage, context: PriceContext) => Cost;
