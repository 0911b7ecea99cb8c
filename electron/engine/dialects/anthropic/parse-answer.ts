import { readAnthropicFinish } from '../finish-reasons.ts';
import { answerModelOf, objectOf, textOf } from '../json.ts';
import { MalformedAnswer } from '../malformed-answer.ts';
import type { AnswerPart, ChatAnswer, JsonObject, JsonValue } from '../types.ts';
import { readAnthropicUsage } from '../usage.ts';

/**
 * Reads a whole message. Blocks of server-side tools stay in `raw`.
 *
 * @throws MalformedAnswer when there is no content or no stop reason: then it is not a whole answer.
 */
export function parseAnthropicAnswer(body: JsonObject): ChatAnswer {
  const blocks = body['content'];
  if (!Array.isArray(blocks)) throw new MalformedAnswer('the answer holds no content');
  const reason = textOf(body['stop_reason']);
  if (reason === null) throw new MalformedAnswer('the answer holds no stop reason');
  const usage = objectOf(body['usage']);
  return {
    id: textOf(body['id']) ?? '',
    model: answerModelOf(body['model']),
    content: blocks.flatMap(readBlock),
    finishReason: readAnthropicFinish(reason),
    stopSequence: textOf(body['stop_sequence']),
    usage: usage === null ? null : readAnthropicUsage(usage).usage,
    raw: body,
  };
}

function readBlock(value: JsonValue): AnswerPart[] {
  const block = objectOf(value);
  switch (textOf(block?.['type']) ?? '') {
    case 'text':
      return [{ type: 'text', text: textOf(block?.['text']) ?? '' }];
    case 'thinking':
      return [{ type: 'thinking', text: textOf(block?.['thinking']) ?? '', signature: textOf(block?.['signature']) }];
    case 'redacted_thinking':
      return [{ type: 'redacted_thinking', data: textOf(block?.['data']) ?? '' }];
    case 'tool_use':
      return [
        {
          type: 'tool_use',
          id: textOf(block?.['id']) ?? '',
          name: textOf(block?.['name']) ?? '',
          input: block?.['input'] ?? {},
        },
      ];
    default:
      return [];
  }
}
