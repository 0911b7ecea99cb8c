import { formatExact } from '../../shared/format/number.ts';

/** Columns of text, as wide as their widest cell; columns named in `right` are right-aligned. */
export function renderTable(header: string[], rows: string[][], right: ReadonlySet<string> = new Set()): string {
  const widths = header.map((title, index) => Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return right.has(header[index] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)].join('\n');
}

/** `1 request`, `2 requests`, with thousands set apart. */
export function count(amount: number, noun: string): string {
  return `${formatExact(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
