import { shorten } from '../../../shared/format/quote.ts';
import type { Clock } from '../clock.ts';
import { answerModelOf, listOf, objectOf, parseJson, textOf } from '../dialects/json.ts';
import { attemptTraceHeaders } from '../trace-context.ts';
import type { OwnRequest } from '../trace-context.ts';
import type { ProviderConfig } from '../registry/types.ts';
import type { Adapter } from './adapters/adapter.ts';
import { Attempt } from './attempt.ts';
import { classifyAnswer } from './classify.ts';
import { cancelled, malformed, timedOut } from './connection-failures.ts';
import type { Peer } from './connection-failures.ts';
import { listModels, sdkFailure, testRequest } from './sdk-probe.ts';
import { readText } from './transport.ts';
import type { Transport } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { Failure, ProbeKind, ProbeResult } from './types.ts';

/** Bytes of the largest probe answer read. */
const LARGEST_BODY = 4 * 1024 * 1024;

/** Models that a sentence names before it counts the others. */
const NAMES_SHOWN = 5;

export interface ProbeContext {
  config: ProviderConfig;
  adapter: Adapter;
  peer: Peer;
  transport: Transport;
  clock: Clock;
  key(): string | null;
  startOwnRequest?: (() => OwnRequest) | undefined;
}

type Finding = Pick<ProbeResult, 'kind' | 'reason' | 'models' | 'usage' | 'requestId'>;

/**
 * Asks whether a provider can serve. A self-hosted server must be healthy and list the configured model, since vLLM can
 * report healthy before it serves; an API must list its models under our key. Neither costs anything; only
 * `method: test_request` does. Never throws: what goes wrong is the result.
 */
export async function probe(signal: AbortSignal, context: ProbeContext): Promise<ProbeResult> {
  const startedAt = context.clock.monotonic();
  const progress: { kind: ProbeKind } = { kind: firstKind(context.config) };
  try {
    const finding = await find(signal, context, progress);
    return { ...finding, ok: true, latencyMs: context.clock.monotonic() - startedAt, failureClass: null };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return {
      ok: false,
      kind: progress.kind,
      latencyMs: context.clock.monotonic() - startedAt,
      reason: withoutName(error.failure, context.peer),
      failureClass: error.failure.class,
      models: null,
      usage: null,
    };
  }
}

function firstKind(config: ProviderConfig): ProbeKind {
  if (config.healthCheck.method === 'test_request') return 'test_request';
  return healthUrl(config) === null ? 'model_list' : 'health_endpoint';
}

async function find(signal: AbortSignal, context: ProbeContext, progress: { kind: ProbeKind }): Promise<Finding> {
  const { config } = context;
  if (config.healthCheck.method === 'test_request') return await findByTestRequest(signal, context);
  const url = healthUrl(config);
  if (url !== null) await get(url, null, signal, context);
  if (isSelfHosted(config)) {
    progress.kind = 'model_list';
    return await findServedModels(signal, context);
  }
  if (url !== null) return { kind: 'health_endpoint', reason: 'health endpoint answers', models: null, usage: null };
  const models = await withSdk(signal, context, (inner) => listModels({ ...inner, config, adapter: context.adapter }));
  return { kind: 'model_list', reason: `lists ${count(models)}`, models, usage: null };
}

function isSelfHosted(config: ProviderConfig): boolean {
  return config.adapter === 'vllm' || config.adapter === 'openai-compatible';
}

/** The configured endpoint, or vLLM's own. */
function healthUrl(config: ProviderConfig): URL | null {
  if (config.healthCheck.endpoint !== null) return new URL(config.healthCheck.endpoint);
  return config.adapter === 'vllm' ? new URL('/health', config.baseUrl) : null;
}

async function findServedModels(signal: AbortSignal, context: ProbeContext): Promise<Finding> {
  const { config, peer } = context;
  const text = await get(new URL(`${config.baseUrl}/models`), context.key(), signal, context);
  const data = objectOf(parseJson(text))?.['data'];
  if (!Array.isArray(data))
    throw new ProviderFailure(malformed(peer, 'the model list is not JSON of the expected shape'));
  const models = listOf(data).flatMap((item) => textOf(objectOf(item)?.['id']) ?? []);
  if (config.model !== null && !models.includes(config.model)) {
    const failure = malformed(peer, `the server does not list ${config.model}; it lists ${namesIn(models)}`);
    throw new ProviderFailure({ ...failure, class: 'model_missing' });
  }
  if (models.length === 0)
    throw new ProviderFailure({ ...malformed(peer, 'the server lists no model yet'), class: 'model_missing' });
  return { kind: 'model_list', reason: `serves ${config.model ?? models[0]}`, models, usage: null };
}

async function findByTestRequest(signal: AbortSignal, context: ProbeContext): Promise<Finding> {
  const { config, adapter } = context;
  const own = context.startOwnRequest?.();
  const usage = await withSdk(signal, context, async (inner) => {
    const sdk = { ...inner, config, adapter };
    const model = config.model ?? (await listModels(sdk))[0];
    if (model === undefined)
      throw new ProviderFailure({
        ...malformed(context.peer, 'the server lists no model yet'),
        class: 'model_missing',
      });
    return await testRequest(sdk, model, attemptTraceHeaders({ trace: own?.trace ?? null }, 0));
  });
  return { kind: 'test_request', reason: 'test request answered', models: null, usage, requestId: own?.requestId };
}

/** Runs a call of a vendor's client under the probe's time limit. */
async function withSdk<Result>(
  signal: AbortSignal,
  context: ProbeContext,
  run: (inner: { key: string | null; signal: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  const { peer, clock, config } = context;
  const key = context.key();
  const limit = new AbortController();
  const cancelTimer = clock.after(config.healthCheck.timeoutMs, () => limit.abort());
  try {
    return await run({ key, signal: AbortSignal.any([signal, limit.signal]) });
  } catch (error) {
    if (error instanceof ProviderFailure) throw error;
    if (signal.aborted) throw new ProviderFailure(cancelled(peer, null));
    if (limit.signal.aborted) throw new ProviderFailure(timedOut(peer, 'total', config.healthCheck.timeoutMs));
    throw new ProviderFailure(sdkFailure(error, peer, clock.now(), key));
  } finally {
    cancelTimer();
  }
}

async function get(url: URL, key: string | null, signal: AbortSignal, context: ProbeContext): Promise<string> {
  const { peer, clock, transport, config } = context;
  const headers = key === null ? {} : context.adapter.authentication(key);
  const attempt = new Attempt({ ...peer, host: url.host }, clock, signal);
  attempt.arm('total', config.healthCheck.timeoutMs);
  const answer = await transport.open(
    { method: 'GET', url, headers, body: null, connectMs: config.healthCheck.timeoutMs },
    attempt,
  );
  const text = await readText(answer, attempt, LARGEST_BODY);
  if (answer.status >= 200 && answer.status < 300) return text;
  const body = parseJson(text) ?? null;
  const failure = classifyAnswer({
    provider: peer.provider,
    status: answer.status,
    headers: answer.headers,
    body,
    now: clock.now(),
    secret: key,
  });
  throw new ProviderFailure({ ...failure, message: `${failure.message} from ${url.pathname}` });
}

/** The reason stands beside the provider's name wherever it is shown. */
function withoutName(failure: Failure, peer: Peer): string {
  const prefix = `${peer.provider}: `;
  return failure.message.startsWith(prefix) ? failure.message.slice(prefix.length) : failure.message;
}

/** The first of the names, as one line. */
function namesIn(models: readonly string[]): string {
  const shown = models.slice(0, NAMES_SHOWN).map((name) => shorten(answerModelOf(name)));
  const more = models.length - shown.length;
  return `${shown.join(', ') || 'nothing'}${more > 0 ? ` and ${more} more` : ''}`;
}

function count(models: readonly string[]): string {
  return models.length === 1 ? '1 model' : `${models.length} models`;
}
