import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAnthropicStreamReader } from '../../../electron/engine/dialects/anthropic/stream-reader.ts';
import { createOpenAiStreamReader } from '../../../electron/engine/dialects/openai/stream-reader.ts';
import type { Dialect, JsonObject } from '../../../electron/engine/dialects/types.ts';
import { Attempt } from '../../../electron/engine/providers/attempt.ts';
import { BodyQueue } from '../../../electron/engine/providers/body-queue.ts';
import { readStream } from '../../../electron/engine/providers/read-stream.ts';
import type { AttemptLimits } from '../../../electron/engine/providers/types.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { anthropicFrame, openAiFrame } from '../../support/providers-server.ts';

const LIMITS: AttemptLimits = { connectMs: 1000, firstTokenMs: 1000, idleMs: 1000, totalMs: 10_000 };
const HOUR_MS = 3_600_000;

/** A stream of which the test plays both the provider, who pushes, and the caller, who pulls. */
function startStream(dialect: Dialect = 'openai') {
  const clock = createManualClock();
  const attempt = new Attempt({ provider: 'kimi', host: 'kimi:80' }, clock, new AbortController().signal);
  const body = new BodyQueue({ pause: () => undefined, resume: () => undefined });
  attempt.onFailure((failure) => body.fail(failure));
  attempt.arm('total', LIMITS.totalMs);
  attempt.arm('first_token', LIMITS.firstTokenMs);
  const chunks = readStream({
    answer: { status: 200, headers: {}, headersMs: 0, next: () => body.next(), release: () => attempt.end() },
    attempt,
    reader: dialect === 'openai' ? createOpenAiStreamReader({ reasoningOnTop: false }) : createAnthropicStreamReader(),
    limits: LIMITS,
    clock,
    secret: null,
  });
  const send = (frame: string) => body.push(Buffer.from(frame));
  const say = (text: string, finish: string | null = null) => send(openAiFrame({ content: text }, finish));
  return { clock, chunks, send, say };
}

describe('the limits of a stream', () => {
  it('do not count what the caller takes to read', async () => {
    const { clock, chunks, say } = startStream();
    for (const word of ['One ', 'two ', 'three ']) {
      say(word);
      await chunks.next();
      clock.advance(HOUR_MS);
    }
    say('four', 'stop');
    const last = await chunks.next();
    expect(last.value?.events).toContainEqual(expect.objectContaining({ type: 'finish' }));
  });

  it.each([
    { limit: 'idle', silence: 1000, message: 'kimi: no further token for 1 s' },
    { limit: 'total', silence: 900, message: 'kimi: no whole answer within 10 s' },
  ])('count what the provider takes, before and after a slow reader: $limit', async ({ silence, message }) => {
    const { clock, chunks, say } = startStream();
    say('One ');
    await chunks.next();
    clock.advance(HOUR_MS);
    let ending: string | null = null;
    for (let turn = 0; turn < 20 && ending === null; turn += 1) {
      const reading = chunks.next().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      // By then the stream waits for the provider.
      await nextTurn();
      clock.advance(silence);
      say('more ');
      ending = await reading;
      clock.advance(HOUR_MS);
    }
    expect(ending).toBe(message);
  });

  const blockDelta = (delta: JsonObject) => anthropicFrame('content_block_delta', { index: 0, delta });

  it.each<{ what: string; dialect: Dialect; frames: string[]; piece: string }>([
    {
      what: 'what a vendor gives a tool of its own',
      dialect: 'anthropic',
      frames: [
        anthropicFrame('content_block_start', {
          index: 0,
          content_block: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'code_execution', input: {} },
        }),
      ],
      piece: blockDelta({ type: 'input_json_delta', partial_json: 'print(1)' }),
    },
    {
      what: 'the arguments of an old function call',
      dialect: 'openai',
      frames: [],
      piece: openAiFrame({ function_call: { arguments: '{"city"' } }),
    },
  ])('take $what for tokens, although nobody else could read it', async ({ dialect, frames, piece }) => {
    const { clock, chunks, send } = startStream(dialect);
    for (const frame of [...frames, ...Array.from({ length: 9 }, () => piece)]) {
      send(frame);
      await chunks.next();
      const next = chunks.next();
      await nextTurn();
      clock.advance(LIMITS.idleMs - 1);
      send(piece);
      await next;
    }
  });

  it.each<{ dialect: Dialect; piece: string }>([
    { dialect: 'anthropic', piece: anthropicFrame('ping', {}) },
    {
      dialect: 'anthropic',
      piece:
        anthropicFrame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
        blockDelta({ type: 'text_delta', text: '' }),
    },
    { dialect: 'openai', piece: openAiFrame({ role: 'assistant', content: '' }) },
  ])('take what holds nothing for no token: $dialect', async ({ dialect, piece }) => {
    const { clock, chunks, send } = startStream(dialect);
    send(piece);
    for (let frames = piece.match(/data:/g)?.length ?? 0; frames > 0; frames -= 1) await chunks.next();
    const next = chunks.next();
    await nextTurn();
    clock.advance(LIMITS.firstTokenMs);
    await expect(next).rejects.toThrow('no first token within 1 s');
  });
});
