import { create } from 'zustand';

/**
 * `connecting`: never been live yet. `live`: the stream runs. `lost`: it broke and is being tried again. `expired`: the
 * gateway no longer accepts this console's token.
 */
type ConnectionPhase = 'connecting' | 'live' | 'lost' | 'expired';

export interface ConnectionState {
  phase: ConnectionPhase;
  /** Attempts since the stream last ran. */
  attempt: number;
  /** Why the last attempt or stream ended, in a sentence; null when none did. */
  problem: string | null;
  /** When the next attempt starts (viewer's clock, epoch ms); null while one runs or none is due. */
  retryAt: number | null;
  /** When the last live message came (viewer's clock, epoch ms). */
  lastMessageAt: number | null;
  /** What to add to the viewer's clock to have the gateway's; 0 while they agree within two seconds. */
  clockOffsetMs: number;
}

export const initialConnection: ConnectionState = {
  phase: 'connecting',
  attempt: 0,
  problem: null,
  retryAt: null,
  lastMessageAt: null,
  clockOffsetMs: 0,
};

/** The state of the line to the gateway. */
export const useConnection = create<ConnectionState>()(() => initialConnection);

/** True when what the screen shows may no longer be so. */
export function isStale(state: ConnectionState): boolean {
  return state.phase !== 'live';
}
