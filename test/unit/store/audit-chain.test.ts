import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, CHAIN_ANCHOR, hashOfEntry, verifyChain } from '../../../electron/engine/store/audit-chain.ts';
import type { AuditEntry } from '../../../shared/domain/operations.ts';

const entryOf = (id: number, reason: string): AuditEntry => ({
  id,
  at: id,
  operator: 'ada',
  action: 'override.set',
  target: 'kimi',
  reason,
  before: null,
  after: { id },
});

function chainOf(reasons: readonly string[]) {
  let previous = CHAIN_ANCHOR;
  const links = reasons.map((reason, index) => {
    const entry = entryOf(index + 1, reason);
    const link = { id: entry.id, entry, prev_hash: previous, hash: hashOfEntry(entry, previous) };
    previous = link.hash;
    return link;
  });
  return { links, head: { last_id: links.length, hash: previous, entries: links.length } };
}

describe('canonical JSON', () => {
  it('says the same of values whose keys stand in another order', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        return canonicalJson(turned) === canonicalJson(value);
      }),
    );
  });

  it('is the value itself, written down', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('a chain', () => {
  it('holds as it was written, and no change of any row goes unseen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fc.string(),
        (reasons, at, other) => {
          const { links, head } = chainOf(reasons);
          expect(verifyChain(links, head)).toMatchObject({ ok: true, entries: reasons.length });
          const index = at % reasons.length;
          const tampered = links.map((link, position) =>
            position === index ? { ...link, entry: { ...link.entry, reason: `${other}${link.entry.reason}!` } } : link,
          );
          expect(verifyChain(tampered, head).broken?.id).toBe(index + 1);
          expect(verifyChain(links.toSpliced(index, 1), head).ok).toBe(false);
        },
      ),
    );
  });

  it('that is empty holds', () => {
    expect(verifyChain([], { last_id: 0, hash: CHAIN_ANCHOR, entries: 0 })).toEqual({
      ok: true,
      entries: 0,
      last: null,
      broken: null,
    });
  });
});
