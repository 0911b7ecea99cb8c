import { createORPCClient, DynamicLink, ORPCError, type ClientContext, type ClientLink } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query';
import { createContext, useContext } from 'react';
import type { contract } from '../../shared/contract/contract.ts';

/** Every call of the console contract, typed. */
export type ConsoleClient = ContractRouterClient<typeof contract>;

/** A link to one gateway, as one socket or port; ends when that does. */
export type ConsoleLink = ClientLink<ClientContext>;

/**
 * One client over links that come and go. A call takes the link of the moment, so callers never see a reconnect; while
 * there is none, `currentLink` rejects with a sentence and the call fails with it.
 */
export function createConsoleClient(currentLink: () => Promise<ConsoleLink>): ConsoleClient {
  return createORPCClient(new DynamicLink<ClientContext>(() => currentLink()));
}

/** The client and its query options (`query.costs.queryOptions({ input })`). */
export interface ConsoleApi {
  client: ConsoleClient;
  query: RouterUtils<ConsoleClient>;
}

/** True where the gateway answered that what was asked for is not there: trying again does not help. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ORPCError && error.code === 'NOT_FOUND';
}

/** Query options over a client. */
export function createConsoleApi(client: ConsoleClient): ConsoleApi {
  return { client, query: createTanstackQueryUtils(client) };
}

const ConsoleApiContext = createContext<ConsoleApi | null>(null);

/** Has to stand around everything that calls the gateway. */
export const ConsoleApiProvider = ConsoleApiContext.Provider;

/** The client of this console. Throws outside of {@link ConsoleApiProvider}. */
export function useConsoleApi(): ConsoleApi {
  const api = useContext(ConsoleApiContext);
  if (!api) throw new Error('useConsoleApi needs a ConsoleApiProvider around it.');
  return api;
}
