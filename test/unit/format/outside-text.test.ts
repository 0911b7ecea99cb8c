import { describe, expect, it } from 'vitest';
import { csvCell } from '../../../shared/format/csv.ts';
import { markdownCell, markdownText } from '../../../shared/format/markdown.ts';
import { printable } from '../../../shared/format/printable.ts';

describe('what a terminal would obey', () => {
  it.each([
    ['\u001b[2J', '\\u001b[2J'],
    ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['\u009b31m', '\\u009b31m'],
    ['gone\rback', 'gone\\u000dback'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['del\u007f\b', 'del\\u007f\\u0008'],
  ])('%j is written out', (text, shown) => expect(printable(text)).toBe(shown));

  it('is neither a tab, nor the end of a line, nor a letter of any language', () => {
    const text = 'name\tUSD\r\nKimi — é 漢 \u{1f600}\n';
    expect(printable(text)).toBe(text);
  });

  it('is the same value in JSON', () => {
    const value = { name: '\u009b2J\u2028\u202e\u0000' };
    expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
  });
});

describe('a name in Markdown', () => {
  it.each([
    ['![x](http://evil.example/p.png)', '!\\[x\\](http://evil.example/p.png)'],
    ['<img src=x>', '&lt;img src=x&gt;'],
    ['a\n# b | c', 'a \\# b | c'],
    ['__proto__', '\\_\\_proto\\_\\_'],
  ])('%j has no markup of its own', (text, shown) => expect(markdownText(text)).toBe(shown));

  it('stays as it is where its underscores are none', () => {
    expect(markdownCell('kimi_k2_self_hosted')).toBe('kimi_k2_self_hosted');
  });

  it('does not end its cell', () => expect(markdownCell('a|b')).toBe('a\\|b'));
});

describe('a name in CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1'])('%j is no formula', (text) => {
    expect(csvCell(text)).toMatch(/^"?'/);
  });
});
