import type { Candidate, Decision } from '../../../shared/domain/decision.ts';
import type { Attempt } from '../../../shared/domain/request.ts';
import { AttemptRun } from '../attempt/attempt-run.ts';
import { estimateCost } from '../cost/compute-cost.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { Admission, AdmissionResult } from '../health/types.ts';
import type { Capabilities, Failure } from '../providers/types.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { noCandidateError, stoppingError } from './attempt-errors.ts';
import { decideFor } from './decide-for.ts';
import { FAILURE_TABLE } from './failure-table.ts';
import type { FallbackNotice, GatewayRooms, Question } from './types.ts';

/** Output tokens reserved for a request that names no limit. */
const DEFAULT_OUTPUT_TOKENS = 1024;

/** A run that may be sent, with the breaker's permission to tell the outcome to. */
export interface AdmittedRun {
  run: AttemptRun;
  config: ProviderConfig;
  admission: Admission;
}

/** Makes the request with which a provider goes on with a broken-off answer. */
export type Resume = (provider: string, capabilities: Capabilities) => ChatRequest;

/**
 * Finds out who is asked next for one question, and what to do when it fails: the failure table applied. It holds what a
 * request has gone through so far; the first decision, the attempts, and who is out for this request and why.
 */
export class AttemptLoop {
  readonly attempts: Attempt[] = [];
  readonly decision: Decision;
  queuedMs = 0;
  /** The most recent failure of a provider; null while none failed. */
  lastFailure: Failure | null = null;
  fallback: FallbackNotice | null = null;
  readonly #rooms: GatewayRooms;
  readonly #question: Question;
  readonly #signal: AbortSignal;
  readonly #deadline: number | null;
  /** Provider → why it is not asked (again) for this request. */
  readonly #out = new Map<string, string>();
  readonly #retries = new Map<string, number>();
  #askAgain: string | null = null;
  /** The failure that broke off an answer of which the caller has a part: the true cause of whatever follows. */
  #brokenOff: Failure | null = null;
  #minimumWindow = 0;

  constructor(rooms: GatewayRooms, question: Question, signal: AbortSignal) {
    this.#rooms = rooms;
    this.#question = question;
    this.#signal = signal;
    const { timeoutMs } = question.options;
    this.#deadline = timeoutMs === null ? null : rooms.clock.monotonic() + timeoutMs;
    this.decision = this.#decide();
  }

  /**
   * The next run to send, admitted and with its place in every budget taken; with `resume` it goes on with a broken-off
   * answer. Throws `GatewayError` when nobody is left,
   * or the abort reason when the caller has gone while waiting in a queue.
   */
  async next(resume: Resume | null = null): Promise<AdmittedRun> {
    for (;;) {
      this.#signal.throwIfAborted();
      const candidate = this.#nextCandidate();
      const config = this.#config(candidate.provider);
      const admitted = this.#admit(candidate, config);
      if (!admitted.admitted) {
        this.#out.set(config.name, admitted.reason);
        continue;
      }
      const run = await this.#reserve(candidate, config, admitted.admission, resume);
      if (run) return { run, config, admission: admitted.admission };
    }
  }

  /** A run ended well. */
  succeeded({ run, admission }: AdmittedRun): void {
    const attempt = run.succeed();
    this.attempts.push(attempt);
    admission.report({ ok: true, latencyMs: attempt.duration_ms, firstTokenMs: attempt.first_token_ms });
    this.fallback = this.fallbackTo(attempt.provider);
  }

  /** The caller left while a run was on its way. */
  cancelled({ run, admission }: AdmittedRun): void {
    this.attempts.push(run.cancel());
    admission.withdraw();
  }

  /**
   * A run failed: tells health, and prepares the next step. Returns when another attempt may be made (after waiting where
   * the table says so); throws `GatewayError` when this failure is the caller's answer.
   */
  async failed({ run, admission, config }: AdmittedRun, failure: Failure): Promise<void> {
    this.attempts.push(run.fail(failure));
    this.lastFailure = failure;
    const rule = FAILURE_TABLE[failure.class];
    const byCallersLimit = failure.class === 'timeout' && failure.phase === 'total' && this.#remainingMs() <= 0;
    admission.report({
      ok: false,
      class: failure.class,
      // Health keeps it with the provider, whose name it need not repeat.
      message: failure.message.replace(`${config.name}: `, ''),
      retryAfterMs: failure.retryAfterMs,
      countsAgainstHealth: rule.countsAgainstHealth && !byCallersLimit && !failure.staleSocket,
    });
    if (byCallersLimit) throw stoppingError(failure, this.decision);
    if (rule.nextCandidate === 'no' && !this.#brokenOff) throw stoppingError(failure, this.decision);
    if (!this.#brokenOff && (await this.#retryHere(config, failure))) return;
    this.#out.set(config.name, failure.message);
    if (rule.nextCandidate === 'larger_window') {
      const window = this.#rooms.provider(config.name).capabilities(run.input.model).contextWindow;
      this.#minimumWindow = Math.max(this.#minimumWindow, window);
    }
    if (failure.class === 'timeout' && !this.#movesOnAfterTimeout(config)) throw stoppingError(failure, this.decision);
  }

  /** The caller already has a part of the answer: from now on somebody else is to go on with it, or it ends with `cause`. */
  breakOff(cause: Failure): void {
    this.#brokenOff ??= cause;
  }

  /** A run that was to go on with a broken-off answer was refused for how it was asked; it is asked once more, in words. */
  refusedPrefill({ run, admission, config }: AdmittedRun, failure: Failure): void {
    this.attempts.push(run.fail(failure));
    admission.withdraw();
    this.#askAgain = config.name;
  }

  #decide(): Decision {
    return decideFor(this.#rooms, this.#question, this.#out);
  }

  #nextCandidate(): Candidate {
    const first = this.attempts.length === 0 && this.#out.size === 0;
    const decision = first ? this.decision : this.#decide();
    const askAgain = this.#askAgain;
    this.#askAgain = null;
    const open = decision.candidates.filter(
      (candidate) => candidate.eligible && !this.#out.has(candidate.provider) && this.#windowFits(candidate),
    );
    const chosen = open.find((candidate) => candidate.provider === askAgain) ?? open[0];
    if (!chosen && this.#brokenOff) throw stoppingError(this.#brokenOff, this.decision);
    if (!chosen) throw noCandidateError(this.#rooms, decision, this.lastFailure);
    return chosen;
  }

  #windowFits(candidate: Candidate): boolean {
    if (this.#minimumWindow === 0) return true;
    return this.#rooms.provider(candidate.provider).capabilities(candidate.model).contextWindow > this.#minimumWindow;
  }

  /** Whoever is forced is asked although its breaker is open: somebody insists, and the outcome is theirs to see. */
  #admit(candidate: Candidate, config: ProviderConfig): AdmissionResult {
    const result = this.#rooms.health.admit(config.name, this.#rooms.random());
    const forced = this.decision.rule === 'forced_by_request' || this.decision.rule === 'forced_by_operator';
    if (result.admitted || !forced || candidate.provider !== this.decision.provider) return result;
    return { admitted: true, admission: UNOBSERVED };
  }

  async #reserve(
    candidate: Candidate,
    config: ProviderConfig,
    admission: Admission,
    resume: Resume | null,
  ): Promise<AttemptRun | null> {
    const { clock, quota, provider } = this.#rooms;
    const { request, inputTokens } = this.#question;
    const model = candidate.model ?? config.name;
    const outputTokens = request.maxTokens ?? DEFAULT_OUTPUT_TOKENS;
    const estimatedCostMicroUsd = estimateCost(model, inputTokens, outputTokens, {
      adapter: config.adapter,
      deployment: config.deployment,
      pricing: config.pricing,
      at: clock.now(),
    }).costMicroUsd;
    let result;
    try {
      const demand = { provider: config.name, estimatedTokens: inputTokens + outputTokens, estimatedCostMicroUsd };
      result = await quota.reserveOrWait(demand, this.#signal);
    } catch (error) {
      admission.withdraw();
      throw error;
    }
    this.queuedMs += result.queuedMs;
    if (!result.ok) {
      admission.withdraw();
      this.#out.set(config.name, result.reason);
      if (result.code === 'busy' && !this.#spillsOver()) {
        throw noCandidateError(
          this.#rooms,
          busyDecision(this.decision, config.name, result.reason),
          null,
          result.retryAfterMs,
        );
      }
      return null;
    }
    return new AttemptRun(
      {
        index: this.attempts.length,
        config,
        provider: provider(config.name),
        model,
        request: resume ? resume(config.name, provider(config.name).capabilities(model)) : request,
        effort: this.#question.options.effort,
        limits: this.#limits(config),
        signal: this.#signal,
        requestId: this.#question.id,
        traceparent: this.#question.traceparent,
        retry: this.attempts.some((attempt) => attempt.provider === config.name),
        resume: resume !== null,
        reservation: result.reservation,
        queuedMs: result.queuedMs,
      },
      this.#rooms.attempt,
    );
  }

  /** Whether a full queue moves on to a paid provider: only where the registry trades cost for latency. */
  #spillsOver(): boolean {
    return this.#rooms.registry().routing.highLoad.mode === 'latency';
  }

  async #retryHere(config: ProviderConfig, failure: Failure): Promise<boolean> {
    if (failure.staleSocket) {
      this.#askAgain = config.name;
      return true;
    }
    const rule = FAILURE_TABLE[failure.class];
    const done = this.#retries.get(config.name) ?? 0;
    if (rule.retryHere === 'no' || done >= config.retry.maxRetries) return false;
    const delay = rule.retryHere === 'hint' ? this.#hintedDelay(config, failure) : this.#backoff(config, done);
    if (delay === null || delay >= this.#remainingMs()) return false;
    this.#retries.set(config.name, done + 1);
    await this.#rooms.clock.sleep(delay, this.#signal);
    if (!this.#stillEligible(config.name)) return false;
    this.#askAgain = config.name;
    return true;
  }

  /** A retry is for a provider that others may still use; once the breaker or a probe has ruled it out, move on. */
  #stillEligible(provider: string): boolean {
    return this.#decide().candidates.some((candidate) => candidate.provider === provider && candidate.eligible);
  }

  /** Full jitter: anywhere between nothing and the doubled base (AWS Architecture Blog, "Exponential backoff and jitter"). */
  #backoff(config: ProviderConfig, retriesDone: number): number {
    return this.#rooms.random() * Math.min(config.retry.maxMs, config.retry.baseMs * 2 ** retriesDone);
  }

  #hintedDelay(config: ProviderConfig, failure: Failure): number | null {
    if (failure.retryAfterMs === null || failure.retryAfterMs > config.retry.maxMs) return null;
    return failure.retryAfterMs * (1 + 0.1 * this.#rooms.random());
  }

  #remainingMs(): number {
    return this.#deadline === null ? Infinity : this.#deadline - this.#rooms.clock.monotonic();
  }

  #limits(config: ProviderConfig) {
    const remaining = Math.max(1, this.#remainingMs());
    const { connectMs, firstTokenMs, idleMs, totalMs } = config.timeouts;
    return { connectMs, firstTokenMs, idleMs, totalMs: Math.min(totalMs, remaining) };
  }

  #movesOnAfterTimeout(config: ProviderConfig): boolean {
    const { routing } = this.#rooms.registry();
    return config.name !== routing.primary || routing.fallbackTriggers.includes('primary_timeout');
  }

  #config(name: string): ProviderConfig {
    const config = this.#rooms.registry().providers.find((entry) => entry.name === name);
    if (!config) throw new Error(`The decision names ${name}, which the registry does not have.`);
    return config;
  }

  /**
   * The fallback that being served by `provider` is; null when it is none. A request served by another provider than the
   * one that stood first is a fallback, unless that one was never meant to serve it (disabled, lacking a capability).
   */
  fallbackTo(provider: string): FallbackNotice | null {
    const intended = this.decision.candidates[0];
    if (!intended || intended.provider === provider) return null;
    const failure = this.attempts.find(
      (attempt) => attempt.provider === intended.provider && attempt.outcome === 'failure',
    );
    const refused = this.#out.get(intended.provider);
    if (!failure && refused === undefined && !FALLBACK_CODES.has(intended.code)) return null;
    const reason = failure ? (failure.failure_class === 'timeout' ? 'timeout' : 'error') : 'unhealthy';
    return {
      at: this.#rooms.clock.now(),
      requestId: this.#question.id,
      fromProvider: intended.provider,
      toProvider: provider,
      reason,
      detail: failure?.message ?? `${intended.provider}: ${refused ?? intended.reason}`,
      served: true,
    };
  }
}

/** For a provider that is asked despite its open breaker. */
const UNOBSERVED: Admission = { trial: false, report: () => undefined, withdraw: () => undefined };

/** Reasons for which a first choice is passed over that make the request a fallback. */
const FALLBACK_CODES = new Set([
  'unhealthy',
  'breaker_open',
  'cooling',
  'isolated',
  'rate_limited',
  'busy',
  'budget_exhausted',
]);

function busyDecision(decision: Decision, provider: string, reason: string): Decision {
  const candidates = decision.candidates.map((candidate) =>
    candidate.provider === provider ? { ...candidate, eligible: false, code: 'busy' as const, reason } : candidate,
  );
  return { ...decision, candidates };
}
