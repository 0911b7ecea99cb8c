import { instanceOf } from './json-instance.ts';
import { createRandom, hashText } from './random.ts';
import { writeProse, writeThinking } from './prose.ts';
import { promptText, type SimulatedRequest, type ToolOffer, type Turn } from './simulated-request.ts';
import { splitTokens } from './tokens.ts';

export type PlannedFinish = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'content_filter';

/** One token of the answer. `block` counts thinking, text and tool calls from 0. */
export type Piece =
  | { type: 'thinking'; block: number; text: string }
  | { type: 'text'; block: number; text: string }
  | { type: 'tool'; block: number; id: string; name: string; call: number; json: string };

/** A whole answer, made before its first token is sent. Every piece is one token. */
export interface AnswerPlan {
  pieces: Piece[];
  finish: PlannedFinish;
  stopSequence: string | null;
}

/**
 * What a prompt may ask of the simulator in test use: `[[tokens:60]]` an answer of so many tokens, `[[count:60]]` the
 * numbers from 1 to 60, `[[echo:text]]` that text, `[[tool]]` or `[[tool:name]]` a tool call, `[[tools:2]]` several.
 */
export interface Directives {
  tokens: number | null;
  count: number | null;
  echo: string | null;
  toolName: string | null;
  toolCalls: number;
}

/** Reads the directives of a prompt; later ones win. */
export function readDirectives(text: string): Directives {
  const found: Directives = { tokens: null, count: null, echo: null, toolName: null, toolCalls: 0 };
  for (const [, name, argument] of text.matchAll(/\[\[(tokens|count|echo|tools|tool)(?::([\s\S]*?))?\]\]/g)) {
    if (name === 'tokens') found.tokens = Number(argument);
    if (name === 'count') found.count = Number(argument);
    if (name === 'echo') found.echo = argument ?? '';
    if (name === 'tools') found.toolCalls = Number(argument);
    if (name === 'tool') [found.toolName, found.toolCalls] = [argument ?? null, 1];
  }
  return found;
}

/** Makes the answer to a request: equal requests to the same manner (a vendor's name) get equal answers. */
export function planAnswer(request: SimulatedRequest, manner: string): AnswerPlan {
  const { question, prefix } = splitContinuation(request);
  const directives = readDirectives(
    question
      .filter((turn) => turn.role !== 'assistant')
      .map((turn) => turn.text)
      .join('\n'),
  );
  const prompt = promptText({ ...request, turns: question });
  const pieces: Piece[] = [];
  if (request.thinking && prefix === null) {
    for (const text of splitTokens(writeThinking(prompt, question.findLast((turn) => turn.role === 'user')?.text)))
      pieces.push({ type: 'thinking', block: 0, text });
  }
  const block = pieces.length > 0 ? 1 : 0;
  const calls = prefix === null ? toolsToCall(request, directives) : [];
  if (calls.length > 0) {
    for (const [index, tool] of calls.entries()) pieces.push(...planCall(tool, index, block + index, prompt));
    return limit({ pieces, finish: 'tool_calls', stopSequence: null }, request.maxTokens);
  }
  const whole = writeText(request, directives, prompt, manner);
  const { text, stopSequence } = applyStop(continueFrom(whole, prefix), request.stop);
  for (const token of splitTokens(text)) pieces.push({ type: 'text', block, text: token });
  return limit({ pieces, finish: stopSequence === null ? 'stop' : 'stop_sequence', stopSequence }, request.maxTokens);
}

/** A user's turn that asks to go on with the answer before it, in whatever words. */
const ASKS_TO_CONTINUE =
  /\b(continue|go on|resume|pick up)\b[^.]*\b(where|from|exactly|left|stopped|broke|cut|interrupted|last)\b/i;

/** Separates the question from a part of its answer that the caller already has; `prefix` is null when there is none. */
function splitContinuation(request: SimulatedRequest): { question: Turn[]; prefix: string | null } {
  const { turns } = request;
  const last = turns.at(-1);
  const before = turns.at(-2);
  if (request.continuesLastTurn && last) return { question: turns.slice(0, -1), prefix: last.text };
  if (last?.role === 'user' && before?.role === 'assistant' && ASKS_TO_CONTINUE.test(last.text)) {
    return { question: turns.slice(0, -2), prefix: before.text };
  }
  return { question: turns, prefix: null };
}

function toolsToCall(request: SimulatedRequest, directives: Directives): ToolOffer[] {
  const { tools, toolChoice } = request;
  // A turn that brings a tool's result is answered in words.
  if (tools.length === 0 || toolChoice === 'none' || request.turns.at(-1)?.role === 'tool') return [];
  const named = typeof toolChoice === 'object' ? toolChoice.name : directives.toolName;
  const first = tools.find((tool) => tool.name === named) ?? tools[0];
  if (!first) return [];
  if (directives.toolCalls > 1) {
    return Array.from({ length: directives.toolCalls }, (_, index) => tools[index % tools.length] ?? first);
  }
  if (directives.toolCalls === 1 || toolChoice !== 'auto') return [first];
  const asked = request.turns.findLast((turn) => turn.role === 'user')?.text ?? '';
  const mentioned = tools.find((tool) => asked.includes(tool.name) || asked.includes(tool.name.replaceAll('_', ' ')));
  return mentioned ? [mentioned] : [];
}

function planCall(tool: ToolOffer, call: number, block: number, prompt: string): Piece[] {
  const seed = hashText(`${tool.name} ${call} ${prompt}`);
  const json = JSON.stringify(instanceOf(tool.schema, createRandom(seed)));
  const id = seed.toString(36).padStart(8, '0') + String(call);
  const parts = json.match(/[\s\S]{1,12}/g) ?? [];
  return parts.map((part) => ({ type: 'tool', block, id, name: tool.name, call, json: part }));
}

function writeText(request: SimulatedRequest, directives: Directives, prompt: string, manner: string): string {
  const asked = request.turns.findLast((turn) => turn.role === 'user')?.text ?? prompt;
  if (directives.echo !== null) return directives.echo;
  if (directives.count !== null) return Array.from({ length: directives.count }, (_, index) => index + 1).join(' ');
  const random = createRandom(hashText(prompt));
  if (request.schema) {
    const schema = Object.keys(request.schema).length > 0 ? request.schema : ANY_OBJECT;
    return JSON.stringify(instanceOf(schema, random));
  }
  if (directives.tokens !== null) {
    // Ten words to a sentence at the least, so this many sentences are enough.
    const tokens = splitTokens(writeProse(prompt, manner, 1 + Math.ceil(directives.tokens / 6), asked));
    return tokens.slice(0, directives.tokens).join('');
  }
  const brief = /one (word|line|sentence)|briefly|classif|yes or no/i.test(asked);
  return writeProse(prompt, manner, brief ? 1 : 2 + Math.floor(random() * 5), asked);
}

const ANY_OBJECT = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    severity: { enum: ['low', 'medium', 'high'] },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  },
};

/**
 * What is still to be said after `prefix`. Where the prefix is not this writer's own text (another provider began the
 * answer), as many tokens are skipped as it holds, so that the whole keeps its length.
 */
function continueFrom(whole: string, prefix: string | null): string {
  if (prefix === null) return whole;
  if (whole.startsWith(prefix)) return whole.slice(prefix.length);
  if (whole.startsWith(prefix.trimEnd())) return whole.slice(prefix.trimEnd().length).trimStart();
  const tokens = splitTokens(whole);
  return tokens.slice(Math.min(splitTokens(prefix).length, tokens.length - 1)).join('');
}

function applyStop(text: string, stops: readonly string[]): { text: string; stopSequence: string | null } {
  let cut = text.length;
  let stopSequence: string | null = null;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at >= 0 && at < cut) [cut, stopSequence] = [at, stop];
  }
  return { text: text.slice(0, cut), stopSequence };
}

function limit(plan: AnswerPlan, maxTokens: number | null): AnswerPlan {
  if (maxTokens === null || plan.pieces.length <= maxTokens) return plan;
  return { pieces: plan.pieces.slice(0, maxTokens), finish: 'length', stopSequence: null };
}
