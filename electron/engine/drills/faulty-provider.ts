import type { DrillFault } from '../../../shared/domain/drills.ts';
import type { Clock } from '../clock.ts';
import { ProviderFailure } from '../providers/types.ts';
import type { Failure, ProbeResult, Provider, ProviderCall } from '../providers/types.ts';

/** What a call meets instead of the provider, or before it. */
interface InjectedFault {
  drill: number;
  fault: DrillFault;
  /** Milliseconds; of `slow` alone. */
  delayMs: number;
}

/** Asked once for every call that leaves; null lets it pass untouched. */
export type FaultSource = (provider: string, call: 'request' | 'probe') => InjectedFault | null;

/**
 * The provider as its callers see it while a drill runs: the fault stands where the network would, so that limits,
 * classification, health and failover meet what they would meet in earnest.
 */
export function withFaults(provider: Provider, faultFor: FaultSource, clock: Clock): Provider {
  const { name } = provider;
  const meet = async <Call extends Pick<ProviderCall, 'limits' | 'signal'>>(call: Call) => {
    const fault = faultFor(name, 'request');
    if (fault === null) return { call, waitedMs: 0 };
    if (fault.fault !== 'slow') throw new ProviderFailure(failureOf(name, fault));
    return await holdBack(name, fault, call, clock);
  };
  return {
    name,
    adapter: provider.adapter,
    dialect: provider.dialect,
    capabilities: (model) => provider.capabilities(model),
    availability: () => provider.availability(),
    discoveredModel: () => provider.discoveredModel(),
    effortToParams: (effort, model) => provider.effortToParams(effort, model),
    estimateTokens: (request) => provider.estimateTokens(request),
    async generate(original) {
      const { call, waitedMs } = await meet(original);
      return later(await provider.generate(call), waitedMs);
    },
    async stream(original) {
      const { call, waitedMs } = await meet(original);
      return later(await provider.stream(call), waitedMs);
    },
    async embed(original) {
      const { call, waitedMs } = await meet(original);
      return later(await provider.embed(call), waitedMs);
    },
    countTokens: provider.countTokens === null ? null : (call) => provider.countTokens?.(call) ?? Promise.resolve(0),
    async probe(signal) {
      const fault = faultFor(name, 'probe');
      if (fault === null) return await provider.probe(signal);
      if (fault.fault !== 'slow') return failedProbe(provider, failureOf(name, fault));
      const startedAt = clock.monotonic();
      try {
        await clock.sleep(fault.delayMs, signal);
      } catch {
        return failedProbe(provider, timeoutOf(name, fault), clock.monotonic() - startedAt);
      }
      const result = await provider.probe(signal);
      return { ...result, latencyMs: clock.monotonic() - startedAt };
    },
    scrapeLoad: provider.scrapeLoad,
    close: () => provider.close(),
  };
}

/** Waits in the provider's place; what is left of the limits is what it then has. */
async function holdBack<Call extends Pick<ProviderCall, 'limits' | 'signal'>>(
  name: string,
  fault: InjectedFault,
  call: Call,
  clock: Clock,
): Promise<{ call: Call; waitedMs: number }> {
  const { limits, signal } = call;
  const limitMs = Math.min(limits.firstTokenMs, limits.totalMs);
  const waitedMs = Math.min(fault.delayMs, limitMs);
  try {
    await clock.sleep(waitedMs, signal);
  } catch {
    // The provider itself says how a call ends whose caller has left.
    return { call, waitedMs };
  }
  if (fault.delayMs >= limitMs) throw new ProviderFailure(timeoutOf(name, fault));
  return {
    call: {
      ...call,
      limits: { ...limits, firstTokenMs: limits.firstTokenMs - waitedMs, totalMs: limits.totalMs - waitedMs },
    },
    waitedMs,
  };
}

function later<Result extends { timings: { headersMs: number } }>(result: Result, waitedMs: number): Result {
  if (waitedMs === 0) return result;
  return { ...result, timings: { ...result.timings, headersMs: result.timings.headersMs + waitedMs } };
}

function failureOf(name: string, { drill, fault }: InjectedFault): Failure {
  const refused = fault === 'refuse';
  return {
    class: refused ? 'unreachable' : 'server_error',
    message: refused ? `${name} refused the connection (drill ${drill}).` : `${name} answered 500 (drill ${drill}).`,
    httpStatus: refused ? null : 500,
    phase: null,
    retryAfterMs: null,
    body: null,
    staleSocket: false,
  };
}

function timeoutOf(name: string, { drill }: InjectedFault): Failure {
  return {
    class: 'timeout',
    message: `${name} sent no token in time (drill ${drill}).`,
    httpStatus: null,
    phase: 'first_token',
    retryAfterMs: null,
    body: null,
    staleSocket: false,
  };
}

function failedProbe(provider: Provider, failure: Failure, latencyMs = 0): ProbeResult {
  const selfHosted = provider.adapter === 'vllm' || provider.adapter === 'openai-compatible';
  return {
    ok: false,
    kind: selfHosted ? 'health_endpoint' : 'model_list',
    latencyMs,
    reason: failure.message.replace(/\.$/, ''),
    failureClass: failure.class,
    models: null,
    usage: null,
  };
}
