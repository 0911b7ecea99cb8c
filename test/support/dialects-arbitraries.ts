import fc from 'fast-check';
import type { AnswerPart, ChatAnswer, ChatEvent, JsonObject, JsonValue } from '../../electron/engine/dialects/types.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/);
/** Not of white space alone, which Anthropic has no words for. */
const prose = fc
  .string({ minLength: 1, maxLength: 40, unit: 'binary' })
  .filter((text) => text.isWellFormed() && text.trim() !== '');
const jsonObject = fc.dictionary(word, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
  maxKeys: 3,
}) as fc.Arbitrary<JsonObject>;

const textPart = prose.map((text): JsonObject => ({ type: 'text', text }));
const imagePart = fc
  .oneof(
    fc.constant('https://example.com/cat.png'),
    fc.base64String({ minLength: 4, maxLength: 16 }).map((data) => `data:image/jpeg;base64,${data}`),
  )
  .map((url): JsonObject => ({ type: 'image_url', image_url: { url } }));

const userContent: fc.Arbitrary<JsonValue> = fc.oneof(
  prose,
  fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 }),
);

interface ToolExchange {
  name: string;
  input: JsonObject;
  result: string;
}

const exchange: fc.Arbitrary<ToolExchange> = fc.record({ name: word, input: jsonObject, result: prose });

/** One turn of the user and what the assistant made of it, tool calls and their results included. */
const turn = fc.record({
  user: userContent,
  said: fc.option(prose),
  calls: fc.array(exchange, { maxLength: 3 }),
  conclusion: prose,
});

function toMessages(turns: { user: JsonValue; said: string | null; calls: ToolExchange[]; conclusion: string }[]) {
  return turns.flatMap((one, turnIndex): JsonObject[] => {
    const id = (index: number) => `call_${turnIndex}_${index}`;
    if (one.calls.length === 0)
      return [
        { role: 'user', content: one.user },
        { role: 'assistant', content: one.conclusion },
      ];
    return [
      { role: 'user', content: one.user },
      {
        role: 'assistant',
        content: one.said,
        tool_calls: one.calls.map((call, index) => ({
          id: id(index),
          type: 'function',
          function: { name: call.name, arguments: JSON.stringify(call.input) },
        })),
      },
      ...one.calls.map((call, index): JsonObject => ({ role: 'tool', tool_call_id: id(index), content: call.result })),
      { role: 'assistant', content: one.conclusion },
    ];
  });
}

const tools = fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((names) =>
  names.map((name): JsonObject => ({
    type: 'function',
    function: {
      name,
      description: `Does ${name}`,
      parameters: { type: 'object', properties: { x: { type: 'string' } } },
    },
  })),
);

/** OpenAI request bodies made only of what Anthropic can say as well. */
export const sharedOpenAiRequests: fc.Arbitrary<JsonObject> = fc
  .record({
    system: fc.option(prose),
    turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
    last: userContent,
    tools: fc.option(tools),
    choice: fc.constantFrom('auto', 'none', 'required', 'first'),
    parallel: fc.option(fc.boolean()),
    schema: fc.boolean(),
    stop: fc.array(fc.stringMatching(/^[A-Z]{1,5}$/), { maxLength: 4 }),
    temperature: fc.option(fc.constantFrom(0, 0.25, 0.5, 1)),
    topP: fc.option(fc.constantFrom(0.1, 0.9)),
    maxTokens: fc.integer({ min: 1, max: 4000 }),
    stream: fc.boolean(),
  })
  .map((given): JsonObject => {
    const named = given.tools?.[0];
    const choice: JsonValue =
      given.choice === 'first' && named
        ? { type: 'function', function: { name: (named['function'] as JsonObject)['name'] ?? '' } }
        : given.choice;
    return {
      model: 'm',
      messages: [
        ...(given.system === null ? [] : [{ role: 'system', content: given.system }]),
        ...toMessages(given.turns),
        { role: 'user', content: given.last },
      ],
      ...(given.tools === null ? {} : { tools: given.tools, tool_choice: choice === 'first' ? 'auto' : choice }),
      // Anthropic says "no parallel calls" only together with a choice other than none.
      ...(given.tools === null || given.parallel === null || choice === 'none'
        ? {}
        : { parallel_tool_calls: given.parallel }),
      ...(given.schema
        ? { response_format: { type: 'json_schema', json_schema: { name: 'response', schema: { type: 'object' } } } }
        : {}),
      ...(given.stop.length === 0 ? {} : { stop: given.stop }),
      ...(given.temperature === null ? {} : { temperature: given.temperature }),
      ...(given.topP === null ? {} : { top_p: given.topP }),
      max_tokens: given.maxTokens,
      stream: given.stream,
    };
  });

const usage = fc
  .record({
    fresh: fc.nat(1000),
    cache_read_tokens: fc.nat(1000),
    cache_write_tokens: fc.nat(1000),
    visible: fc.nat(1000),
    reasoning_tokens: fc.nat(1000),
  })
  .map((given) => ({
    input_tokens: given.fresh + given.cache_read_tokens + given.cache_write_tokens,
    cache_read_tokens: given.cache_read_tokens,
    cache_write_tokens: given.cache_write_tokens,
    output_tokens: given.visible + given.reasoning_tokens,
    reasoning_tokens: given.reasoning_tokens,
    estimated: false,
  }));

const toolUse = fc
  .record({ name: word, input: jsonObject, suffix: fc.nat(9999) })
  .map(({ name, input, suffix }): AnswerPart => ({ type: 'tool_use', id: `call_${suffix}`, name, input }));

/** Whole answers made only of what both dialects can say: optional thinking, optional text, tool calls. */
export const sharedAnswers: fc.Arbitrary<ChatAnswer> = fc
  .record({
    thinking: fc.option(prose),
    text: fc.option(prose),
    calls: fc.array(toolUse, { maxLength: 3 }),
    reason: fc.constantFrom('stop', 'length', 'content_filter'),
    usage,
  })
  .map((given): ChatAnswer => {
    const content: AnswerPart[] = [];
    if (given.thinking !== null) content.push({ type: 'thinking', text: given.thinking, signature: null });
    if (given.text !== null) content.push({ type: 'text', text: given.text });
    content.push(...given.calls);
    return {
      id: 'answer',
      model: 'model',
      content,
      finishReason: given.calls.length > 0 ? 'tool_calls' : given.reason,
      stopSequence: null,
      usage: given.usage,
      raw: null,
    };
  });

/** The events a provider would have streamed for an answer, cut into pieces of a few characters. */
export function eventsOf(answer: ChatAnswer, pieceLength: number): ChatEvent[] {
  const events: ChatEvent[] = [{ type: 'start', id: answer.id, model: answer.model }];
  for (const [index, part] of answer.content.entries()) {
    if (part.type === 'text' || part.type === 'thinking') {
      for (const text of pieces(part.text, pieceLength)) events.push({ type: part.type, index, text });
    } else if (part.type === 'tool_use') {
      events.push({ type: 'tool_call_start', index, id: part.id, name: part.name });
      for (const json of pieces(JSON.stringify(part.input), pieceLength))
        events.push({ type: 'tool_call_arguments', index, json });
    }
    events.push({ type: 'block_stop', index });
  }
  events.push({ type: 'finish', reason: answer.finishReason, stopSequence: answer.stopSequence });
  if (answer.usage) events.push({ type: 'usage', usage: answer.usage });
  return events;
}

function pieces(text: string, length: number): string[] {
  const characters = Array.from(text);
  const result: string[] = [];
  for (let at = 0; at < characters.length; at += length) result.push(characters.slice(at, at + length).join(''));
  return result;
}
