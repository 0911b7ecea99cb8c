import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { ownCpuMicros, withNetwork } from './network.ts';
import type { Network } from './network.ts';
import { alternate } from './rounds.ts';
import { percentile } from './statistics.ts';
import type { Benchmark, Measure } from './types.ts';
import { FIRST_TOKEN_MS, question, STREAM_TOKENS, TOKEN } from './wire.ts';

const STREAMS = 200;
/** Between two streams' starts, milliseconds: all run together for a while, and the later begin beside running ones. */
const START_GAP_MS = 1;
const ROUNDS = 3;

const BODY = question(true);
const HEADERS = { 'content-type': 'application/json' };

/** Reads one stream to its end and answers the milliseconds to its first token. Throws for one that is not whole. */
async function readStream(url: URL, { agent }: Network): Promise<number> {
  const sentAt = performance.now();
  let firstTokenMs: number | null = null;
  let text = '';
  const { body } = await request(url, { dispatcher: agent, method: 'POST', headers: HEADERS, body: BODY });
  for await (const part of body) {
    text += String(part);
    if (firstTokenMs === null && text.includes(TOKEN)) firstTokenMs = performance.now() - sentAt;
  }
  const tokens = text.split(TOKEN).length - 1;
  if (firstTokenMs !== null && tokens === STREAM_TOKENS && text.includes('[DONE]')) return firstTokenMs;
  throw new Error(`${url.origin} sent ${tokens} of ${STREAM_TOKENS} tokens: ${text.slice(0, 200)}`);
}

async function readStreams(base: string, network: Network, cpuMicros: () => Promise<number>) {
  const url = new URL('/v1/chat/completions', base);
  const cpuBefore = await cpuMicros();
  const firstTokens = await Promise.all(
    Array.from({ length: STREAMS }, async (_, index) => {
      await sleep(index * START_GAP_MS);
      return readStream(url, network);
    }),
  );
  const cpu = ((await cpuMicros()) - cpuBefore) / (STREAMS * STREAM_TOKENS);
  return { p50: percentile(firstTokens, 0.5), p95: percentile(firstTokens, 0.95), cpu };
}

export const stream: Benchmark = {
  name: 'stream',
  question: `How much later comes the first token among ${STREAMS} concurrent streams of ${STREAM_TOKENS} tokens?`,
  baseline: `the same upstream, which thinks for ${FIRST_TOKEN_MS} ms, asked directly with undici; CPU is the caller's process there`,
  async run(directory) {
    const { subject, baseline } = await withNetwork(directory, (network) =>
      alternate(ROUNDS, {
        subject: () => readStreams(network.gateway.url, network, () => network.gateway.cpuMicros()),
        baseline: () => readStreams(network.upstream.url, network, ownCpuMicros),
      }),
    );
    const measure = (name: keyof typeof subject, what: string, unit: string, limit: number): Measure => ({
      what,
      unit,
      better: 'lower',
      subject: subject[name],
      baseline: baseline[name],
      limit,
    });
    return [
      measure('p50', 'first token p50', 'ms', 4),
      measure('p95', 'first token p95', 'ms', 5),
      measure('cpu', 'CPU a token', 'µs', 5),
    ];
  },
};
