import { listOf, numberOf, objectOf, textOf, type JsonObject } from './json.ts';
import { contentText, stopList, type SimulatedRequest, type ToolOffer, type Turn } from './simulated-request.ts';
import { Rejected, type Vendor } from './vendor-errors.ts';

const ROLES: Record<string, Turn['role']> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
};

/** Reads a chat-completions body as the vendor would. Throws `Rejected` for what the vendor refuses. */
export function readOpenAiRequest(body: JsonObject, vendor: Vendor, thinkingModel: boolean): SimulatedRequest {
  const model = textOf(body.model);
  if (model === null) throw new Rejected('invalid_request', { message: 'you must provide a model parameter' });
  const turns = readTurns(body);
  refuseParameters(body, model, vendor, thinkingModel);
  return {
    model,
    turns,
    tools: listOf(body.tools).map(readTool),
    toolChoice: readToolChoice(body),
    schema: readSchema(body),
    maxTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    stop: stopList(body.stop),
    streamed: body.stream === true,
    includeUsage: objectOf(body.stream_options).include_usage === true,
    thinking: thinkingModel && wantsThinking(body),
    continuesLastTurn: vendor === 'vllm' && continuesLastTurn(body, turns),
  };
}

function readTurns(body: JsonObject): Turn[] {
  const messages = listOf(body.messages);
  if (messages.length === 0) {
    throw new Rejected('invalid_request', {
      message: "Invalid 'messages': at least one is needed.",
      param: 'messages',
    });
  }
  return messages.map((entry, index) => {
    const message = objectOf(entry);
    const role = ROLES[textOf(message.role) ?? ''];
    if (!role) {
      const param = `messages[${index}].role`;
      throw new Rejected('invalid_request', { message: `Invalid value for '${param}'.`, param });
    }
    const calls = listOf(message.tool_calls).map((call) => {
      const called = objectOf(objectOf(call).function);
      return `(called ${textOf(called.name) ?? 'a tool'} with ${textOf(called.arguments) ?? '{}'})`;
    });
    return { role, text: [contentText(message.content), ...calls].filter(Boolean).join('\n'), cacheMark: false };
  });
}

function readTool(entry: JsonObject[string], index: number): ToolOffer {
  const described = objectOf(objectOf(entry).function);
  const name = textOf(described.name);
  if (name === null) {
    const param = `tools[${index}].function.name`;
    throw new Rejected('invalid_request', { message: `Missing required parameter: '${param}'.`, param });
  }
  return { name, schema: objectOf(described.parameters) };
}

function readToolChoice(body: JsonObject): SimulatedRequest['toolChoice'] {
  const choice = body.tool_choice;
  if (choice === 'none' || choice === 'required') return choice;
  const name = textOf(objectOf(objectOf(choice).function).name);
  return name === null ? 'auto' : { name };
}

function readSchema(body: JsonObject): JsonObject | null {
  const format = objectOf(body.response_format);
  if (format.type === 'json_object') return {};
  return format.type === 'json_schema' ? objectOf(objectOf(format.json_schema).schema) : null;
}

function wantsThinking(body: JsonObject): boolean {
  const template = objectOf(body.chat_template_kwargs);
  return (
    template.thinking !== false && template.enable_thinking !== false && objectOf(body.thinking).type !== 'disabled'
  );
}

/** vLLM's `continue_final_message`: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html. */
function continuesLastTurn(body: JsonObject, turns: readonly Turn[]): boolean {
  if (body.continue_final_message !== true) return false;
  if (body.add_generation_prompt !== false) {
    throw new Rejected('invalid_request', {
      message: 'Cannot set both `continue_final_message` and `add_generation_prompt` to True.',
    });
  }
  if (turns.at(-1)?.role !== 'assistant') {
    throw new Rejected('invalid_request', { message: 'continue_final_message needs a final assistant message.' });
  }
  return true;
}

/** What reasoning models refuse: xAI's penalties and `stop`, OpenAI's `max_tokens` and any temperature but 1. */
function refuseParameters(body: JsonObject, model: string, vendor: Vendor, thinkingModel: boolean): void {
  if (vendor === 'xai' && thinkingModel) {
    for (const name of ['presence_penalty', 'frequency_penalty', 'stop']) {
      if (body[name] !== undefined && body[name] !== null) {
        throw new Rejected('invalid_request', {
          message: `Model ${model} does not support parameter ${name}.`,
          param: name,
        });
      }
    }
  }
  if (vendor === 'openai' && /^(o\d|gpt-5)/.test(model)) {
    if (body.max_tokens !== undefined && body.max_tokens !== null) {
      throw new Rejected('invalid_request', {
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        param: 'max_tokens',
        code: 'unsupported_parameter',
      });
    }
    const temperature = numberOf(body.temperature);
    if (temperature !== null && temperature !== 1) {
      throw new Rejected('invalid_request', {
        message: "Unsupported value: 'temperature' must be 1 with this model.",
        param: 'temperature',
        code: 'unsupported_value',
      });
    }
  }
}
