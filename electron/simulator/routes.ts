import { z } from 'zod';
import { readAnthropicRequest } from './anthropic-request.ts';
import type { Exchange } from './exchange.ts';
import { faultSchema, type Misfortune } from './faults.ts';
import { send, serveInference } from './inference.ts';
import { parseObject, textOf, type JsonObject } from './json.ts';
import { readOpenAiRequest } from './openai-request.ts';
import type { ProviderState } from './provider-state.ts';
import { countMessageTokens, describeModel, embed, listModels, renderMetrics, tokenize } from './side-endpoints.ts';
import { Rejected, renderRejection } from './vendor-errors.ts';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const controlSchema = z.object({ faults: z.array(faultSchema) });

/** Serves one exchange, whatever comes of it. */
export async function route(exchange: Exchange, state: ProviderState): Promise<void> {
  try {
    if (state.options.control && exchange.path === '/__faults') await serveControl(exchange, state);
    else await serve(exchange, state);
  } catch (error) {
    if (exchange.response.headersSent || exchange.signal.aborted) return;
    if (!(error instanceof Rejected)) throw error;
    send(exchange, state, renderRejection(state.vendor, error.reason, error.detail));
  }
}

async function serve(exchange: Exchange, state: ProviderState): Promise<void> {
  const { vendor } = state;
  const { path } = exchange;
  const post = exchange.request.method === 'POST';
  if (vendor === 'vllm' && serveOperations(exchange, state)) return;
  checkKey(exchange, state);
  if (post && path === '/v1/chat/completions' && vendor !== 'anthropic') {
    const { body, misfortune } = await beginInference(exchange, state);
    return serveInference(exchange, state, misfortune, (model) =>
      readOpenAiRequest(body, vendor, model?.thinking ?? false),
    );
  }
  if (post && path === '/v1/messages' && vendor === 'anthropic') {
    const { body, misfortune } = await beginInference(exchange, state);
    return serveInference(exchange, state, misfortune, (model) =>
      readAnthropicRequest(body, { acceptsPrefill: model?.acceptsPrefill ?? true }),
    );
  }
  return serveRest(exchange, state);
}

/** vLLM's endpoints beside `/v1`, which ask for no key. True when the exchange is over. */
function serveOperations(exchange: Exchange, state: ProviderState): boolean {
  const { path } = exchange;
  if (path.startsWith('/v1/') || exchange.request.method !== 'GET') return false;
  if (path !== '/health' && path !== '/ping' && path !== '/metrics' && path !== '/version' && path !== '/load')
    return false;
  const { fault } = state.faults.strike({
    path: 'health',
    model: null,
    streamed: false,
    reusedSocket: exchange.reusedSocket,
  });
  exchange.entry.fault = fault?.kind ?? null;
  if (fault?.kind === 'loading') {
    exchange.sendText(503, '', {});
  } else if (path === '/health' || path === '/ping') {
    exchange.sendText(fault?.kind === 'health' ? fault.status : 200, '', {});
  } else if (path === '/metrics') {
    exchange.sendText(200, renderMetrics(state), { 'content-type': METRICS_TYPE });
  } else if (path === '/version') {
    exchange.sendJson(200, { version: '0.11.0-simulated' });
  } else {
    exchange.sendJson(200, { server_load: state.batch.running + state.batch.waiting });
  }
  return true;
}

/** Turns away a call without the right key, as the vendor does. */
function checkKey(exchange: Exchange, state: ProviderState): void {
  const { headers } = exchange.request;
  const anthropic = state.vendor === 'anthropic';
  const wanted = state.options.apiKey;
  if (wanted !== undefined && wanted !== null) {
    const bearer = headers.authorization?.replace(/^Bearer /i, '');
    const given = anthropic ? (headers['x-api-key'] ?? bearer) : bearer;
    if (given !== wanted) throw new Rejected('unauthorized');
  }
  if (anthropic && headers['anthropic-version'] === undefined) {
    throw new Rejected('invalid_request', { message: 'anthropic-version: header is required' });
  }
}

async function readJson(exchange: Exchange): Promise<JsonObject> {
  const text = await exchange.readBody();
  if (text === null) throw new Rejected('too_large');
  const body = parseObject(text);
  if (body === null) throw new Rejected('invalid_request', { message: 'The body is not a JSON object.' });
  exchange.entry.body = body;
  return body;
}

async function beginInference(
  exchange: Exchange,
  state: ProviderState,
): Promise<{ body: JsonObject; misfortune: Misfortune }> {
  const body = await readJson(exchange);
  const misfortune = state.faults.strike({
    path: 'inference',
    model: textOf(body.model),
    streamed: body.stream === true,
    reusedSocket: exchange.reusedSocket,
  });
  exchange.entry.fault = misfortune.fault?.kind ?? null;
  return { body, misfortune };
}

async function serveRest(exchange: Exchange, state: ProviderState): Promise<void> {
  const { path } = exchange;
  const call = `${exchange.request.method ?? 'GET'} ${path}`;
  if (path === '/v1/models' || path.startsWith('/v1/models/')) return serveModels(exchange, state);
  if (call === 'POST /v1/embeddings' && state.vendor !== 'anthropic') {
    const { body, misfortune } = await beginInference(exchange, state);
    const { fault } = misfortune;
    if (fault?.kind === 'rate_limited')
      throw new Rejected('rate_limited', { retryAfterSeconds: fault.retry_after_seconds });
    if (fault) throw new Rejected('server_error');
    return exchange.sendJson(200, embed(body, state));
  }
  if (call === 'POST /tokenize' && state.vendor === 'vllm')
    return exchange.sendJson(200, tokenize(await readJson(exchange), state));
  if (call === 'POST /v1/messages/count_tokens' && state.vendor === 'anthropic') {
    return exchange.sendJson(200, countMessageTokens(await readJson(exchange), state));
  }
  throw new Rejected('not_found', { message: `Invalid URL (${call})` });
}

function serveModels(exchange: Exchange, state: ProviderState): void {
  const { fault } = state.faults.strike({
    path: 'list',
    model: null,
    streamed: false,
    reusedSocket: exchange.reusedSocket,
  });
  exchange.entry.fault = fault?.kind ?? null;
  if (fault?.kind === 'loading')
    return send(exchange, state, { ...renderRejection(state.vendor, 'loading'), status: 503 });
  if (fault?.kind === 'wrong_key') throw new Rejected('unauthorized');
  const hidden = fault?.kind === 'model_missing' ? (fault.match?.model ?? 'all') : null;
  const models = state.options.models.filter((model) => hidden === null || (hidden !== 'all' && model.id !== hidden));
  if (exchange.path === '/v1/models') return exchange.sendJson(200, listModels(models, state));
  const id = decodeURIComponent(exchange.path.slice('/v1/models/'.length));
  const model = models.find((candidate) => candidate.id === id);
  if (!model) throw new Rejected('model_missing', { model: id });
  return exchange.sendJson(200, describeModel(model, state));
}

/** `GET`, `PUT` `{faults:[…]}` and `DELETE` of the faults over HTTP. */
async function serveControl(exchange: Exchange, state: ProviderState): Promise<void> {
  const { method } = exchange.request;
  if (method === 'PUT' || method === 'POST') {
    const parsed = controlSchema.safeParse(await readJson(exchange));
    if (!parsed.success) return exchange.sendJson(400, { error: z.prettifyError(parsed.error) });
    state.faults.set(parsed.data.faults);
  } else if (method === 'DELETE') {
    state.faults.clear();
  }
  return exchange.sendJson(200, {
    faults: state.faults.list().map((fault): JsonObject => JSON.parse(JSON.stringify(fault))),
  });
}
