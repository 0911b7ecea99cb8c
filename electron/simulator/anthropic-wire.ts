import type { AnswerPlan, Piece, PlannedFinish } from './answer-plan.ts';
import { parseObject, type JsonObject } from './json.ts';
import { runsOf, runText, type CountedUsage, type WireFormat } from './wire-format.ts';

export interface AnthropicWireOptions {
  id: string;
  requestId: string;
  model: string;
  /** Tokens of the prompt, known before the answer begins. */
  prompt: Pick<CountedUsage, 'promptTokens' | 'cacheReadTokens' | 'cacheWriteTokens'>;
}

const STOP_REASON: Record<PlannedFinish, string> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

/** Stands for the vendor's proof of a thinking block; any opaque text does. */
const SIGNATURE = 'c2ltdWxhdGVkLXNpZ25hdHVyZQ==';

function frame(data: JsonObject & { type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Messages as Anthropic sends them (types of its SDK 1.11). */
export function createAnthropicWire(options: AnthropicWireOptions): WireFormat {
  let open: Piece | null = null;
  let sent = 0;
  const prompt = promptUsage(options.prompt);

  const closeBlock = (): string => {
    if (!open) return '';
    const index = open.block;
    const signed = open.type === 'thinking';
    open = null;
    const signature = { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature: SIGNATURE } };
    return (signed ? frame(signature) : '') + frame({ type: 'content_block_stop', index });
  };
  const openBlock = (piece: Piece): string => {
    if (open?.block === piece.block) return '';
    const closing = closeBlock();
    open = piece;
    return closing + frame({ type: 'content_block_start', index: piece.block, content_block: emptyBlock(piece) });
  };

  return {
    open: () =>
      frame({ type: 'message_start', message: messageBody(options, [], null, null, { ...prompt, output_tokens: 1 }) }) +
      frame({ type: 'ping' }),
    pieces(pieces) {
      sent += pieces.length;
      return runsOf(pieces)
        .map((run) => {
          const [first] = run;
          if (!first) return '';
          return (
            openBlock(first) +
            frame({ type: 'content_block_delta', index: first.block, delta: blockDelta(first, runText(run)) })
          );
        })
        .join('');
    },
    finish(plan, usage) {
      const delta = {
        stop_reason: STOP_REASON[plan.finish],
        stop_sequence: plan.stopSequence,
        container: null,
        stop_details: stopDetails(plan),
      };
      // Usage here is cumulative: it repeats the prompt's and holds all output.
      return closeBlock() + frame({ type: 'message_delta', delta, usage: { ...prompt, ...outputUsage(usage) } });
    },
    done: () => frame({ type: 'message_stop' }),
    error: () =>
      frame({
        type: 'error',
        error: { type: 'overloaded_error', message: 'Overloaded' },
        request_id: options.requestId,
      }),
    malformed: () =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":${sent > 0 ? (open?.block ?? 0) : 0},"delta":{"type":"text_d\n\n`,
    whole(plan, usage) {
      const content = runsOf(plan.pieces).flatMap((run) => (run[0] ? [wholeBlock(run[0], runText(run))] : []));
      const body = messageBody(options, content, plan.finish, plan.stopSequence, { ...prompt, ...outputUsage(usage) });
      return { ...body, stop_details: stopDetails(plan) };
    },
  };
}

function promptUsage(prompt: AnthropicWireOptions['prompt']): JsonObject {
  return {
    // Excludes the cached ones, unlike OpenAI's prompt_tokens.
    input_tokens: prompt.promptTokens - prompt.cacheReadTokens - prompt.cacheWriteTokens,
    cache_creation_input_tokens: prompt.cacheWriteTokens,
    cache_read_input_tokens: prompt.cacheReadTokens,
  };
}

function outputUsage(usage: CountedUsage): JsonObject {
  const details = usage.thinkingTokens > 0 ? { thinking_tokens: usage.thinkingTokens } : null;
  return { output_tokens: usage.outputTokens, output_tokens_details: details, server_tool_use: null };
}

function messageBody(
  options: AnthropicWireOptions,
  content: JsonObject[],
  finish: PlannedFinish | null,
  stopSequence: string | null,
  usage: JsonObject,
): JsonObject {
  return {
    id: options.id,
    type: 'message',
    role: 'assistant',
    model: options.model,
    content,
    stop_reason: finish === null ? null : STOP_REASON[finish],
    stop_sequence: stopSequence,
    stop_details: null,
    container: null,
    usage: {
      ...usage,
      cache_creation: { ephemeral_5m_input_tokens: options.prompt.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
      service_tier: 'standard',
    },
  };
}

function stopDetails(plan: AnswerPlan): JsonObject | null {
  return plan.finish === 'content_filter' ? { type: 'refusal', category: null, explanation: null } : null;
}

function emptyBlock(piece: Piece): JsonObject {
  switch (piece.type) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
      return { type: 'text', text: '', citations: null };
    case 'tool':
      return { type: 'tool_use', id: `toolu_${piece.id}`, name: piece.name, input: {}, caller: { type: 'direct' } };
  }
}

function blockDelta(piece: Piece, text: string): JsonObject {
  switch (piece.type) {
    case 'thinking':
      return { type: 'thinking_delta', thinking: text };
    case 'text':
      return { type: 'text_delta', text };
    case 'tool':
      return { type: 'input_json_delta', partial_json: text };
  }
}

function wholeBlock(piece: Piece, text: string): JsonObject {
  switch (piece.type) {
    case 'thinking':
      return { type: 'thinking', thinking: text, signature: SIGNATURE };
    case 'text':
      return { type: 'text', text, citations: null };
    case 'tool':
      // An answer that max_tokens cut holds what was complete; a cut call holds nothing.
      return { ...emptyBlock(piece), input: parseObject(text) ?? {} };
  }
}
