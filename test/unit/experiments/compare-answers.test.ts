import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GistCollector, gistOf } from '../../../electron/engine/attempt/answer-gist.ts';
import type { AnswerGist } from '../../../electron/engine/attempt/answer-gist.ts';
import { compareAnswers, similarityOf } from '../../../electron/engine/experiments/compare-answers.ts';

function gist(text: string, changes: Partial<AnswerGist> = {}): AnswerGist {
  return { text, characters: text.length, toolCalls: [], finishReason: 'stop', ...changes };
}

describe('the similarity of two texts', () => {
  it.each([
    ['the cat sat', 'The cat, sat!', 1],
    ['one two three four', 'three four five six', 1 / 3],
    ['yes', 'no', 0],
    ['yes', '', 0],
    ['Straße ﬁn', 'straße fin', 1],
    ['東京 です', '東京 では', 1 / 3],
  ])('of "%s" and "%s" is %f', (left, right, similarity) => {
    expect(similarityOf(left, right)).toBeCloseTo(similarity);
  });

  it('is unknown where neither holds a word', () => {
    expect(similarityOf('', '?!')).toBeNull();
  });

  it('is the same both ways, from 0 to 1, and 1 for a text and itself in another order', () => {
    fc.assert(
      fc.property(fc.array(fc.lorem({ maxCount: 1 })), fc.array(fc.lorem({ maxCount: 1 })), (left, right) => {
        const similarity = similarityOf(left.join(' '), right.join(' '));
        expect(similarityOf(right.join(' '), left.join(' '))).toBe(similarity);
        if (similarity === null) return;
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1);
        if (left.length > 0) expect(similarityOf(left.join(' '), left.toReversed().join(', '))).toBe(1);
      }),
    );
  });

  it('falls with every word that only one text holds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (words) => {
        const text = words.join(' ');
        expect(similarityOf(text, `${text} beside`)).toBeLessThan(1);
      }),
    );
  });
});

describe('the comparison of two answers', () => {
  it('tells the length of the second for each character of the first, also of texts that were cut', () => {
    expect(compareAnswers(gist('abcd'), gist('ab', { characters: 8 }), false).length_ratio).toBe(2);
    expect(compareAnswers(gist(''), gist('ab'), false).length_ratio).toBeNull();
  });

  it('judges JSON only where it was asked for', () => {
    expect(compareAnswers(gist('{"a":1}'), gist('Sure: {'), true).json).toEqual({ original: true, shadow: false });
    expect(compareAnswers(gist('{"a":1}'), gist('{"a":1}', { characters: 900 }), true).json?.shadow).toBe(false);
    expect(compareAnswers(gist('{}'), gist('{}'), false).json).toBeNull();
  });

  it.each([
    ['nothing called', [], [], null],
    ['one side calls', [['find', '{}']], [], 'different'],
    ['the same in other words', [['find', '{"a":1,"b":[2]}']], [['find', '{ "b": [2], "a": 1 }']], 'same'],
    ['no arguments, and empty ones', [['now', '']], [['now', '{}']], 'same'],
    [
      'the same in another order',
      [
        ['a', '{}'],
        ['b', '{}'],
      ],
      [
        ['b', '{}'],
        ['a', '{}'],
      ],
      'same',
    ],
    ['other arguments', [['find', '{"a":1}']], [['find', '{"a":2}']], 'same_names'],
    ['broken arguments', [['find', '{"a":']], [['find', '{"a":1}']], 'same_names'],
    ['other tools', [['find', '{}']], [['open', '{}']], 'different'],
  ] as const)('holds tool calls together: %s', (_name, left, right, agreement) => {
    const calls = (list: readonly (readonly [string, string])[]) =>
      gist('', { toolCalls: list.map(([name, args]) => ({ name, arguments: args })) });
    expect(compareAnswers(calls(left), calls(right), false).tool_calls).toBe(agreement);
  });
});

describe('the gist of an answer', () => {
  it('is the same whether it came as a stream or whole', () => {
    const collector = new GistCollector();
    collector.add({ type: 'thinking', index: 0, text: 'hm' });
    collector.add({ type: 'text', index: 1, text: 'Hel' });
    collector.add({ type: 'text', index: 1, text: 'lo' });
    collector.add({ type: 'tool_call_start', index: 2, id: 'call_1', name: 'find' });
    collector.add({ type: 'tool_call_arguments', index: 2, json: '{"q":' });
    collector.add({ type: 'tool_call_arguments', index: 2, json: '"x"}' });
    collector.add({ type: 'finish', reason: 'tool_calls', stopSequence: null });
    const whole = gistOf({
      id: 'a',
      model: 'm',
      content: [
        { type: 'thinking', text: 'hm', signature: null },
        { type: 'text', text: 'Hello' },
        { type: 'tool_use', id: 'call_1', name: 'find', input: { q: 'x' } },
      ],
      finishReason: 'tool_calls',
      stopSequence: null,
      usage: null,
      raw: null,
    });
    expect(collector.gist()).toEqual(whole);
  });

  it('keeps the beginning of a very long text, and its whole length', () => {
    const collector = new GistCollector();
    for (let piece = 0; piece < 40; piece += 1) collector.add({ type: 'text', index: 0, text: 'x'.repeat(10_000) });
    const { text, characters } = collector.gist();
    expect(characters).toBe(400_000);
    expect(text.length).toBe(128 * 1024);
  });
});
