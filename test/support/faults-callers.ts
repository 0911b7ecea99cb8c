import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { Dialect } from '../../electron/engine/dialects/types.ts';

/** What one caller got of one request. */
interface CallerAnswer {
  text: string;
  /** The dialect's own finish or stop reason. */
  finish: string | null;
  headers: Headers;
  usage: { input: number; output: number } | null;
}

/** One way of calling the gateway: an official SDK, asking for a whole answer or for a stream. */
export interface Caller {
  dialect: Dialect;
  streamed: boolean;
  /** The finish reason of an answer that is whole. */
  whole: string;
  /** The finish reason of an answer that a content filter ended. */
  filtered: string;
  /** Throws the SDK's own exception. */
  ask(prompt: string, options?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<CallerAnswer>;
}

/** The four ways of calling, for `describe.each`. */
export const CALLS = [
  { dialect: 'openai', streamed: false },
  { dialect: 'openai', streamed: true },
  { dialect: 'anthropic', streamed: false },
  { dialect: 'anthropic', streamed: true },
] as const satisfies readonly { dialect: Dialect; streamed: boolean }[];

export function openAiClient(gatewayUrl: string): OpenAI {
  return new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: 'unused', maxRetries: 0 });
}

export function anthropicClient(gatewayUrl: string): Anthropic {
  return new Anthropic({ baseURL: gatewayUrl, apiKey: 'unused', maxRetries: 0 });
}

/** A caller with an SDK that retries nothing by itself, so that what is counted is the gateway's doing. */
export function createCaller(gatewayUrl: string, { dialect, streamed }: (typeof CALLS)[number]): Caller {
  if (dialect === 'openai') {
    const client = openAiClient(gatewayUrl);
    return {
      dialect,
      streamed,
      whole: 'stop',
      filtered: 'content_filter',
      ask: streamed
        ? (prompt, options) => askOpenAiStream(client, prompt, options)
        : (prompt, options) => askOpenAi(client, prompt, options),
    };
  }
  const client = anthropicClient(gatewayUrl);
  return {
    dialect,
    streamed,
    whole: 'end_turn',
    filtered: 'refusal',
    ask: streamed
      ? (prompt, options) => askAnthropicStream(client, prompt, options)
      : (prompt, options) => askAnthropic(client, prompt, options),
  };
}

/** The HTTP status and the code of a thrown SDK exception, and its class; throws what is none of theirs. */
export function errorFacts(error: unknown): { status: number | undefined; name: string; text: string } {
  if (error instanceof OpenAI.APIError || error instanceof Anthropic.APIError) {
    return { status: error.status, name: error.constructor.name, text: JSON.stringify(error.error) + error.message };
  }
  throw error;
}

/** The error of a request that is expected to fail. */
export async function failureOf(answer: Promise<unknown>): Promise<unknown> {
  const outcome = await answer.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (outcome === null) throw new Error('The request was expected to fail, and was answered.');
  return outcome.error;
}

type AskOptions = Parameters<Caller['ask']>[1];

function openAiBody(prompt: string) {
  return { model: 'auto', messages: [{ role: 'user' as const, content: prompt }] };
}

function anthropicBody(prompt: string) {
  return { ...openAiBody(prompt), max_tokens: 1000 };
}

async function askOpenAi(client: OpenAI, prompt: string, options: AskOptions): Promise<CallerAnswer> {
  const { data, response } = await client.chat.completions.create(openAiBody(prompt), options).withResponse();
  const [choice] = data.choices;
  return {
    text: choice?.message.content ?? '',
    finish: choice?.finish_reason ?? null,
    headers: response.headers,
    usage: data.usage ? { input: data.usage.prompt_tokens, output: data.usage.completion_tokens } : null,
  };
}

async function askOpenAiStream(client: OpenAI, prompt: string, options: AskOptions): Promise<CallerAnswer> {
  const { data, response } = await client.chat.completions
    .create({ ...openAiBody(prompt), stream: true, stream_options: { include_usage: true } }, options)
    .withResponse();
  const answer: CallerAnswer = { text: '', finish: null, headers: response.headers, usage: null };
  const ids = new Set<string>();
  for await (const chunk of data) {
    ids.add(chunk.id);
    answer.text += chunk.choices[0]?.delta.content ?? '';
    answer.finish = chunk.choices[0]?.finish_reason ?? answer.finish;
    if (chunk.usage) answer.usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens };
  }
  if (ids.size > 1) throw new Error(`One answer came under ${ids.size} ids.`);
  return answer;
}

async function askAnthropic(client: Anthropic, prompt: string, options: AskOptions): Promise<CallerAnswer> {
  const { data, response } = await client.messages.create(anthropicBody(prompt), options).withResponse();
  return { ...readMessage(data), headers: response.headers };
}

async function askAnthropicStream(client: Anthropic, prompt: string, options: AskOptions): Promise<CallerAnswer> {
  const { data, response } = await client.messages.stream(anthropicBody(prompt), options).withResponse();
  return { ...readMessage(await data.finalMessage()), headers: response.headers };
}

function readMessage(message: Anthropic.Message): Omit<CallerAnswer, 'headers'> {
  return {
    text: message.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    finish: message.stop_reason,
    usage: { input: message.usage.input_tokens, output: message.usage.output_tokens },
  };
}
