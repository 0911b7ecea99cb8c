import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName, suggestion } from '../../../electron/engine/registry/nearest.ts';

describe('the nearest valid name', () => {
  it.each([
    ['endpont', ['endpoint', 'enabled'], 'endpoint'],
    ['timeout', ['timeouts', 'retry'], 'timeouts'],
    ['KIMI', ['kimi', 'claude'], 'kimi'],
    ['zebra', ['endpoint', 'enabled'], null],
    ['x', [], null],
  ])('of %s among %j is %s', (name, candidates, expected) => {
    expect(nearestName(name, candidates)).toBe(expected);
  });

  it('is the name itself when it is valid', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (names) => {
        expect(nearestName(names[0] ?? '', names)).toBe(names[0]);
      }),
    );
  });

  it('falls back to listing what is valid', () => {
    expect(suggestion('zebra', ['fast', 'powerful'])).toBe('; valid names are fast, powerful');
    expect(suggestion('zebra', [])).toBe('');
  });
});
