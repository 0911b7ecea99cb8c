import { createParser } from 'eventsource-parser';
import { Agent, request } from 'undici';
import type { Dialect } from '../../electron/engine/dialects/types.ts';

/** How a stream ended: with a finish reason, with an error in its own dialect, or with neither of them. */
export interface StreamEnd {
  text: string;
  finish: string | null;
  error: string | null;
}

/** A client of many streams at once: as little code between socket and text as can be, one connection a stream. */
export interface StreamClient {
  read(dialect: Dialect, prompt: string): Promise<StreamEnd>;
  close(): Promise<void>;
}

export function createStreamClient(gatewayUrl: string): StreamClient {
  const dispatcher = new Agent({ connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async read(dialect, prompt) {
      const { body, statusCode } = await request(`${gatewayUrl}${PATHS[dialect]}`, {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'auto',
          messages: [{ role: 'user', content: prompt }],
          max_tokens: 1000,
          stream: true,
        }),
      });
      if (statusCode !== 200) return { text: '', finish: null, error: await body.text() };
      return await gather(dialect, body);
    },
    close: () => dispatcher.close(),
  };
}

const PATHS: Record<Dialect, string> = { openai: '/v1/chat/completions', anthropic: '/v1/messages' };

/** The few fields of both dialects' frames that tell how a stream goes. */
interface Frame {
  choices?: { delta?: { content?: string }; finish_reason?: string | null }[];
  delta?: { text?: string; stop_reason?: string | null };
  error?: { message?: string };
}

async function gather(dialect: Dialect, body: AsyncIterable<Buffer>): Promise<StreamEnd> {
  const end: StreamEnd = { text: '', finish: null, error: null };
  let closed = false;
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') {
        closed = true;
        return;
      }
      const frame = JSON.parse(data) as Frame & { type?: string };
      if (frame.error) end.error = frame.error.message ?? 'error';
      if (frame.type === 'message_stop') closed = true;
      const [choice] = frame.choices ?? [];
      end.text += choice?.delta?.content ?? frame.delta?.text ?? '';
      end.finish = choice?.finish_reason ?? frame.delta?.stop_reason ?? end.finish;
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }));
  if (!closed && end.error === null) end.error = `The ${dialect} stream closed without its ending.`;
  return end;
}
