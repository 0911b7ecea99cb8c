import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestAnswers,
  breakAnswer,
  pendingAnswer,
  reduceAnswer,
  stopAnswer,
  type Answer,
} from '../../../renderer/features/playground/comparison.ts';
import {
  columnRequest,
  emptyForm,
  firstTargets,
  formProblems,
  nextProvider,
  type ComparisonForm,
} from '../../../renderer/features/playground/comparison-form.ts';
import { failureWords } from '../../../renderer/features/playground/failure-words.ts';
import { runColumn } from '../../../renderer/features/playground/run-comparison.ts';
import {
  compareRequestSchema,
  type CompareEvent,
  type CompareRequest,
  type CompareResult,
} from '../../../shared/domain/compare.ts';
import { FAILURE_CLASSES } from '../../../shared/domain/failure.ts';
import { aStatus } from '../../support/console-fixtures.ts';
import { compareResult } from '../../support/console-fixtures-history.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const REQUEST: CompareRequest = { prompt: 'hi', targets: [{ provider: 'a' }], max_tokens: 10 };

function after(...events: CompareEvent[]): Answer {
  return events.reduce(reduceAnswer, pendingAnswer('a', null));
}
const text = (words: string): CompareEvent => ({ type: 'text', target: 0, text: words });
const done = (changes: Partial<CompareResult>): CompareEvent => ({
  type: 'done',
  target: 0,
  result: compareResult(changes),
});

describe('reduceAnswer', () => {
  it('grows text and thinking and ends with the figures', () => {
    const answer = after(
      { type: 'started', target: 0, provider: 'a', model: 'm-1' },
      { type: 'first_token', target: 0, first_token_ms: 120 },
      { type: 'thinking', target: 0, text: 'hm' },
      text('Fo'),
      text('ur.'),
    );
    expect(answer).toMatchObject({
      model: 'm-1',
      phase: 'streaming',
      text: 'Four.',
      thinking: 'hm',
      firstTokenMs: 120,
    });
    expect(reduceAnswer(answer, done({}))).toMatchObject({ phase: 'done', text: 'Four.', problem: null });
  });

  it('keeps what was said when it fails, with the cause', () => {
    const answer = after(
      text('Half of'),
      done({ outcome: 'failure', message: 'cut', text: '', failure_class: 'truncated' }),
    );
    expect(answer).toMatchObject({ phase: 'failed', text: 'Half of', problem: 'cut' });
  });

  it('takes nothing more after its end, whatever comes', () => {
    const ended = after(done({}));
    expect(reduceAnswer(ended, text('more'))).toBe(ended);
    expect(stopAnswer(ended)).toBe(ended);
    expect(breakAnswer(ended, 'line lost')).toBe(ended);
  });

  it('never shows an answer without an end as whole', () => {
    expect(breakAnswer(after(text('Half')), 'line lost')).toMatchObject({ phase: 'failed', problem: 'line lost' });
    expect(stopAnswer(after(text('Half')))).toMatchObject({ phase: 'stopped', text: 'Half' });
  });
});

describe('bestAnswers', () => {
  const answered = (changes: Partial<CompareResult>) => after(done(changes));
  it('marks the fastest and the cheapest', () => {
    const answers = [answered({ duration_ms: 900, cost_usd: 0.02 }), answered({ duration_ms: 1200, cost_usd: 0.01 })];
    expect(bestAnswers(answers)).toEqual({ fastest: 0, cheapest: 1 });
  });

  it('never calls an unknown price or a failure the best', () => {
    const answers = [
      answered({ duration_ms: 900, cost_usd: 0, pricing_unknown: true }),
      answered({ duration_ms: 1200, cost_usd: 0.01 }),
      answered({ duration_ms: 50, cost_usd: 0, outcome: 'failure' }),
    ];
    expect(bestAnswers(answers)).toEqual({ fastest: 0, cheapest: null });
  });

  it('marks nothing in a tie or with one answer', () => {
    expect(bestAnswers([answered({}), answered({})])).toEqual({ fastest: null, cheapest: null });
    expect(bestAnswers([answered({}), pendingAnswer('b', null)])).toEqual({ fastest: null, cheapest: null });
  });
});

describe('the form', () => {
  const good: ComparisonForm = { ...emptyForm, prompt: 'hi', targets: [{ id: '1', provider: 'a', model: '' }] };
  it.each([
    [{ prompt: '  ' }, 'prompt'],
    [{ targets: [{ id: '1', provider: '', model: '' }] }, 'targets'],
    [{ maxTokens: '0' }, 'maxTokens'],
    [{ maxTokens: '12.5' }, 'maxTokens'],
    [{ maxTokens: '' }, 'maxTokens'],
    [{ temperature: '2.1' }, 'temperature'],
    [{ temperature: 'warm' }, 'temperature'],
    [{ effort: '-0.1' }, 'effort'],
  ])('refuses %j', (change, field) => {
    expect(Object.keys(formProblems({ ...good, ...change }))).toEqual([field]);
  });

  it('makes of whatever it accepts a request that the contract accepts', () => {
    const field = fc.oneof(fc.constantFrom('', '0', '1', '0.5', '2', '1024', 'x', ' '), fc.string());
    fc.assert(
      fc.property(fc.string(), fc.string(), field, field, field, (prompt, model, maxTokens, temperature, effort) => {
        const target = { id: '1', provider: 'a', model };
        const form = { ...good, prompt, maxTokens, temperature, effort, targets: [target] };
        if (Object.keys(formProblems(form)).length > 0) return;
        expect(compareRequestSchema.safeParse(columnRequest(form, target)).success).toBe(true);
      }),
    );
  });

  it('leaves to the provider what is left empty', () => {
    expect(columnRequest(good, { id: '1', provider: 'a', model: ' ' })).toEqual({
      prompt: 'hi',
      targets: [{ provider: 'a' }],
      max_tokens: 1024,
    });
  });

  it('begins with the chain and never offers what cannot be asked', () => {
    const { providers } = aStatus(NOW);
    expect(firstTargets(providers).map(({ provider }) => provider)).toEqual(['kimi_k2', 'claude_opus']);
    expect(nextProvider(providers, [{ id: '1', provider: 'kimi_k2', model: '' }])).toBe('claude_opus');
    expect(nextProvider([], [])).toBe('');
  });
});

describe('failureWords', () => {
  it.each([...FAILURE_CLASSES, null])('has a sentence for %s', (failure) => {
    expect(failureWords(failure)).toMatch(/^[A-Z].*\.$/);
  });
});

describe('runColumn', () => {
  function column() {
    let answer = pendingAnswer('a', null);
    let updates = 0;
    const frames: (() => void)[] = [];
    return {
      frames,
      answer: () => answer,
      updates: () => updates,
      host: (compare: (signal: AbortSignal | undefined) => AsyncGenerator<CompareEvent, void, void>) => ({
        compare: (async (_: CompareRequest, options?: { signal?: AbortSignal }) => compare(options?.signal)) as never,
        nextFrame: (paint: () => void) => void frames.push(paint),
        update: (change: (before: Answer) => Answer) => {
          updates += 1;
          answer = change(answer);
        },
      }),
    };
  }

  it('paints a burst once a frame and the end at once', async () => {
    const one = column();
    await runColumn(
      one.host(async function* () {
        for (let index = 0; index < 500; index += 1) yield text('x');
        yield done({ text: 'x'.repeat(500) });
      }),
      REQUEST,
      new AbortController().signal,
    );
    expect(one.frames).toHaveLength(1);
    expect(one.updates()).toBeLessThanOrEqual(3);
    expect(one.answer()).toMatchObject({ phase: 'done', text: 'x'.repeat(500) });
  });

  it('calls a stream that ends without a result a failure', async () => {
    const one = column();
    await runColumn(
      one.host(async function* () {
        yield text('Half');
      }),
      REQUEST,
      new AbortController().signal,
    );
    expect(one.answer()).toMatchObject({
      phase: 'failed',
      text: 'Half',
      problem: 'The stream ended without a result.',
    });
  });

  it('tells why the line broke, and keeps what was said', async () => {
    const one = column();
    const broken = async function* () {
      yield text('Half');
      throw new Error('The gateway closed the connection.');
    };
    await runColumn(one.host(broken), REQUEST, new AbortController().signal);
    expect(one.answer()).toMatchObject({
      phase: 'failed',
      text: 'Half',
      problem: 'The gateway closed the connection.',
    });
  });

  it('stops by hand without calling it a failure', async () => {
    const one = column();
    const stop = new AbortController();
    const endless = async function* (signal: AbortSignal | undefined) {
      yield text('Half');
      stop.abort();
      signal?.throwIfAborted();
    };
    await runColumn(one.host(endless), REQUEST, stop.signal);
    expect(one.answer()).toMatchObject({ phase: 'stopped', text: 'Half', problem: null });
  });
});
