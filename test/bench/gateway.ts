import { request } from 'undici';
import { ownCpuMicros, withNetwork } from './network.ts';
import type { Network } from './network.ts';
import { alternate } from './rounds.ts';
import type { Benchmark } from './types.ts';
import { question, WHOLE_ANSWER } from './wire.ts';

const CONCURRENCY = 32;
const ROUND_MS = 800;
const ROUNDS = 5;

const BODY = question(false);
const HEADERS = { 'content-type': 'application/json' };
const ANSWER_TEXT = (JSON.parse(WHOLE_ANSWER) as { choices: { message: { content: string } }[] }).choices[0]?.message
  .content;

/** Asks once and reads the whole answer. Throws for any but the upstream's. */
async function ask(url: URL, { agent }: Network): Promise<void> {
  const { statusCode, body } = await request(url, { dispatcher: agent, method: 'POST', headers: HEADERS, body: BODY });
  const text = await body.text();
  if (statusCode === 200 && text.includes(ANSWER_TEXT ?? '')) return;
  throw new Error(`${url.origin} answered ${statusCode}: ${text.slice(0, 200)}`);
}

/** Callers that ask one request after the other for a while; answers their rate and the processor time of each. */
async function load(base: string, network: Network, cpuMicros: () => Promise<number>) {
  const url = new URL('/v1/chat/completions', base);
  const cpuBefore = await cpuMicros();
  const startedAt = performance.now();
  let answered = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < ROUND_MS) {
      await ask(url, network);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, caller));
  const elapsedMs = performance.now() - startedAt;
  return { rate: (answered * 1000) / elapsedMs, cpu: ((await cpuMicros()) - cpuBefore) / answered };
}

export const gateway: Benchmark = {
  name: 'gateway',
  question: `What does a small whole answer cost in the gateway's process, with ${CONCURRENCY} callers at once?`,
  baseline: "the same upstream asked directly with undici; CPU is the caller's process there",
  async run(directory) {
    const { subject, baseline } = await withNetwork(directory, (network) =>
      alternate(ROUNDS, {
        subject: () => load(network.gateway.url, network, () => network.gateway.cpuMicros()),
        baseline: () => load(network.upstream.url, network, ownCpuMicros),
      }),
    );
    return [
      {
        what: 'CPU a request',
        unit: 'µs',
        better: 'lower',
        subject: subject.cpu,
        baseline: baseline.cpu,
        limit: 20,
      },
      {
        what: 'requests',
        unit: '/s',
        better: 'higher',
        subject: subject.rate,
        baseline: baseline.rate,
        limit: 20,
      },
    ];
  },
};
