import { expect, it } from 'vitest';
import { quote, shorten } from '../../../shared/format/quote.ts';

it('what is short is repeated as it is', () => {
  expect(quote('claude')).toBe('"claude"');
  expect(shorten('x'.repeat(80))).toBe('x'.repeat(80));
});

it('what is long is cut to 80 characters', () => {
  expect(shorten('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`);
  expect(quote('x'.repeat(100_000))).toHaveLength(82);
});

it('no character is cut in two', () => {
  expect(shorten(`${'x'.repeat(78)}😀 and more`)).toBe(`${'x'.repeat(78)}…`);
});

it('what has lines is repeated on one', () => {
  expect(quote('a\n  b\tc')).toBe('"a b c"');
});
