import type { ShadowPair, ToolAgreement } from '../../../shared/domain/experiments.ts';
import type { AnswerGist, ToolCall } from '../attempt/answer-gist.ts';

/** What of a pair is compared word by word. */
type Comparison = Pick<ShadowPair, 'length_ratio' | 'similarity' | 'json' | 'tool_calls'>;

/** Where the shadow gave no answer there is nothing to compare. */
export const NOT_COMPARED: Comparison = { length_ratio: null, similarity: null, json: null, tool_calls: null };

/** Holds two answers to one request against each other; `jsonAsked` says that the request asked for JSON. Pure. */
export function compareAnswers(original: AnswerGist, shadow: AnswerGist, jsonAsked: boolean): Comparison {
  return {
    length_ratio: original.characters === 0 ? null : shadow.characters / original.characters,
    similarity: similarityOf(original.text, shadow.text),
    json: jsonAsked ? { original: isJson(original), shadow: isJson(shadow) } : null,
    tool_calls: toolAgreement(original.toolCalls, shadow.toolCalls),
  };
}

/**
 * How alike two texts are, 0 to 1: the share of the words that both hold among those that at least one holds (Jaccard's
 * index over sets of words). Words are runs of letters and digits, in lower case and Unicode's compatibility form; order,
 * repetition and punctuation do not count. Null for two texts without a word. It says how much two answers share, not
 * whether they are right: a correct answer in other words scores low.
 */
export function similarityOf(left: string, right: string): number | null {
  const wordsLeft = wordsOf(left);
  const wordsRight = wordsOf(right);
  let shared = 0;
  for (const word of wordsLeft) if (wordsRight.has(word)) shared += 1;
  const all = wordsLeft.size + wordsRight.size - shared;
  return all === 0 ? null : shared / all;
}

function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu),
  );
}

/** A text that was cut when it was kept cannot be judged and counts as none. */
function isJson({ text, characters }: AnswerGist): boolean {
  if (text.length < characters) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether two answers call the same tools with the same arguments, in whatever order. Null where neither calls one. */
function toolAgreement(left: readonly ToolCall[], right: readonly ToolCall[]): ToolAgreement | null {
  if (left.length === 0 && right.length === 0) return null;
  const same = (words: (call: ToolCall) => string): boolean =>
    JSON.stringify(left.map(words).toSorted()) === JSON.stringify(right.map(words).toSorted());
  if (!same(({ name }) => name)) return 'different';
  return same((call) => `${call.name} ${canonicalJson(call.arguments)}`) ? 'same' : 'same_names';
}

/** The same text for the same value, whatever the order of its keys; what is no JSON stands for itself. */
function canonicalJson(text: string): string {
  if (text.trim() === '') return '{}';
  try {
    return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return text;
  }
}
