import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAXIMUM_DEPTH, parseBody } from '../../../electron/engine/gateway/parse-body.ts';

const bodyOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { x: value };
  return value;
}

describe('a request body', () => {
  it('is read as it was written, whatever stands in its texts', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('[[[[', '{"', '\\', '\\"', '"[', 'é[', '😀{'));
    fc.assert(
      fc.property(fc.dictionary(text, fc.oneof(text, fc.jsonValue())), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        expect(parseBody(bodyOf(value))).toEqual(plain);
      }),
    );
  });

  it('may be as deep as the limit and no deeper', () => {
    expect(parseBody(bodyOf({ x: nested(MAXIMUM_DEPTH - 1) }))).toEqual({ x: nested(MAXIMUM_DEPTH - 1) });
    expect(() => parseBody(bodyOf({ x: nested(MAXIMUM_DEPTH) }))).toThrow('nested deeper than 256 levels');
  });

  it('counts brackets that are open, not all there are, and none inside of texts', () => {
    const wide = { list: Array.from({ length: 1000 }, () => ['['.repeat(300), '\\'.repeat(3), { a: '"{' }]) };
    expect(parseBody(bodyOf(wide))).toEqual(wide);
  });
});
