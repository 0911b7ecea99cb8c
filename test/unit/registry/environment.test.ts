import { describe, expect, it } from 'vitest';
import { readEnvironment, readSwitch } from '../../../electron/engine/registry/environment.ts';

describe('the environment', () => {
  it('reads quotes, comments and export from the file beside the registry', () => {
    const text = '# keys\nexport A="one two"\nB=three # why\nC=\'four#five\'\n\nD=\n';
    expect(readEnvironment({}, text)).toEqual({ A: 'one two', B: 'three', C: 'four#five' });
  });

  it('has the process above the file, and an empty value as unset in both', () => {
    expect(readEnvironment({ A: 'process', B: '', C: '  ', D: undefined }, 'A=file\nB=file\nE=\n')).toEqual({
      A: 'process',
      B: 'file',
    });
  });

  it('is the process alone without a file', () => {
    expect(readEnvironment({ A: '1' }, null)).toEqual({ A: '1' });
  });

  it.each([
    ['TRUE', true],
    [' 1 ', true],
    ['off', false],
    ['maybe', undefined],
    [undefined, null],
  ])('reads the switch %j as %j', (value, expected) => {
    expect(readSwitch({ KEY: value }, 'KEY')).toBe(expected);
  });
});
