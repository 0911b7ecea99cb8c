import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAnthropicAnswer } from '../../../electron/engine/dialects/anthropic/parse-answer.ts';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { renderAnthropicAnswer } from '../../../electron/engine/dialects/anthropic/render-answer.ts';
import { renderAnthropicRequest } from '../../../electron/engine/dialects/anthropic/render-request.ts';
import { createAnthropicStreamReader } from '../../../electron/engine/dialects/anthropic/stream-reader.ts';
import { createAnthropicStreamWriter } from '../../../electron/engine/dialects/anthropic/stream-writer.ts';
import { createAnswerCollector } from '../../support/dialects-collector.ts';
import { parseOpenAiAnswer } from '../../../electron/engine/dialects/openai/parse-answer.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import { renderOpenAiAnswer } from '../../../electron/engine/dialects/openai/render-answer.ts';
import { renderOpenAiRequest } from '../../../electron/engine/dialects/openai/render-request.ts';
import { createOpenAiStreamReader } from '../../../electron/engine/dialects/openai/stream-reader.ts';
import { createOpenAiStreamWriter } from '../../../electron/engine/dialects/openai/stream-writer.ts';
import type { StreamReader } from '../../../electron/engine/dialects/openai/stream-reader.ts';
import type { StreamWriter } from '../../../electron/engine/dialects/stream-writer.ts';
import type { ChatAnswer, ChatRequest } from '../../../electron/engine/dialects/types.ts';
import { eventsOf, sharedAnswers, sharedOpenAiRequests } from '../../support/dialects-arbitraries.ts';
import { framesOf } from '../../support/dialects-frames.ts';
import { openTarget } from '../../support/dialects-targets.ts';

const RULES = { reasoningOnTop: false };

/** What a request says, without the form it came in. */
function meaning(request: ChatRequest): Partial<ChatRequest> {
  const { raw: _raw, dialect: _dialect, model: _model, includeUsage: _usage, ...rest } = request;
  const parallelNeedsChoice = rest.parallelToolCalls !== null && rest.toolChoice === null;
  return parallelNeedsChoice ? { ...rest, toolChoice: { type: 'auto' } } : rest;
}

test('a request survives the way openai → anthropic → openai', () => {
  fc.assert(
    fc.property(sharedOpenAiRequests, (body) => {
      const original = parseOpenAiRequest(body);
      const asAnthropic = parseAnthropicRequest(renderAnthropicRequest(original, openTarget()).body);
      expect(meaning(asAnthropic)).toEqual(meaning(original));
      const back = parseOpenAiRequest(renderOpenAiRequest(asAnthropic, openTarget()).body);
      expect(meaning(back)).toEqual(meaning(original));
    }),
  );
});

test('a request that is passed through keeps every byte but the model and the usage flag', () => {
  fc.assert(
    fc.property(
      sharedOpenAiRequests,
      fc.dictionary(fc.stringMatching(/^x_[a-z]{1,8}$/), fc.string()),
      (body, unknown) => {
        const sent = { ...unknown, ...body };
        const { body: rendered, adjusted } = renderOpenAiRequest(parseOpenAiRequest(sent), openTarget());
        const { stream_options: _options, ...rest } = rendered;
        expect(rest).toEqual({ ...sent, model: 'target-model' });
        expect(adjusted).toEqual([]);
      },
    ),
  );
});

test('an anthropic request that is passed through keeps every byte but the model', () => {
  fc.assert(
    fc.property(sharedOpenAiRequests, (body) => {
      const asAnthropic = renderAnthropicRequest(parseOpenAiRequest(body), openTarget()).body;
      const again = renderAnthropicRequest(parseAnthropicRequest(asAnthropic), openTarget());
      expect(again.body).toEqual(asAnthropic);
    }),
  );
});

test('a whole answer survives both dialects', () => {
  fc.assert(
    fc.property(sharedAnswers, (answer) => {
      const openAi = parseOpenAiAnswer(renderOpenAiAnswer(answer, { id: 'answer', model: 'model', created: 0 }), RULES);
      expect({ ...openAi, raw: null }).toEqual(answer);
      const anthropic = parseAnthropicAnswer(renderAnthropicAnswer(answer, { id: 'answer', model: 'model' }));
      expect({ ...withoutSignatures(anthropic), raw: null }).toEqual({ ...answer, finishReason: refusalOf(answer) });
    }),
  );
});

function streamed(
  answer: ChatAnswer,
  pieceLength: number,
  writer: StreamWriter,
  reader: StreamReader,
): ChatAnswer | null {
  const text =
    eventsOf(answer, pieceLength)
      .map((event) => writer.write(event))
      .join('') + writer.end();
  const collector = createAnswerCollector();
  for (const { data } of framesOf(text)) {
    if (data !== null) for (const event of reader.read(data)) collector.add(event);
  }
  return collector.answer();
}

test('a streamed answer survives being written and read in OpenAI’s dialect', () => {
  fc.assert(
    fc.property(sharedAnswers, fc.integer({ min: 1, max: 9 }), (answer, pieceLength) => {
      const writer = createOpenAiStreamWriter({ id: 'answer', model: 'model', created: 0, includeUsage: true });
      expect(streamed(answer, pieceLength, writer, createOpenAiStreamReader(RULES))).toEqual(answer);
    }),
  );
});

test('a streamed answer survives being written and read in Anthropic’s dialect', () => {
  fc.assert(
    fc.property(sharedAnswers, fc.integer({ min: 1, max: 9 }), (answer, pieceLength) => {
      const writer = createAnthropicStreamWriter({ id: 'answer', model: 'model' });
      const read = streamed(answer, pieceLength, writer, createAnthropicStreamReader());
      expect(read && withoutSignatures(read)).toEqual({ ...answer, finishReason: refusalOf(answer) });
    }),
  );
});

/** Anthropic has one word for a filtered and a refused answer. */
function refusalOf(answer: ChatAnswer): ChatAnswer['finishReason'] {
  return answer.finishReason === 'content_filter' ? 'refusal' : answer.finishReason;
}

/** Another vendor's thinking has no signature: empty on Anthropic's wire, null in the engine. */
function withoutSignatures(answer: ChatAnswer): ChatAnswer {
  return {
    ...answer,
    content: answer.content.map((part) => (part.type === 'thinking' ? { ...part, signature: null } : part)),
  };
}
