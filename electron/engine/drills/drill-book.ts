import type { AbortDrill, Drill, DrillOutcome, DrillPreview, DrillRequest } from '../../../shared/domain/drills.ts';
import type { Status } from '../../../shared/domain/status.ts';
import type { Clock, Random } from '../clock.ts';
import type { EventBus } from '../events.ts';
import { countRequest, isSound, judge, NO_FIGURES, refusalOf, troubleOf } from './drill-rules.ts';
import type { FaultSource } from './faulty-provider.ts';

const TICK_MS = 250;
/** How long a provider may take to be back in full before the drill ends without it. */
const RECOVERY_MS = 10 * 60_000;

interface DrillStorage {
  addDrill(drill: Omit<Drill, 'id'>): Drill;
  saveDrill(drill: Drill): void;
}

export interface DrillParts {
  clock: Clock;
  random: Random;
  events: EventBus;
  storage: DrillStorage;
  status: () => Status;
  /** Whether the registry allows drills where this engine runs. */
  enabled: () => boolean;
  /** Who would serve an ordinary request if the provider were out; null when nobody could. */
  takesOver: (provider: string) => string | null;
  /** Notes a change in the audit. */
  note: (action: string, target: string, operator: string, reason: string, after: object | null) => void;
}

/** The one drill that may be announced, running or recovering at a time: begins, watches, stops and judges it. */
export class DrillBook {
  readonly #parts: DrillParts;
  #open: Drill | null = null;
  /** When the fault of a running drill is over by the monotonic clock: a clock set back must not make it last longer. */
  #faultEndsAt = Infinity;
  #cancelTick: () => void = () => undefined;
  #stopListening: (() => void)[] = [];

  constructor(parts: DrillParts) {
    this.#parts = parts;
  }

  /** Announced, running or recovering. */
  get open(): Drill | null {
    return this.#open;
  }

  /** The fault that a call to the provider meets; a drill that is not running costs one comparison. */
  readonly faultFor: FaultSource = (provider, call) => {
    const drill = this.#open;
    if (drill === null || drill.state !== 'running' || drill.provider !== provider) return null;
    // A share of the traffic is no reason for the health probe to fail, which is one call of its own.
    const hit = call === 'probe' ? drill.share === 1 : drill.share === 1 || this.#parts.random() < drill.share;
    if (!hit) return null;
    if (call === 'request') {
      const { figures } = drill;
      const first = figures.first_fault_at ?? this.#parts.clock.now();
      this.#open = {
        ...drill,
        figures: { ...figures, faulty_calls: figures.faulty_calls + 1, first_fault_at: first },
      };
    }
    return { drill: drill.id, fault: drill.fault, delayMs: drill.delay_ms };
  };

  preview(provider: string): DrillPreview {
    const status = this.#parts.status();
    const circumstances = this.#circumstances(provider, status);
    const gauges = status.providers.find(({ name }) => name === provider)?.gauges;
    return {
      refusal: refusalOf(provider, circumstances),
      takes_over: circumstances.takesOver,
      requests_per_second: gauges?.requests_per_second ?? 0,
    };
  }

  /** Announces a drill; `preview` says beforehand whether one may begin. */
  schedule(request: DrillRequest): Drill {
    const { clock, storage, note } = this.#parts;
    const now = clock.now();
    const startsAt = now + request.starts_in_seconds * 1000;
    const { provider, fault, share, delay_ms: delayMs, operator, reason, targets } = request;
    this.#open = storage.addDrill({
      provider,
      fault,
      share,
      delay_ms: delayMs,
      operator,
      reason,
      targets,
      state: 'scheduled',
      created_at: now,
      starts_at: startsAt,
      fault_ends_at: startsAt + request.duration_seconds * 1000,
      ended_at: null,
      figures: NO_FIGURES,
      outcome: null,
      findings: [],
    });
    const drill = this.#open;
    note('drill.schedule', `drill ${drill.id}`, operator, reason, drill);
    this.#announce();
    this.#listen();
    this.#plan();
    return drill;
  }

  /** Ends the open drill at once; null when none is open. */
  abort({ operator = 'unknown', reason = 'aborted' }: AbortDrill): Drill | null {
    if (!this.#open) return null;
    this.#parts.note('drill.abort', `drill ${this.#open.id}`, operator, reason, null);
    return this.#end('aborted', [`Aborted by ${operator}: ${reason}.`]);
  }

  /** Ends without a verdict what is still open. */
  close(): void {
    if (this.#open) this.#end('aborted', ['Switchyard was stopped.']);
  }

  #circumstances(provider: string, status: Status) {
    const known = status.providers.some(({ name }) => name === provider);
    return {
      status,
      enabled: this.#parts.enabled(),
      open: this.#open,
      takesOver: known ? this.#parts.takesOver(provider) : null,
    };
  }

  #plan(): void {
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => {
      this.#step();
      if (this.#open) this.#plan();
    });
  }

  #step(): void {
    const drill = this.#open;
    if (!drill) return;
    const now = this.#parts.clock.now();
    if (drill.state === 'scheduled' && now >= drill.starts_at) this.#begin(now);
    else if (drill.state === 'running') this.#watch(drill, now);
    else if (drill.state === 'recovering') this.#waitForRecovery(drill, now);
  }

  #begin(now: number): void {
    const drill = this.#open;
    if (!drill) return;
    this.#open = null;
    const refusal = refusalOf(drill.provider, this.#circumstances(drill.provider, this.#parts.status()));
    this.#open = drill;
    if (refusal !== null) {
      this.#end('stopped', [`It did not begin: ${refusal}`]);
      return;
    }
    const length = drill.fault_ends_at - drill.starts_at;
    this.#faultEndsAt = this.#parts.clock.monotonic() + length;
    this.#open = { ...drill, state: 'running', starts_at: now, fault_ends_at: now + length };
    this.#parts.note('drill.start', `drill ${drill.id}`, drill.operator, drill.reason, null);
    this.#announce();
  }

  #watch(drill: Drill, now: number): void {
    const status = this.#parts.status();
    const trouble = troubleOf(drill, { status, takesOver: this.#parts.takesOver(drill.provider) });
    if (trouble !== null) this.#end('stopped', [`Stopped because of real trouble: ${trouble}`]);
    else if (now >= drill.fault_ends_at || this.#parts.clock.monotonic() >= this.#faultEndsAt) {
      this.#open = { ...drill, state: 'recovering', fault_ends_at: Math.max(now, drill.starts_at) };
      this.#announce();
    }
  }

  #waitForRecovery(drill: Drill, now: number): void {
    const target = this.#parts.status().providers.find(({ name }) => name === drill.provider);
    const recovered = target !== undefined && isSound(target);
    if (!recovered && now - drill.fault_ends_at < RECOVERY_MS) return;
    this.#open = { ...drill, figures: { ...drill.figures, recovered_at: recovered ? now : null } };
    const { outcome, findings } = judge(this.#open);
    this.#end(outcome, findings);
  }

  #listen(): void {
    const { events, clock } = this.#parts;
    const ofDrill = (provider: string): Drill | null =>
      this.#open?.provider === provider && this.#open.state === 'running' ? this.#open : null;
    const detected = (provider: string): void => {
      const drill = ofDrill(provider);
      if (!drill || drill.figures.detected_at !== null) return;
      const now = clock.now();
      // A probe may be the first to meet the fault.
      const first = drill.figures.first_fault_at ?? now;
      this.#open = { ...drill, figures: { ...drill.figures, first_fault_at: first, detected_at: now } };
    };
    this.#stopListening = [
      events.on('request_finished', (request) => {
        const drill = this.#open;
        if (!drill || drill.state === 'scheduled' || request.started_at < drill.starts_at) return;
        if (request.origin !== 'client') return;
        this.#open = { ...drill, figures: countRequest(drill.figures, request, drill.provider) };
      }),
      events.on('breaker_changed', ({ provider, breaker }) => {
        if (breaker.state === 'open') detected(provider);
      }),
      events.on('health_changed', ({ provider, to_status: to }) => {
        if (to === 'unhealthy' || to === 'degraded') detected(provider);
      }),
    ];
  }

  #end(outcome: DrillOutcome, findings: string[]): Drill | null {
    const drill = this.#open;
    if (!drill) return null;
    this.#cancelTick();
    for (const stop of this.#stopListening.splice(0)) stop();
    const now = this.#parts.clock.now();
    const ended: Drill = {
      ...drill,
      state: 'ended',
      fault_ends_at:
        drill.state === 'scheduled' ? drill.starts_at : Math.min(drill.fault_ends_at, Math.max(now, drill.starts_at)),
      ended_at: now,
      outcome,
      findings,
    };
    this.#open = null;
    this.#parts.storage.saveDrill(ended);
    this.#parts.note('drill.end', `drill ${drill.id}`, drill.operator, findings.join(' '), ended);
    this.#parts.events.emit('drill_changed', ended);
    return ended;
  }

  #announce(): void {
    if (!this.#open) return;
    this.#parts.storage.saveDrill(this.#open);
    this.#parts.events.emit('drill_changed', this.#open);
  }
}
