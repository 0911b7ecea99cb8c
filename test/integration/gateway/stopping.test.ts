import { Agent, request } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;

beforeEach(async () => {
  pair = await startPair();
});

afterEach(async () => {
  await pair.stop();
});

/** Longer than any of these tests: whoever waits for it is told of by the test's own limit. */
const FOREVER_MS = 600_000;

const ask = { model: 'auto', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Count. [[count:30]]' }] };

async function start(stopGraceMs: number, dataDirectory?: string): Promise<TestEngine> {
  const options = { environment: pair.environment, stopGraceMs, ...(dataDirectory !== undefined && { dataDirectory }) };
  return await startTestEngine(pair.registry(), options);
}

describe('a gateway that stops', () => {
  it('waits for the last answer and no longer, though its caller keeps the connection', async () => {
    const engine = await start(FOREVER_MS);
    pair.kimi.faults.set([{ kind: 'slow_first_token', delay_ms: 300 }]);
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<number>((resolve, reject) => {
      const sent = request(
        `${engine.gatewayUrl}/v1/chat/completions`,
        { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode ?? 0));
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify(ask));
    });
    await eventually(() => pair.kimi.stats().running === 1);
    const stopped = engine.stop();
    expect(await answered).toBe(200);
    await stopped;
    agent.destroy();
  });

  it.each(['openai', 'anthropic'] as const)(
    'tells whoever is not finished in time why the answer ends, in their dialect: %s',
    async (dialect) => {
      const directory = mkdtempSync(join(tmpdir(), 'switchyard-stopping-'));
      const engine = await start(50, directory);
      pair.kimi.faults.set([{ kind: 'stall', after_tokens: 3 }]);
      const stream =
        dialect === 'openai'
          ? await new OpenAI({
              baseURL: `${engine.gatewayUrl}/v1`,
              apiKey: 'none',
              maxRetries: 0,
            }).chat.completions.create({ ...ask, stream: true })
          : await new Anthropic({ baseURL: engine.gatewayUrl, apiKey: 'none', maxRetries: 0 }).messages.create({
              ...ask,
              stream: true,
            });
      const read = (async () => {
        for await (const _event of stream);
      })();
      await eventually(() => pair.kimi.stats().running === 1);
      const [failure] = await Promise.all([read.then(() => null, String), engine.stop({ keepData: true })]);
      expect(failure).toContain('Switchyard was stopped before the answer was whole');

      const again = await start(50, directory);
      const [row] = (await again.api.listRequests({ limit: 1 })).requests;
      expect(row).toMatchObject({ status: 'error' });
      expect(row?.error_message).toContain('was stopped');
      await again.stop();
    },
  );
});
