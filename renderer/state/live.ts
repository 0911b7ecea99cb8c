import { create } from 'zustand';
import type { ProviderStatus } from '../../shared/domain/provider.ts';
import type { Status } from '../../shared/domain/status.ts';
import { initialLive, type LiveState } from './live-reducer.ts';

/** What the gateway streams: status with its gauges, newest requests, open episodes. Written by the live feed alone. */
export const useLive = create<LiveState>()(() => initialLive);

const NO_PROVIDERS: readonly ProviderStatus[] = [];

/** The whole status; null before the first snapshot. */
export function useStatus(): Status | null {
  return useLive((state) => state.status);
}

/** Providers in the order of the registry; empty before the first snapshot. */
export function useProviders(): readonly ProviderStatus[] {
  return useLive((state) => state.status?.providers ?? NO_PROVIDERS);
}
