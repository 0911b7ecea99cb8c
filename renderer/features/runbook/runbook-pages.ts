import text from '../../../docs/runbook.md?raw';

/** A part of a line: what is said, and how. */
export type Words =
  | { kind: 'text' | 'code' | 'strong' | 'emphasis'; text: string }
  | { kind: 'link'; text: string; anchor: string };

/** A part of a page, top to bottom. */
export type Block =
  | { kind: 'paragraph'; words: Words[] }
  | { kind: 'list'; items: { words: Words[]; under: Words[][] }[] }
  | { kind: 'commands'; commands: string[] }
  | { kind: 'table'; rows: Words[][][] };

export interface RunbookPage {
  anchor: string;
  title: string;
  blocks: Block[];
}

/** Code, strong, emphasis, and a link to another page. */
const MARKED = /`([^`]+)`|\*\*([^*]+)\*\*|(?<!\w)_([^_]+)_(?!\w)|\[([^\]]+)\]\(#([^)]+)\)/g;

/** Every section of docs/runbook.md by its anchor: what the console shows and what a reader of the file sees are one text. */
export const RUNBOOK_PAGES: ReadonlyMap<string, RunbookPage> = readRunbook(text);

function readRunbook(markdown: string): Map<string, RunbookPage> {
  const sections = markdown.split(/^#{2,3} /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [title = '', ...lines] = section.split('\n');
      const anchor = anchorOf(title);
      return [anchor, { anchor, title, blocks: blocksOf(lines) }];
    }),
  );
}

/** The anchor that a heading gets wherever Markdown is shown. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let isFresh = true;
  for (const line of lines) {
    if (line.trim() === '') isFresh = true;
    else {
      addLine(blocks, line, isFresh);
      isFresh = false;
    }
  }
  return blocks;
}

/** @param isFresh an empty line stands above it. */
function addLine(blocks: Block[], line: string, isFresh: boolean): void {
  const last = blocks.at(-1);
  const item = /^(?:\d+\.|-) (.*)$/.exec(line)?.[1];
  const under = /^ +- (.*)$/.exec(line)?.[1];
  if (item !== undefined) {
    const added = { words: wordsOf(item), under: [] };
    if (last?.kind === 'list') last.items.push(added);
    else blocks.push({ kind: 'list', items: [added] });
  } else if (last?.kind === 'list' && line.startsWith(' ')) {
    const current = last.items.at(-1);
    if (under !== undefined) current?.under.push(wordsOf(under));
    else current?.words.push({ kind: 'text', text: ' ' }, ...wordsOf(line.trim()));
  } else if (line.startsWith('    ')) addCommand(blocks, line.slice(4), isFresh);
  else if (line.startsWith('|')) addRow(blocks, line);
  else if (last?.kind === 'paragraph' && !isFresh) last.words.push({ kind: 'text', text: ' ' }, ...wordsOf(line));
  else blocks.push({ kind: 'paragraph', words: wordsOf(line) });
}

/** A line that ends with a backslash goes on in the next one. */
function addCommand(blocks: Block[], line: string, isFresh: boolean): void {
  const last = blocks.at(-1);
  if (last?.kind !== 'commands' || isFresh) return void blocks.push({ kind: 'commands', commands: [line] });
  const before = last.commands.at(-1) ?? '';
  if (before.endsWith('\\')) last.commands[last.commands.length - 1] = `${before.slice(0, -1)}${line.trimStart()}`;
  else last.commands.push(line);
}

function addRow(blocks: Block[], line: string): void {
  if (/^[|\s:-]+$/.test(line)) return;
  const cells = line
    .split('|')
    .slice(1, -1)
    .map((cell) => wordsOf(cell.trim()));
  const last = blocks.at(-1);
  if (last?.kind === 'table') last.rows.push(cells);
  else blocks.push({ kind: 'table', rows: [cells] });
}

function wordsOf(line: string): Words[] {
  const words: Words[] = [];
  let reached = 0;
  for (const match of line.matchAll(MARKED)) {
    if (match.index > reached) words.push({ kind: 'text', text: line.slice(reached, match.index) });
    const [whole, code, strong, emphasis, link = '', anchor] = match;
    if (code !== undefined) words.push({ kind: 'code', text: code });
    else if (strong !== undefined) words.push({ kind: 'strong', text: strong });
    else if (emphasis !== undefined) words.push({ kind: 'emphasis', text: emphasis });
    else if (anchor !== undefined) words.push({ kind: 'link', text: link, anchor });
    reached = match.index + whole.length;
  }
  if (reached < line.length) words.push({ kind: 'text', text: line.slice(reached) });
  return words;
}
