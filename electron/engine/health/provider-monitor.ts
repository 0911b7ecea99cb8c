import type { BreakerStatus, HealthStatus, ProviderHealth } from '../../../shared/domain/provider.ts';
import type { Clock, Random } from '../clock.ts';
import type { Provider, ProbeResult } from '../providers/types.ts';
import type { ProviderConfig } from '../registry/types.ts';
import {
  breakerErrorRate,
  breakerStatus,
  isOutByProbesAlone,
  newBreaker,
  nextBreakerChangeMs,
  type Breaker,
  type BreakerConfig,
  type Moment,
} from './breaker-state.ts';
import { askBreaker, reduceBreaker, type BreakerEvent } from './breaker.ts';
import { deriveHealth, lockedOutBy, probesSayUnhealthy, type DegradedBy, type ProbeRecord } from './health-state.ts';
import { LatencyWindow } from './latency-window.ts';
import { LoadScraper } from './load-scraper.ts';
import { runProbe } from './probe-runner.ts';
import { isSlow } from './slow-state.ts';
import type { Admission, AdmissionResult, AttemptOutcome, Standing } from './types.ts';

/** What one provider's monitor needs of the world, and whom it tells. */
export interface ProviderMonitorDeps {
  config: ProviderConfig;
  provider: () => Provider;
  /** p95 from which the provider counts as slow, in milliseconds. */
  slowMs: () => number;
  clock: Clock;
  random: Random;
  /** The last stored status, so that "since" survives a restart. */
  restored: { status: HealthStatus; since: number } | null;
  onHealth: (from: HealthStatus, health: ProviderHealth) => void;
  onBreaker: (status: BreakerStatus) => void;
  onProbe: (result: ProbeResult) => void;
}

/** Window of the recent latency. */
const LATENCY_WINDOW_MS = 60_000;
/** While it is not well, a self-hosted server is probed this often, an API (free probes only) a little less. */
const QUICK_PROBE_MS = 5_000;
const QUICK_API_PROBE_MS = 15_000;
/** A failed request prompts a probe, but never more often than this. */
const PROMPTED_PROBE_GAP_MS = 1_000;
/** After a suspend the network may need a moment: the first bad probe is put aside and asked again. */
const AFTER_RESUME_RETRY_MS = 2_000;
const PROBE_JITTER = 0.1;
/** A p95 over fewer requests than this calls nobody slow. */
const MINIMUM_LATENCY_SAMPLES = 5;

/** Keeps one provider's breaker, health, load and recent latency from its probes and its traffic. */
export class ProviderMonitor {
  /** Resolves when the first probe has ended, or at once where there is none. */
  firstProbe: Promise<void> = Promise.resolve();
  readonly #deps: ProviderMonitorDeps;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #latencies = new LatencyWindow(LATENCY_WINDOW_MS);
  readonly #scraper: LoadScraper;
  #config: ProviderConfig;
  #breaker: Breaker;
  #announcedBreaker: Breaker;
  #health: ProviderHealth;
  #restored: ProviderMonitorDeps['restored'];
  #probes: ProbeRecord = { last: null, failuresInRow: 0, everGood: false };
  #degradedBy: DegradedBy | null = null;
  #slow = false;
  #probing: Promise<void> | null = null;
  #lastProbeAt = Number.NEGATIVE_INFINITY;
  #started = false;
  #resumes = 0;
  #forgiveNextFailure = false;
  #cancelProbe = (): void => undefined;
  #cancelTick = (): void => undefined;

  constructor(deps: ProviderMonitorDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#config = deps.config;
    this.#restored = deps.restored;
    this.#scraper = new LoadScraper({
      provider: deps.provider,
      clock: deps.clock,
      limitMs: () => this.#config.healthCheck.timeoutMs,
      isWorthAsking: () => this.#disabledReason() === null && this.#probes.last?.ok !== false,
      onLoad: () => this.evaluate(),
    });
    this.#breaker = newBreaker(this.#at());
    this.#announcedBreaker = this.#breaker;
    const first = this.#derive();
    this.#health = { ...first, since: this.#clock.now(), checked_at: null, probe_latency_ms: null };
  }

  start(): void {
    this.#started = true;
    this.firstProbe = this.#isProbed() ? this.probe() : Promise.resolve();
    this.#scraper.start(0);
    this.evaluate();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the health monitor was stopped'));
    this.#cancelProbe();
    this.#scraper.stop();
    this.#cancelTick();
    await this.#probing;
  }

  /** Takes an edited entry whose server is still the same one. */
  update(config: ProviderConfig): void {
    this.#config = config;
    this.#cancelProbe();
    if (this.#started && this.#isProbed()) void this.probe();
    if (this.#started) this.#scraper.start(0);
    this.evaluate();
  }

  standing(): Omit<Standing, 'isolation'> {
    this.#apply({ type: 'tick' });
    const at = this.#at();
    const recentLatencyMs = this.#latencies.percentile(0.95, at.monotonic);
    const enough = this.#latencies.samples(at.monotonic) >= MINIMUM_LATENCY_SAMPLES;
    this.#slow = isSlow(this.#slow, this.#slow || enough ? recentLatencyMs : null, this.#deps.slowMs());
    return {
      health: this.#health,
      breaker: breakerStatus(this.#breaker, at, this.#breakerConfig()),
      load: this.#scraper.load,
      recentLatencyMs,
      slow: this.#slow,
      lockedOut:
        this.#disabledReason() === null
          ? lockedOutBy(this.#probes, this.#breaker, this.#config.healthCheck.enabled)
          : null,
      outByProbesAlone: isOutByProbesAlone(this.#breaker),
    };
  }

  get health(): ProviderHealth {
    return this.#health;
  }

  admit(draw: number): AdmissionResult {
    const { breaker, answer } = askBreaker(this.#breaker, draw, this.#at(), this.#breakerConfig());
    this.#become(breaker);
    return answer.admitted ? { admitted: true, admission: this.#admission(answer) } : answer;
  }

  /** Probes at once, or joins the probe under way. Never rejects. */
  probe(): Promise<void> {
    this.#probing ??= this.#probeOnce().finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }

  /** Closes the breaker, ends the cooling, forgets the errors, and asks the provider how it is. */
  reset(): void {
    this.#latencies.clear();
    this.#apply({ type: 'reset' });
    if (this.#isProbed()) void this.probe();
  }

  /** The machine woke up: what was measured across the gap says nothing. Probes again within a second, jittered. */
  resumed(): void {
    this.#resumes += 1;
    this.#forgiveNextFailure = true;
    this.#planProbe(this.#deps.random() * 1_000);
    this.#scraper.start(this.#deps.random() * 1_000);
  }

  /** Looks at everything again; announces a change of status. */
  evaluate(): void {
    if (this.#stop.signal.aborted) return;
    const next = this.#derive();
    const from = this.#health.status;
    const changed = next.status !== from;
    this.#degradedBy = next.degradedBy;
    if (!changed && next.reason === this.#health.reason) return;
    this.#health = {
      ...this.#health,
      status: next.status,
      reason: next.reason,
      since: changed ? this.#sinceFor(next.status) : this.#health.since,
    };
    if (changed) this.#deps.onHealth(from, this.#health);
  }

  #sinceFor(status: HealthStatus): number {
    const restored = this.#restored;
    this.#restored = null;
    return restored !== null && restored.status === status ? restored.since : this.#clock.now();
  }

  #derive(): { status: HealthStatus; reason: string; degradedBy: DegradedBy | null } {
    const at = this.#at();
    const enough = this.#latencies.samples(at.monotonic) >= MINIMUM_LATENCY_SAMPLES;
    return deriveHealth({
      disabledReason: this.#disabledReason(),
      deployment: this.#config.deployment,
      probed: this.#config.healthCheck.enabled,
      probeTimeoutMs: this.#config.healthCheck.timeoutMs,
      probes: this.#probes,
      breaker: this.#breaker,
      errorRate: breakerErrorRate(this.#breaker, at, this.#breakerConfig()),
      breakerErrorRate: this.#config.breaker.errorRate,
      latencyMs: enough ? this.#latencies.percentile(0.95, at.monotonic) : null,
      slowMs: this.#deps.slowMs(),
      load: this.#scraper.load,
      degradedBy: this.#degradedBy,
    });
  }

  #disabledReason(): string | null {
    if (!this.#config.enabled) return 'switched off in the registry';
    const availability = this.#deps.provider().availability();
    return availability.available ? null : availability.reason;
  }

  #isProbed(): boolean {
    return this.#config.healthCheck.enabled && this.#disabledReason() === null;
  }

  #admission({ trial, epoch }: { trial: boolean; epoch: number }): Admission {
    let ended = false;
    const end = (event: () => BreakerEvent): void => {
      if (ended) return;
      ended = true;
      this.#apply(event());
      this.evaluate();
    };
    return {
      trial,
      report: (outcome) => end(() => this.#observe(outcome, trial, epoch)),
      withdraw: () => end(() => ({ type: 'withdrawn', epoch, trial })),
    };
  }

  #observe(outcome: AttemptOutcome, trial: boolean, epoch: number): BreakerEvent {
    if (outcome.ok) {
      this.#latencies.add(outcome.latencyMs, this.#clock.monotonic());
      if (!this.#config.healthCheck.enabled) this.#probes = { ...this.#probes, everGood: true };
      return { type: 'success', epoch, trial };
    }
    if (outcome.class === 'unreachable' && outcome.countsAgainstHealth) this.#promptProbe();
    return { type: 'failure', epoch, trial, draw: this.#deps.random(), ...outcome };
  }

  /** Traffic met a closed door: a free probe tells at once whether the server is gone. */
  #promptProbe(): void {
    const soon = this.#clock.monotonic() - this.#lastProbeAt < PROMPTED_PROBE_GAP_MS;
    if (soon || this.#isPaidProbe() || !this.#isProbed()) return;
    void this.probe();
  }

  async #probeOnce(): Promise<void> {
    this.#cancelProbe();
    const resumes = this.#resumes;
    const startedAt = this.#clock.monotonic();
    this.#lastProbeAt = startedAt;
    const { timeoutMs } = this.#config.healthCheck;
    const result = await runProbe(this.#deps.provider(), timeoutMs, this.#clock, this.#stop.signal);
    if (this.#stop.signal.aborted) return;
    this.#deps.onProbe(result);
    const acrossGap = resumes !== this.#resumes;
    if (!result.ok && (acrossGap || this.#forgiveNextFailure)) {
      this.#forgiveNextFailure = acrossGap;
      this.#planProbe(AFTER_RESUME_RETRY_MS);
      return;
    }
    this.#forgiveNextFailure = false;
    this.#recordProbe(result, startedAt);
    this.#planProbe(this.#probeInterval());
  }

  #recordProbe(result: ProbeResult, startedAt: number): void {
    const { ok, reason, failureClass, latencyMs } = result;
    const alive = ok || failureClass === 'rate_limited';
    this.#probes = {
      last: { ok, reason, failureClass, latencyMs },
      failuresInRow: alive ? 0 : this.#probes.failuresInRow + 1,
      everGood: this.#probes.everGood || ok,
    };
    this.#health = { ...this.#health, checked_at: this.#clock.now(), probe_latency_ms: latencyMs };
    if (ok) this.#apply({ type: 'probe_good', startedAt, paid: result.kind === 'test_request' });
    else if (probesSayUnhealthy(this.#probes, this.#config.deployment)) this.#apply({ type: 'probe_bad', reason });
    if (!ok) this.#scraper.forget();
    this.evaluate();
  }

  #planProbe(ms: number): void {
    this.#cancelProbe();
    if (this.#stop.signal.aborted || !this.#config.healthCheck.enabled) return;
    this.#cancelProbe = this.#clock.after(ms, () => {
      if (this.#isProbed()) void this.probe();
      else this.#planProbe(this.#config.healthCheck.intervalMs);
      this.evaluate();
    });
  }

  #probeInterval(): number {
    const { intervalMs } = this.#config.healthCheck;
    const well = this.#probes.last?.ok === true && this.#breaker.phase === 'closed';
    const quick = this.#config.deployment === 'self-hosted' ? QUICK_PROBE_MS : QUICK_API_PROBE_MS;
    const base = well || this.#isPaidProbe() ? intervalMs : Math.min(intervalMs, quick);
    return base * (1 - PROBE_JITTER + 2 * PROBE_JITTER * this.#deps.random());
  }

  #isPaidProbe(): boolean {
    return this.#config.healthCheck.method === 'test_request';
  }

  #apply(event: BreakerEvent): void {
    this.#become(reduceBreaker(this.#breaker, event, this.#at(), this.#breakerConfig()));
  }

  /** Takes the breaker's next value; announces what an operator would see change, and wakes up when time changes it. */
  #become(breaker: Breaker): void {
    if (breaker === this.#breaker) return;
    this.#breaker = breaker;
    const before = this.#announcedBreaker;
    const visible =
      before.phase !== breaker.phase ||
      before.hold !== breaker.hold ||
      before.epoch !== breaker.epoch ||
      before.coolingUntil !== breaker.coolingUntil ||
      (before.rampFrom === null) !== (breaker.rampFrom === null);
    if (!visible || this.#stop.signal.aborted) return;
    this.#announcedBreaker = breaker;
    this.#planTick();
    this.#deps.onBreaker(breakerStatus(breaker, this.#at(), this.#breakerConfig()));
    this.evaluate();
  }

  #planTick(): void {
    this.#cancelTick();
    const ms = nextBreakerChangeMs(this.#breaker, this.#at(), this.#breakerConfig());
    if (ms === null) return;
    this.#cancelTick = this.#clock.after(ms, () => {
      this.#apply({ type: 'tick' });
      this.#planTick();
    });
  }

  #breakerConfig(): BreakerConfig {
    return { ...this.#config.breaker, probed: this.#config.healthCheck.enabled };
  }

  #at(): Moment {
    return { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }
}
