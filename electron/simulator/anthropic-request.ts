import { listOf, numberOf, objectOf, textOf, type JsonObject, type JsonValue } from './json.ts';
import { contentText, stopList, type SimulatedRequest, type ToolOffer, type Turn } from './simulated-request.ts';
import { Rejected } from './vendor-errors.ts';

/** What the Messages API lets this model do. */
export interface AnthropicAbilities {
  acceptsPrefill: boolean;
}

function refuse(message: string): Rejected {
  return new Rejected('invalid_request', { message });
}

/**
 * Reads a Messages body as Anthropic would (types of its SDK 1.11; rules of https://docs.anthropic.com/en/api/messages).
 * Throws `Rejected` for what it refuses. `counting` leaves out what only an answer needs.
 */
export function readAnthropicRequest(
  body: JsonObject,
  abilities: AnthropicAbilities,
  counting = false,
): SimulatedRequest {
  const model = textOf(body.model);
  if (model === null) throw refuse('model: Field required');
  const maxTokens = numberOf(body.max_tokens);
  if (!counting && (maxTokens === null || maxTokens < 1)) throw refuse('max_tokens: Field required');
  const turns = [...readSystem(body), ...readMessages(body)];
  const thinking = readThinking(body, maxTokens ?? Infinity);
  const continuesLastTurn = turns.at(-1)?.role === 'assistant';
  if (continuesLastTurn && !counting) checkPrefill(turns.at(-1)?.text ?? '', abilities, thinking);
  const format = objectOf(objectOf(body.output_config).format);
  return {
    model,
    turns,
    tools: listOf(body.tools).map(readTool),
    toolChoice: readToolChoice(objectOf(body.tool_choice)),
    schema: format.type === 'json_schema' ? objectOf(format.schema) : null,
    maxTokens,
    stop: stopList(body.stop_sequences),
    streamed: body.stream === true,
    includeUsage: true,
    thinking,
    continuesLastTurn,
  };
}

function hasCacheMark(content: JsonValue | undefined): boolean {
  return listOf(content).some((part) => objectOf(objectOf(part).cache_control).type === 'ephemeral');
}

function readSystem(body: JsonObject): Turn[] {
  const text = contentText(body.system);
  return text === '' ? [] : [{ role: 'system', text, cacheMark: hasCacheMark(body.system) }];
}

function readMessages(body: JsonObject): Turn[] {
  const messages = listOf(body.messages);
  if (messages.length === 0) throw refuse('messages: at least one message is required');
  return messages.map((entry, index) => {
    const message = objectOf(entry);
    const role = textOf(message.role);
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      throw refuse(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    }
    const text = contentText(message.content);
    if (text === '') throw refuse(`messages.${index}: all messages must have non-empty content`);
    const answersTool = listOf(message.content).some((part) => objectOf(part).type === 'tool_result');
    return { role: answersTool ? 'tool' : role, text, cacheMark: hasCacheMark(message.content) };
  });
}

function readTool(entry: JsonValue, index: number): ToolOffer {
  const name = textOf(objectOf(entry).name);
  if (name === null) throw refuse(`tools.${index}.name: Field required`);
  return { name, schema: objectOf(objectOf(entry).input_schema) };
}

function readToolChoice(choice: JsonObject): SimulatedRequest['toolChoice'] {
  if (choice.type === 'none') return 'none';
  if (choice.type === 'any') return 'required';
  const name = textOf(choice.name);
  return choice.type === 'tool' && name !== null ? { name } : 'auto';
}

function readThinking(body: JsonObject, maxTokens: number): boolean {
  const thinking = objectOf(body.thinking);
  if (thinking.type === 'enabled') {
    const budget = numberOf(thinking.budget_tokens) ?? 0;
    if (budget < 1024) throw refuse('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
    if (budget >= maxTokens) throw refuse('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  const on = thinking.type === 'enabled' || thinking.type === 'adaptive';
  const temperature = numberOf(body.temperature);
  if (on && temperature !== null && temperature !== 1) {
    throw refuse('`temperature` may only be set to 1 when thinking is enabled.');
  }
  return on;
}

function checkPrefill(text: string, abilities: AnthropicAbilities, thinking: boolean): void {
  if (!abilities.acceptsPrefill) {
    throw refuse(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  if (thinking) throw refuse('The final message may not be an assistant prefill when thinking is enabled.');
  if (/\s$/.test(text)) throw refuse('messages: final assistant content cannot end with trailing whitespace');
}
