import { readOpenAiFinish } from '../finish-reasons.ts';
import { answerModelOf, listOf, objectOf, textOf } from '../json.ts';
import { MalformedAnswer } from '../malformed-answer.ts';
import type { AnswerPart, ChatAnswer, JsonObject } from '../types.ts';
import { readOpenAiUsage } from '../usage.ts';
import type { UsageRules } from '../usage.ts';
import { toolInput } from './parse-messages.ts';

/**
 * Reads a whole chat completion. Reasoning text is taken from `reasoning_content` or `reasoning` (vLLM renamed it).
 *
 * @throws MalformedAnswer when there is no choice or no finish reason: then it is not a whole answer.
 */
export function parseOpenAiAnswer(body: JsonObject, rules: UsageRules): ChatAnswer {
  const choice = objectOf(listOf(body['choices'])[0]);
  const message = objectOf(choice?.['message']);
  if (choice === null || message === null) throw new MalformedAnswer('the answer holds no choice with a message');
  const reason = textOf(choice['finish_reason']);
  if (reason === null) throw new MalformedAnswer('the answer holds no finish reason');
  const content = readContent(message);
  const stopSequence = textOf(choice['stop_reason']);
  const finishReason = readOpenAiFinish(
    reason,
    content.some((part) => part.type === 'tool_use'),
    stopSequence,
  );
  const usage = objectOf(body['usage']);
  return {
    id: textOf(body['id']) ?? '',
    model: answerModelOf(body['model']),
    content,
    finishReason,
    stopSequence: finishReason === 'stop_sequence' ? stopSequence : null,
    usage: usage === null ? null : readOpenAiUsage(usage, rules),
    raw: body,
  };
}

function readContent(message: JsonObject): AnswerPart[] {
  const content: AnswerPart[] = [];
  const thinking = textOf(message['reasoning_content']) || textOf(message['reasoning']);
  if (thinking) content.push({ type: 'thinking', text: thinking, signature: null });
  const text = textOf(message['content']) || textOf(message['refusal']);
  if (text) content.push({ type: 'text', text });
  for (const item of listOf(message['tool_calls'])) {
    const call = objectOf(item);
    const definition = objectOf(call?.['function']);
    if (call === null || definition === null) continue;
    content.push({
      type: 'tool_use',
      id: textOf(call['id']) ?? '',
      name: textOf(definition['name']) ?? '',
      input: toolInput(textOf(definition['arguments']) ?? ''),
    });
  }
  return content;
}
