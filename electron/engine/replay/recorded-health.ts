import type { HealthStatus, HealthTransition } from '../../../shared/domain/provider.ts';
import type { Standing } from '../health/types.ts';
import { percentiles } from './latency-model.ts';

/** So many of the newest latencies tell whether a provider is slow. */
const RECENT = 64;

interface Track {
  /** Oldest first. */
  transitions: readonly HealthTransition[];
  next: number;
  standing: Standing;
  recent: number[];
  written: number;
}

/**
 * The standing of each provider at each moment of the recording, from its stored transitions. A provider that has none was
 * well; one that was switched off or had no key then is another question for another configuration, and is taken for well.
 */
export class RecordedHealth {
  readonly #tracks = new Map<string, Track>();
  readonly #transitions: ReadonlyMap<string, readonly HealthTransition[]>;
  readonly #keepsLatency: boolean;

  /** `keepsLatency`: whether anybody asks for recent latency. */
  constructor(transitions: ReadonlyMap<string, readonly HealthTransition[]>, keepsLatency: boolean) {
    this.#transitions = transitions;
    this.#keepsLatency = keepsLatency;
  }

  /** The standing at `now`; moments never go back. */
  standing(provider: string, now: number): Standing {
    const track = this.#track(provider);
    for (let next = track.transitions[track.next]; next && next.at <= now; next = track.transitions[track.next]) {
      track.standing = standingOf(next.to_status, next.reason, next.at);
      track.next += 1;
    }
    if (!this.#keepsLatency || track.recent.length === 0) return track.standing;
    return { ...track.standing, recentLatencyMs: percentiles(track.recent)?.p95 ?? null };
  }

  /** A request took so long at a provider. */
  observe(provider: string, durationMs: number): void {
    if (!this.#keepsLatency) return;
    const track = this.#track(provider);
    track.recent[track.written % RECENT] = durationMs;
    track.written += 1;
  }

  #track(provider: string): Track {
    const known = this.#tracks.get(provider);
    if (known) return known;
    const track: Track = {
      transitions: this.#transitions.get(provider) ?? [],
      next: 0,
      standing: standingOf('healthy', 'no trouble is recorded', 0),
      recent: [],
      written: 0,
    };
    this.#tracks.set(provider, track);
    return track;
  }
}

function standingOf(status: HealthStatus, reason: string, since: number): Standing {
  const known = status === 'disabled' || status === 'unknown' ? 'healthy' : status;
  return {
    health: { status: known, reason, since, checked_at: since, probe_latency_ms: null },
    breaker: { state: 'closed', reason: null, since, retry_at: null, admitted_share: 1, cooling_until: null },
    isolation: null,
    load: null,
    recentLatencyMs: null,
  };
}
