import { describe, expect, it } from 'vitest';
import { detectTaskType } from '../../../electron/engine/policy/task-type.ts';

describe('the type of a prompt', () => {
  it.each([
    ['Why does this Python function raise KeyError?\n```python\ndef f(d): return d["a"]\n```', 'code'],
    ['Write unit tests for the parser in TypeScript', 'code'],
    ['Write a Python function that sorts a list', 'code'],
    ['Write a letter to the team about the outage', 'writing'],
    ['Prove step by step that the square root of two is irrational', 'reasoning'],
    ['Analyse the trade-offs and decide which of the two plans is cheaper', 'reasoning'],
    ['Draft a friendly email to the team about the move', 'writing'],
    ['Write a blog post about night trains', 'writing'],
    ['Hello', null],
    ['', null],
  ])('%j is %s', (prompt, expected) => {
    expect(detectTaskType(prompt)).toBe(expected);
  });
});
