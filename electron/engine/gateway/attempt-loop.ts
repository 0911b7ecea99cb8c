import type { Candidate, Decision } from '../../../shared/domain/decision.ts';
import type { Attempt } from '../../../shared/domain/request.ts';
import { AttemptRun } from '../attempt/attempt-run.ts';
import { estimateCost } from '../cost/compute-cost.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { Admission, AdmissionResult } from '../health/types.ts';
import type { Capabilities, Failure } from '../providers/types.ts';
import type { Refusal } from '../quota/types.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { ignoresHealth } from '../router/eligibility.ts';
import { tradesCostForLatency } from '../router/high-load.ts';
import { attemptTraceHeaders } from '../trace-context.ts';
import { limitError, noCandidateError, stoppingError } from './attempt-errors.ts';
import { briefCooling } from './brief-cooling.ts';
import { CallerDeadline } from './caller-deadline.ts';
import { decideFor } from './decide-for.ts';
import { FAILURE_TABLE } from './failure-table.ts';
import { fallbackNotice } from './fallback-notice.ts';
import type { GatewayError } from './gateway-error.ts';
import { withBusy, withoutRefused, withoutThose } from './narrowed-decision.ts';
import { outputTokensOf } from '../attempt/output-reserve.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { FallbackNotice, GatewayRooms, Question } from './types.ts';

/** A run that may be sent, with the breaker's permission to tell the outcome to. */
export interface AdmittedRun {
  run: AttemptRun;
  config: ProviderConfig;
  admission: Admission;
}

/** What one provider has been asked for one request; `since` is monotonic milliseconds. */
interface Tries {
  since: number;
  retries: number;
  /** A kept connection that was reset has been replaced by another once. */
  reconnected: boolean;
}

/** Makes the request with which a provider goes on with a broken-off answer. */
export type Resume = (provider: string, capabilities: Capabilities) => ChatRequest;

/**
 * Finds out who is asked next for one question, and what to do when it fails: the failure table applied. It holds what a
 * request has gone through so far; the first decision, the attempts, and who is out for this request and why.
 */
export class AttemptLoop {
  readonly attempts: Attempt[] = [];
  queuedMs = 0;
  /** The most recent failure of a provider; null while none failed. */
  lastFailure: Failure | null = null;
  fallback: FallbackNotice | null = null;
  readonly #rooms: GatewayRooms;
  readonly #question: Question;
  readonly #signal: AbortSignal;
  readonly #deadline: CallerDeadline;
  /** Provider → why it is not asked (again) for this request. */
  readonly #out = new Map<string, string>();
  /** Provider → our own limit that had no room: it is passed over, and is no less well for it. */
  readonly #turnedAway = new Map<string, Refusal>();
  /** Candidates that take a growing share of requests and not this one, unless nobody else is left. */
  readonly #ramping: Candidate[] = [];
  readonly #unspared = new Set<string>();
  readonly #tries = new Map<string, Tries>();
  /** Out for a rate limit alone: asked again if nobody else can serve. */
  readonly #resting = new Set<string>();
  #askAgain: string | null = null;
  #decision: Decision;
  /** When this request began to wait for a provider that has asked to be left alone, in monotonic milliseconds. */
  #coolingSince: number | null = null;
  /** What it has waited so since its last attempt, in milliseconds. */
  #cooledMs = 0;
  /** The failure that broke off an answer of which the caller has a part: the true cause of whatever follows. */
  #brokenOff: Failure | null = null;
  #minimumWindow = 0;
  /** The first budget that had no room for this request when its place was to be taken. */
  #overBudget: GatewayError | null = null;

  constructor(rooms: GatewayRooms, question: Question, signal: AbortSignal) {
    this.#rooms = rooms;
    this.#question = question;
    this.#signal = signal;
    this.#deadline = new CallerDeadline(rooms.clock, question.options.timeoutMs);
    this.#decision = this.#decide();
  }

  /** Who was to be asked when nobody had been yet. */
  get decision(): Decision {
    return this.#decision;
  }

  /**
   * The next run to send, admitted and with its place in every budget taken; with `resume` it goes on with a broken-off
   * answer. Throws `GatewayError` when nobody is left, or the abort reason when the caller has gone while waiting in a queue.
   */
  async next(resume: Resume | null = null): Promise<AdmittedRun> {
    for (;;) {
      this.#signal.throwIfAborted();
      if (this.#deadline.remainingMs() <= 0) throw this.#deadline.error(this.lastFailure);
      const decision = this.#presentDecision();
      const candidate = this.#nextCandidate(decision);
      if (candidate === null) {
        if (await this.#waitForCooling(decision)) continue;
        throw this.#nobodyLeft(decision);
      }
      const config = this.#config(candidate.provider);
      const admitted = this.#admit(candidate, config);
      if (!admitted.admitted) {
        this.#out.set(config.name, admitted.reason);
        if (this.#isCooling(config.name)) this.#resting.add(config.name);
        if (admitted.ramping) this.#ramping.push(candidate);
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
    const byCallersLimit =
      failure.class === 'timeout' && failure.phase === 'total' && run.input.limits.totalMs < config.timeouts.totalMs;
    // A model that only the caller named and nobody has says nothing of the provider.
    const ownModel = config.model ?? run.input.provider.discoveredModel();
    const callersModel = failure.class === 'model_missing' && run.input.model !== ownModel;
    admission.report({
      ok: false,
      class: failure.class,
      // Health keeps it with the provider, whose name it need not repeat.
      message: failure.message.replace(`${config.name}: `, ''),
      retryAfterMs: failure.retryAfterMs,
      countsAgainstHealth: rule.countsAgainstHealth && !byCallersLimit && !failure.staleSocket && !callersModel,
    });
    if (byCallersLimit) throw stoppingError(failure, this.decision);
    // A refusal of content is the caller's answer at any time; other refusals may be due to how a continuation was asked.
    const final = rule.nextCandidate === 'no' && (!this.#brokenOff || failure.class === 'content_filtered');
    if (final) throw stoppingError(failure, this.decision);
    const brokeOffItself = this.#brokenOff !== null && run.firstTokenMs !== null;
    if (!brokeOffItself && (await this.#retryHere(config, failure))) return;
    this.#out.set(config.name, failure.message);
    const tries = this.#tries.get(config.name);
    if (tries && failure.class === 'rate_limited' && tries.retries < config.retry.maxRetries) {
      tries.retries += 1;
      this.#resting.add(config.name);
    }
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
    const question = { ...this.#question, counted: this.attempts.length > 0 };
    return decideFor(this.#rooms, question, this.#out);
  }

  #presentDecision(): Decision {
    const first = this.attempts.length === 0 && this.#out.size === 0;
    return first ? this.#decision : this.#decide();
  }

  #nextCandidate(decision: Decision): Candidate | null {
    const askAgain = this.#askAgain;
    this.#askAgain = null;
    const open = decision.candidates.filter(
      (candidate) =>
        candidate.eligible &&
        !this.#out.has(candidate.provider) &&
        !this.#turnedAway.has(candidate.provider) &&
        this.#windowFits(candidate),
    );
    const chosen = open.find((candidate) => candidate.provider === askAgain) ?? open[0];
    if (chosen) return chosen;
    // A share is for sparing a provider that came back where another can serve; nobody is turned away for it.
    const spared = this.#ramping.shift();
    if (!spared) return null;
    this.#out.delete(spared.provider);
    this.#unspared.add(spared.provider);
    return spared;
  }

  /** Whether the request has waited for a provider that asked to be left alone for a moment, as nobody else can serve. */
  async #waitForCooling(decision: Decision): Promise<boolean> {
    const { clock } = this.#rooms;
    const out = new Map([...this.#out].filter(([name]) => !this.#resting.has(name)));
    const cooling = briefCooling(this.#rooms, this.#question, decision, out);
    if (!cooling) return false;
    this.#coolingSince ??= clock.monotonic();
    const end = clock.monotonic() - this.#coolingSince + cooling.waitMs;
    if (end > cooling.mostMs || cooling.waitMs >= this.#deadline.remainingMs()) return false;
    await clock.sleep(cooling.waitMs, this.#signal);
    this.queuedMs += cooling.waitMs;
    this.#cooledMs += cooling.waitMs;
    for (const name of this.#resting) this.#out.delete(name);
    this.#resting.clear();
    // What nobody could serve a moment ago is explained as it is now.
    if (this.#decision.provider === null) this.#decision = this.#decide();
    return true;
  }

  #nobodyLeft(decision: Decision): GatewayError {
    if (this.#brokenOff) return stoppingError(this.#brokenOff, this.decision);
    const [limited] = [...this.#turnedAway].toSorted(([, one], [, other]) => returnOf(one) - returnOf(other));
    if (limited && !this.lastFailure) return this.#overBudget ?? limitError(...limited);
    const left = withoutRefused(withoutThose(decision, this.#out), this.#turnedAway);
    return this.#overBudget ?? noCandidateError(this.#rooms, left, this.lastFailure);
  }

  #isCooling(provider: string): boolean {
    const { health, clock } = this.#rooms;
    return (health.standing(provider).breaker.cooling_until ?? 0) > clock.now();
  }

  #windowFits(candidate: Candidate): boolean {
    if (this.#minimumWindow === 0) return true;
    return this.#rooms.provider(candidate.provider).capabilities(candidate.model).contextWindow > this.#minimumWindow;
  }

  /**
   * Whoever is forced, by somebody or by the registry, is asked although its breaker is open: the outcome is theirs to see.
   * When it has itself asked to be left alone, that wish holds for them too.
   */
  #admit(candidate: Candidate, config: ProviderConfig): AdmissionResult {
    const { health, random, registry } = this.#rooms;
    const result = health.admit(config.name, this.#unspared.has(config.name) ? 0 : random());
    if (result.admitted) return result;
    const standing = health.standing(config.name);
    const forced = this.decision.rule === 'forced_by_request' || this.decision.rule === 'forced_by_operator';
    const insisted = forced
      ? candidate.provider === this.decision.provider
      : ignoresHealth(config.name, registry(), standing);
    if (!insisted || this.#isCooling(config.name)) return result;
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
    const outputTokens = outputTokensOf(request, this.#question.options.effort, provider(config.name), model);
    const estimate = estimateCost(model, inputTokens, outputTokens, {
      adapter: config.adapter,
      deployment: config.deployment,
      pricing: config.pricing,
      at: clock.now(),
    });
    let result;
    try {
      const demand = {
        provider: config.name,
        callSite: this.decision.call_site,
        counted: this.attempts.length > 0,
        estimatedTokens: inputTokens + outputTokens,
        estimatedCostMicroUsd: estimate.costMicroUsd,
        pricingUnknown: estimate.pricingUnknown,
      };
      result = await this.#deadline.within(this.#signal, this.lastFailure, (signal) =>
        quota.reserveOrWait(demand, signal),
      );
    } catch (error) {
      admission.withdraw();
      throw error;
    }
    const queuedMs = result.queuedMs + this.#cooledMs;
    this.queuedMs += result.queuedMs;
    this.#cooledMs = 0;
    if (!result.ok) {
      admission.withdraw();
      // A queue that spills over trades cost for latency; any other limit must not open the way to a dearer provider.
      if (result.code === 'busy') this.#out.set(config.name, result.reason);
      else this.#turnedAway.set(config.name, result);
      // The call site's own limit holds whoever is asked; only spending may be less with another provider.
      if (result.callSite !== undefined && result.limit !== 'usd_per_day') throw limitError(config.name, result);
      if (result.code === 'budget_exhausted') this.#overBudget ??= limitError(config.name, result);
      if (result.code === 'busy' && !this.#spillsOver()) {
        throw noCandidateError(
          this.#rooms,
          withBusy(this.decision, config.name, result.reason),
          null,
          result.retryAfterMs,
        );
      }
      return null;
    }
    if (!this.#tries.has(config.name))
      this.#tries.set(config.name, { since: clock.monotonic(), retries: 0, reconnected: false });
    return new AttemptRun(
      {
        index: this.attempts.length,
        config,
        provider: provider(config.name),
        model,
        request: resume ? resume(config.name, provider(config.name).capabilities(model)) : request,
        effort: this.#question.options.effort,
        limits: this.#deadline.cut(config.timeouts),
        signal: this.#signal,
        requestId: this.#question.id,
        ...attemptTraceHeaders(this.#question, this.attempts.length),
        headers: this.#question.headers ?? {},
        retry: this.attempts.some((attempt) => attempt.provider === config.name),
        resume: resume !== null,
        reservation: result.reservation,
        queuedMs,
      },
      this.#rooms.attempt,
    );
  }

  /** Whether a full queue moves on to a paid provider. */
  #spillsOver(): boolean {
    return tradesCostForLatency(this.#rooms.registry(), this.decision.call_site);
  }

  /**
   * Whether the same provider is asked again, after waiting as the table says. Retries have a budget in time too: a route
   * that has not begun to answer within its first-token limit, retries included, is left.
   */
  async #retryHere(config: ProviderConfig, failure: Failure): Promise<boolean> {
    const { clock, random } = this.#rooms;
    const tries = this.#tries.get(config.name);
    if (!tries) return false;
    if (failure.staleSocket && !tries.reconnected) {
      tries.reconnected = true;
      this.#askAgain = config.name;
      return true;
    }
    const delay = retryDelayMs({
      rule: FAILURE_TABLE[failure.class].retryHere,
      retry: config.retry,
      retriesDone: tries.retries,
      retryAfterMs: failure.retryAfterMs,
      draw: random(),
    });
    if (delay === null || delay >= this.#deadline.remainingMs()) return false;
    if (clock.monotonic() - tries.since + delay >= config.timeouts.firstTokenMs) return false;
    tries.retries += 1;
    await clock.sleep(delay, this.#signal);
    if (!this.#stillEligible(config.name)) return false;
    this.#askAgain = config.name;
    return true;
  }

  /** A retry is for a provider that others may still use; once the breaker or a probe has ruled it out, move on. */
  #stillEligible(provider: string): boolean {
    return this.#decide().candidates.some((candidate) => candidate.provider === provider && candidate.eligible);
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

  /** The fallback that being served by `provider` is; null when it is none. */
  fallbackTo(provider: string): FallbackNotice | null {
    return fallbackNotice({
      at: this.#rooms.clock.now(),
      requestId: this.#question.id,
      decision: this.decision,
      attempts: this.attempts,
      out: this.notAsked,
      provider,
    });
  }

  /** Provider → why it is not asked (again), our own limits included. */
  get notAsked(): Map<string, string> {
    return new Map([...this.#out, ...[...this.#turnedAway].map(([name, { reason }]) => [name, reason] as const)]);
  }
}

/** When a limit has room again, in milliseconds; never where the request alone is more than it. */
function returnOf({ retryAfterMs }: Refusal): number {
  return retryAfterMs ?? Infinity;
}

/** For a provider that is asked despite its open breaker. */
const UNOBSERVED: Admission = { trial: false, report: () => undefined, withdraw: () => undefined };
