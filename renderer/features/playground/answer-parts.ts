/** A stretch of an answer: prose as it was written, or what stood between two fences. */
export interface AnswerPart {
  kind: 'text' | 'code';
  text: string;
  /** The word after the opening fence, such as `ts`; empty for none and for prose. */
  language: string;
}

const FENCE = /^ {0,3}(?<fence>`{3,}|~{3,})\s*(?<rest>[^`]*)$/;

/**
 * Parts an answer at its code fences, as CommonMark has them (https://spec.commonmark.org/0.31.2/#fenced-code-blocks): a
 * block ends with a fence of the same sign that is as long, or with the text, as long as it streams. The parts in order,
 * fences and the line breaks beside them left out, none of them empty.
 */
export function answerParts(answer: string): AnswerPart[] {
  const parts: AnswerPart[] = [];
  let open: { fence: string; language: string } | null = null;
  let lines: string[] = [];
  const end = () => {
    const text = lines.join('\n');
    lines = [];
    if (open === null ? text.trim() !== '' : text !== '')
      parts.push({ kind: open === null ? 'text' : 'code', text, language: open?.language ?? '' });
  };
  for (const line of answer.split('\n')) {
    const { fence, rest = '' } = FENCE.exec(line.trimEnd())?.groups ?? {};
    if (fence !== undefined && open === null) {
      end();
      open = { fence, language: rest.trim().split(/\s/)[0] ?? '' };
    } else if (fence !== undefined && open !== null && rest.trim() === '' && closes(fence, open.fence)) {
      end();
      open = null;
    } else {
      lines.push(line);
    }
  }
  end();
  return parts;
}

function closes(fence: string, opened: string): boolean {
  return fence.startsWith(opened);
}
