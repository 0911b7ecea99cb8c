import { describe, expect, it } from 'vitest';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import { readEnvironment, readEnvironmentName, readSwitch } from '../../../electron/engine/registry/environment.ts';

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

describe('where it runs', () => {
  it.each([
    [undefined, 'development'],
    ['', 'development'],
    ['Production', 'production'],
    [' staging ', 'staging'],
    ['prod', null],
  ])('SWITCHYARD_ENV=%s is %s', (value, expected) => {
    expect(readEnvironmentName(value === undefined ? {} : { SWITCHYARD_ENV: value })).toBe(expected);
  });

  it('is warned of where it is a word of nobody’s, and then the careful side of each setting holds', () => {
    const read = (name: string) => {
      const result = parseRegistry('models: { kimi: { adapter: vllm, endpoint: http://gpu:8000/v1 } }', {
        environment: { SWITCHYARD_ENV: name },
        path: null,
      });
      if (!result.ok) throw new Error('it is valid');
      const { policy, drills } = result.registry;
      const warned = result.warnings.some(({ message }) => message.startsWith('SWITCHYARD_ENV'));
      return { restricted: policy.restrictModels, drills: drills.enabled, warned };
    };
    expect(read('prod')).toEqual({ restricted: true, drills: false, warned: true });
    expect(read('production')).toEqual({ restricted: false, drills: false, warned: false });
    expect(read('Staging')).toEqual({ restricted: true, drills: true, warned: false });
  });
});
