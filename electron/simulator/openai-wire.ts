import type { AnswerPlan, PlannedFinish } from './answer-plan.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { renderRejection, type Vendor } from './vendor-errors.ts';
import { runsOf, runText, type CountedUsage, type WireFormat } from './wire-format.ts';

export interface OpenAiWireOptions {
  vendor: Vendor;
  id: string;
  model: string;
  /** Epoch seconds. */
  created: number;
  includeUsage: boolean;
  /** The field that holds thinking text; null where the vendor keeps it to itself. */
  reasoningField: 'reasoning' | 'reasoning_content' | null;
  /** vLLM tells cached tokens only with `--enable-prompt-tokens-details`. */
  reportsCachedTokens: boolean;
}

const FINISH: Record<PlannedFinish, string> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
};

function frame(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Chat completions as OpenAI, vLLM, Moonshot and xAI send them (types of the openai SDK 7.55). */
export function createOpenAiWire(options: OpenAiWireOptions): WireFormat {
  const { vendor, id, model, created, reasoningField } = options;
  // OpenAI says `usage: null` in every other chunk when a usage chunk will follow; the others leave it out.
  const noUsage: JsonObject = options.includeUsage && vendor === 'openai' ? { usage: null } : {};
  const chunk = (choices: JsonValue[], rest: JsonObject = noUsage): string =>
    frame({ id, object: 'chat.completion.chunk', created, model, ...fingerprint(vendor), choices, ...rest });
  const delta = (content: JsonObject, ending: JsonObject = { finish_reason: null }): string =>
    chunk([{ index: 0, delta: content, logprobs: null, ...ending }]);
  const begunCalls = new Set<number>();

  return {
    open: () => delta({ role: 'assistant', content: '' }),
    pieces: (pieces) =>
      runsOf(pieces)
        .map((run) => {
          const [first] = run;
          if (!first) return '';
          if (first.type === 'thinking') return reasoningField ? delta({ [reasoningField]: runText(run) }) : '';
          if (first.type === 'text') return delta({ content: runText(run) });
          const call: JsonObject = { index: first.call, function: { arguments: runText(run) } };
          if (begunCalls.has(first.call)) return delta({ tool_calls: [call] });
          begunCalls.add(first.call);
          const opening = {
            index: first.call,
            id: callId(vendor, first.id),
            type: 'function',
            function: { name: first.name, arguments: '' },
          };
          return delta({ tool_calls: [opening] }) + delta({ tool_calls: [call] });
        })
        .join(''),
    finish(plan, usage) {
      const ending: JsonObject = { finish_reason: FINISH[plan.finish] };
      if (vendor === 'vllm') ending.stop_reason = plan.stopSequence;
      const closing = delta(vendor === 'vllm' ? { content: '' } : {}, ending);
      return options.includeUsage ? closing + chunk([], { usage: usageBody(usage, options) }) : closing;
    },
    done: () => 'data: [DONE]\n\n',
    // An error inside a 200 stream is followed by [DONE] all the same.
    error: () => `${frame(renderRejection(vendor, 'server_error').body)}data: [DONE]\n\n`,
    malformed: () =>
      `data: {"id":"${id}","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"\n\n`,
    whole: (plan, usage) => wholeBody(plan, usage, options),
  };
}

function fingerprint(vendor: Vendor): JsonObject {
  return vendor === 'vllm' ? {} : { system_fingerprint: `fp_simulated_${vendor}` };
}

function callId(vendor: Vendor, id: string): string {
  return vendor === 'vllm' ? `chatcmpl-tool-${id}` : `call_${id}`;
}

/** xAI counts reasoning tokens on top of completion tokens; everyone else inside. */
function usageBody(usage: CountedUsage, options: OpenAiWireOptions): JsonObject {
  const { vendor } = options;
  const completion = vendor === 'xai' ? usage.outputTokens - usage.thinkingTokens : usage.outputTokens;
  const body: JsonObject = {
    prompt_tokens: usage.promptTokens,
    completion_tokens: completion,
    total_tokens: usage.promptTokens + usage.outputTokens,
  };
  if (vendor === 'vllm') {
    body.prompt_tokens_details = options.reportsCachedTokens ? { cached_tokens: usage.cacheReadTokens } : null;
    return body;
  }
  if (vendor === 'moonshot') {
    // Moonshot's own place for it.
    body.cached_tokens = usage.cacheReadTokens;
    return body;
  }
  body.prompt_tokens_details = { cached_tokens: usage.cacheReadTokens, audio_tokens: 0 };
  body.completion_tokens_details = {
    reasoning_tokens: usage.thinkingTokens,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  };
  return body;
}

function wholeBody(plan: AnswerPlan, usage: CountedUsage, options: OpenAiWireOptions): JsonObject {
  const { vendor } = options;
  const runs = runsOf(plan.pieces);
  const text = runs
    .filter((run) => run[0]?.type === 'text')
    .map(runText)
    .join('');
  const thinking = runs
    .filter((run) => run[0]?.type === 'thinking')
    .map(runText)
    .join('');
  const calls = runs.flatMap((run) => {
    const [first] = run;
    if (first?.type !== 'tool') return [];
    return [
      { id: callId(vendor, first.id), type: 'function', function: { name: first.name, arguments: runText(run) } },
    ];
  });
  const message: JsonObject = {
    role: 'assistant',
    content: calls.length > 0 && text === '' ? null : text,
    refusal: null,
  };
  if (options.reasoningField && (thinking !== '' || vendor === 'vllm'))
    message[options.reasoningField] = thinking || null;
  if (calls.length > 0 || vendor === 'vllm') message.tool_calls = calls;
  const choice: JsonObject = { index: 0, message, logprobs: null, finish_reason: FINISH[plan.finish] };
  if (vendor === 'vllm') choice.stop_reason = plan.stopSequence;
  return {
    id: options.id,
    object: 'chat.completion',
    created: options.created,
    model: options.model,
    ...fingerprint(vendor),
    choices: [choice],
    usage: usageBody(usage, options),
  };
}
