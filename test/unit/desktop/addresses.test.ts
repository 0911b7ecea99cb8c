import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isConsoleAddress, mayOpenOutside } from '../../../electron/desktop/addresses.ts';

it.each([
  ['https://docs.vllm.ai/en/latest/', true],
  ['http://127.0.0.1:3000/d/switchyard', true],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['smb://host/share', false],
  ['app://switchyard/', false],
  ['https://user:secret@example.com/', false],
  ['not an address', false],
  ['', false],
])('%s may be opened in the browser: %s', (address, expected) => {
  expect(mayOpenOutside(address)).toBe(expected);
});

it.each([
  ['app://switchyard/', true],
  ['app://switchyard/costs?since=1h', true],
  ['app://switchyard.evil/', false],
  ['app://other/', false],
  ['https://switchyard/', false],
  ['app://switchyard', false],
])('%s is of the console: %s', (address, expected) => {
  expect(isConsoleAddress(address)).toBe(expected);
});

it('no web address is ever of the console', () => {
  fc.assert(fc.property(fc.webUrl(), (address) => !isConsoleAddress(address)));
});
