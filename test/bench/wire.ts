/** What the benchmark's upstream serves and its callers expect. */
export const MODEL = 'canned-model';

export const STREAM_TOKENS = 60;

/** The text of a stream's token; the callers look for it. */
export const TOKEN = 'token ';

/** Milliseconds of the upstream before the first token and between two, as of a busy self-hosted server. */
export const FIRST_TOKEN_MS = 150;
export const TOKEN_GAP_MS = 20;

const USAGE = { prompt_tokens: 24, completion_tokens: STREAM_TOKENS, total_tokens: 24 + STREAM_TOKENS };

const WHOLE_TEXT = 'A breaker stops calls to what is known to fail.';

/** A small whole answer of a chat completion. */
export const WHOLE_ANSWER = JSON.stringify({
  id: 'chatcmpl-canned',
  object: 'chat.completion',
  created: 1_768_478_400,
  model: MODEL,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: WHOLE_TEXT },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
});

function chunk(choices: readonly object[], rest: object = {}): string {
  const data = {
    id: 'chatcmpl-canned',
    object: 'chat.completion.chunk',
    created: 1_768_478_400,
    model: MODEL,
    choices,
    ...rest,
  };
  return `data: ${JSON.stringify(data)}\n\n`;
}

const delta = (content: object, finish: string | null = null): string =>
  chunk([{ index: 0, delta: content, logprobs: null, finish_reason: finish }]);

/** The events of a streamed answer in the order in which they are written. */
export const STREAM_EVENTS = {
  opening: delta({ role: 'assistant', content: '' }),
  token: delta({ content: TOKEN }),
  closing: `${delta({}, 'stop')}${chunk([], { usage: USAGE })}data: [DONE]\n\n`,
} as const;

/** The whole answer as a stream, for a gateway that collects what its caller asked for whole: a word a token, at once. */
export const WHOLE_ANSWER_STREAMED = [
  STREAM_EVENTS.opening,
  ...WHOLE_TEXT.split(/(?<= )/).map((content) => delta({ content })),
  STREAM_EVENTS.closing,
].join('');

/** Marks a question whose answer the upstream gives without a pause, however it is asked for. */
export const WHOLE_ASKER = 'asks-whole';

/** A small question, as the callers send it. */
export function question(stream: boolean): string {
  return JSON.stringify({
    model: MODEL,
    messages: [{ role: 'user', content: 'What does a circuit breaker do?' }],
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : { user: WHOLE_ASKER }),
  });
}
