import type { SimulatorClock } from './clock.ts';
import type { FaultInput } from './faults.ts';
import type { FleetProviderName, FleetProviders } from './fleet.ts';

type IncidentAction =
  | { do: 'set_faults'; provider: FleetProviderName; faults: FaultInput[] }
  | { do: 'clear_faults'; provider: FleetProviderName }
  | { do: 'crash'; provider: FleetProviderName }
  | { do: 'restart'; provider: FleetProviderName };

/** One moment of an incident: what happens, and the words for it. */
interface IncidentStep {
  /** Seconds after the scenario began. */
  at: number;
  words: string;
  actions: IncidentAction[];
}

export interface IncidentScenario {
  name: string;
  /** In order of time. */
  steps: IncidentStep[];
  /** When the next scenario may begin, in seconds. */
  seconds: number;
}

const KIMI = 'kimi_k2_self_hosted';
const CLAUDE = 'claude_opus_api';

/** The primary dies, the fallback serves and burns its budget, the primary comes back cold. The first to be shown. */
const CRASH: IncidentScenario = {
  name: 'primary crashes',
  seconds: 240,
  steps: [
    { at: 0, words: 'All is well: Kimi serves, Claude stands by.', actions: [] },
    {
      at: 22,
      words: 'Kimi slows down: every step takes three times as long and its queue grows.',
      actions: [{ do: 'set_faults', provider: KIMI, faults: [{ kind: 'slow_down', factor: 3 }] }],
    },
    {
      at: 31,
      words: 'Kimi crashes: connections are reset and the port refuses.',
      actions: [
        { do: 'crash', provider: KIMI },
        { do: 'clear_faults', provider: KIMI },
      ],
    },
    {
      at: 46,
      words: 'Claude limits the rate for a moment: a few requests are answered 429.',
      actions: [
        {
          do: 'set_faults',
          provider: CLAUDE,
          faults: [{ kind: 'rate_limited', retry_after_seconds: 1, probability: 0.25, times: 4 }],
        },
      ],
    },
    {
      at: 52,
      words: 'Claude takes everything again; the daily budget goes down.',
      actions: [{ do: 'clear_faults', provider: CLAUDE }],
    },
    {
      at: 66,
      words: 'Kimi starts again and loads its weights: it answers, but with 503.',
      actions: [
        { do: 'set_faults', provider: KIMI, faults: [{ kind: 'loading' }] },
        { do: 'restart', provider: KIMI },
      ],
    },
    { at: 78, words: 'Kimi is ready: traffic comes back in steps.', actions: [{ do: 'clear_faults', provider: KIMI }] },
    { at: 110, words: 'Calm again.', actions: [] },
  ],
};

/** The primary breaks streams off while its health check says all is well. */
const BROKEN_STREAMS: IncidentScenario = {
  name: 'streams break off',
  seconds: 260,
  steps: [
    {
      at: 0,
      words: 'Kimi breaks off one stream in three after a few tokens, while its health check still says 200.',
      actions: [{ do: 'set_faults', provider: KIMI, faults: [{ kind: 'cut', after_tokens: 14, probability: 0.35 }] }],
    },
    {
      at: 25,
      words: 'Kimi fails every request; the health check still lies.',
      actions: [{ do: 'set_faults', provider: KIMI, faults: [{ kind: 'status', status: 500 }] }],
    },
    { at: 60, words: 'Kimi is mended.', actions: [{ do: 'clear_faults', provider: KIMI }] },
    { at: 90, words: 'Calm again.', actions: [] },
  ],
};

/** The primary hangs, comes and goes, and the fallback is overloaded for a moment. */
const FLAPPING: IncidentScenario = {
  name: 'primary flaps',
  seconds: 260,
  steps: [
    {
      at: 0,
      words: 'Kimi comes and goes: eight seconds of 503, eight seconds of service.',
      actions: [
        {
          do: 'set_faults',
          provider: KIMI,
          faults: [{ kind: 'loading', flapping: { faulty_ms: 8000, healthy_ms: 8000 } }],
        },
      ],
    },
    {
      at: 30,
      words: 'Claude is overloaded for a moment: some requests are answered 529.',
      actions: [{ do: 'set_faults', provider: CLAUDE, faults: [{ kind: 'overloaded', probability: 0.3 }] }],
    },
    { at: 38, words: 'Claude takes everything again.', actions: [{ do: 'clear_faults', provider: CLAUDE }] },
    {
      at: 48,
      words: 'Kimi goes silent: requests are taken and never answered.',
      actions: [{ do: 'set_faults', provider: KIMI, faults: [{ kind: 'silence' }, { kind: 'health', status: 503 }] }],
    },
    { at: 75, words: 'Kimi is back.', actions: [{ do: 'clear_faults', provider: KIMI }] },
    { at: 105, words: 'Calm again.', actions: [] },
  ],
};

/** What the demo shows, one after the other, from the start again after the last. */
export const INCIDENT_SCENARIOS: readonly IncidentScenario[] = [CRASH, BROKEN_STREAMS, FLAPPING];

export interface IncidentOptions {
  /** Told what happens, in words, as it happens. */
  announce: (words: string) => void;
  /** Ends the incident; everything is mended then. */
  signal?: AbortSignal;
  /** Times the list of scenarios is run through; for ever when left out. */
  rounds?: number;
}

/** Plays the scenarios on the fleet. Resolves after the last round, or once the signal has ended it. */
export async function runIncident(
  fleet: { providers: FleetProviders },
  clock: Pick<SimulatorClock, 'monotonic' | 'sleep'>,
  options: IncidentOptions,
): Promise<void> {
  const { signal, announce, rounds = Infinity } = options;
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const scenario of INCIDENT_SCENARIOS) await play(scenario, fleet, clock, announce, signal);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    await mend(fleet);
  }
}

async function play(
  scenario: IncidentScenario,
  fleet: { providers: FleetProviders },
  clock: Pick<SimulatorClock, 'monotonic' | 'sleep'>,
  announce: (words: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const begun = clock.monotonic();
  const until = async (seconds: number): Promise<void> => {
    const rest = begun + seconds * 1000 - clock.monotonic();
    if (rest > 0) await clock.sleep(rest, signal);
    signal?.throwIfAborted();
  };
  for (const step of scenario.steps) {
    await until(step.at);
    for (const action of step.actions) await perform(action, fleet);
    announce(step.words);
  }
  await until(scenario.seconds);
}

async function perform(action: IncidentAction, fleet: { providers: FleetProviders }): Promise<void> {
  const provider = fleet.providers[action.provider];
  switch (action.do) {
    case 'set_faults':
      return provider.faults.set(action.faults);
    case 'clear_faults':
      return provider.faults.clear();
    case 'crash':
      return provider.crash();
    case 'restart':
      return provider.restart();
  }
}

async function mend(fleet: { providers: FleetProviders }): Promise<void> {
  for (const provider of Object.values(fleet.providers)) {
    provider.faults.clear();
    await provider.restart();
  }
}
