import { LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import type { RegistryProblem } from './types.ts';

/** A step into the file: a key of a mapping or an index of a list. */
export type PathStep = string | number;

/** A YAML text with the means to say on which line something stands. */
export interface RegistryDocument {
  /** Plain values; null when the text is empty. */
  value: unknown;
  /** Line of a key or list item, counted from 1; of its nearest parent when it is not there. */
  lineOf(path: readonly PathStep[]): number | null;
}

/** Reads YAML 1.2 with merge keys (`<<`). Every syntax error is reported with its line; `document` is null then. */
export function readDocument(source: string): { document: RegistryDocument | null; problems: RegistryProblem[] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, merge: true, prettyErrors: false });
  const problems: RegistryProblem[] = document.errors.map((error) => ({
    path: '',
    line: lineCounter.linePos(error.pos[0]).line,
    message:
      error.code === 'MULTIPLE_DOCS'
        ? 'a second YAML document begins here; keep one, and remove the "---" between them'
        : `This is not valid YAML: ${firstSentence(error.message)}`,
  }));
  // JavaScript's own word for what an object inherits: everything behind would pass it over without a word.
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return;
      const start = startOf(key);
      const line = start === null ? null : lineCounter.linePos(start).line;
      problems.push({ path: '', line, message: '"__proto__" cannot be a key; choose another name' });
    },
  });
  if (problems.length > 0) return { document: null, problems };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { document: { value, lineOf: (path) => lineOf(document, path, lineCounter) }, problems };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { document: null, problems: [{ path: '', line: null, message: `This is not valid YAML: ${message}` }] };
  }
}

function firstSentence(message: string): string {
  const line = message.split('\n')[0] ?? message;
  return line.trim().replace(/[:.]$/, '');
}

function lineOf(document: Document, path: readonly PathStep[], lineCounter: LineCounter): number | null {
  let node: unknown = document.contents;
  let start = startOf(node);
  for (const step of path) {
    const found = child(resolved(node, document), step);
    if (!found) break;
    start = found.start ?? start;
    node = found.value;
  }
  return start === null ? null : lineCounter.linePos(start).line;
}

function resolved(node: unknown, document: Document): unknown {
  return isNode(node) && 'resolve' in node && typeof node.resolve === 'function'
    ? (node.resolve as (of: Document) => unknown)(document)
    : node;
}

function child(node: unknown, step: PathStep): { value: unknown; start: number | null } | null {
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && keyText(item.key) === String(step));
    return pair ? { value: pair.value, start: startOf(pair.key) } : null;
  }
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? null : { value: item, start: startOf(item) };
  }
  return null;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function startOf(node: unknown): number | null {
  return isNode(node) ? ((node as Node).range?.[0] ?? null) : null;
}
