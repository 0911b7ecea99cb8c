import { cleanup, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { answerParts } from '../../../renderer/features/playground/answer-parts.ts';
import { AnswerText } from '../../../renderer/features/playground/AnswerText.tsx';
import { TooltipProvider } from '../../../renderer/ui/Tooltip.tsx';

afterEach(cleanup);

const text = (value: string) => ({ kind: 'text', text: value, language: '' });
const code = (value: string, language = '') => ({ kind: 'code', text: value, language });

describe('an answer with code in it', () => {
  it.each([
    ['Only *words*,\nin two lines.', [text('Only *words*,\nin two lines.')]],
    ['Run:\n```sh\nls -l\n```\nThen look.', [text('Run:'), code('ls -l', 'sh'), text('Then look.')]],
    ['```python title="a b"\nprint(1)\n\nprint(2)\n```', [code('print(1)\n\nprint(2)', 'python')]],
    ['Still coming:\n```ts\nconst a', [text('Still coming:'), code('const a', 'ts')]],
    ['````md\n```sh\nls\n```\n````', [code('```sh\nls\n```', 'md')]],
    ['~~~\na\n```\nb\n~~~', [code('a\n```\nb')]],
    ['Inline ```code``` is no block', [text('Inline ```code``` is no block')]],
    ['```\n```', []],
  ])('is parted at its fences: %j', (answer, parts) => {
    expect(answerParts(answer)).toEqual(parts);
  });

  it('loses no line that is not a fence, whatever it holds', () => {
    const line = fc.oneof(fc.constantFrom('```', '```ts', '~~~', '    ```', ''), fc.string());
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const kept = answerParts(lines.join('\n')).map((part) => part.text);
        const words = (of: string) =>
          of.split('\n').filter((each) => each.trim() !== '' && !/^ {0,3}(`{3}|~{3})/.test(each));
        expect(words(kept.join('\n'))).toEqual(words(lines.join('\n')));
      }),
    );
  });

  it('shows markup as the text that it is, and offers the code alone to be copied', () => {
    const answer = '<img src=x onerror=alert(1)>\n```html\n<b>bold</b>\n```';
    render(
      <TooltipProvider>
        <AnswerText text={answer} />
      </TooltipProvider>,
    );
    expect(document.querySelector('img, b')).toBeNull();
    expect(screen.getByLabelText('Code, html').textContent).toBe('<b>bold</b>');
    expect(screen.getByRole('button', { name: 'Copy the code' })).toBeTruthy();
  });
});
