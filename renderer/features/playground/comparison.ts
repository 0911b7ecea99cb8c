import type { CompareEvent, CompareResult } from '../../../shared/domain/compare.ts';

/** One answer of a comparison as it grows. `stopped` is by the viewer's hand, `failed` is the provider's doing or the line's. */
export interface Answer {
  provider: string;
  /** What the provider says it runs; before that, what was asked for; null when neither is known. */
  model: string | null;
  phase: 'waiting' | 'streaming' | 'done' | 'failed' | 'stopped';
  text: string;
  thinking: string;
  firstTokenMs: number | null;
  /** Final figures; null until the answer has ended, and where the line broke before they came. */
  result: CompareResult | null;
  /** Why it failed, as told by the provider or by the line; null otherwise. */
  problem: string | null;
}

/** An answer that has been asked for and not begun. */
export function pendingAnswer(provider: string, model: string | null): Answer {
  return { provider, model, phase: 'waiting', text: '', thinking: '', firstTokenMs: null, result: null, problem: null };
}

/** True while more may come. */
export function isRunning(answer: Answer): boolean {
  return answer.phase === 'waiting' || answer.phase === 'streaming';
}

/** The answer after an event of its stream. What comes after its end is dropped. */
export function reduceAnswer(answer: Answer, event: CompareEvent): Answer {
  if (!isRunning(answer)) return answer;
  switch (event.type) {
    case 'started':
      return { ...answer, model: event.model === '' ? answer.model : event.model };
    case 'first_token':
      return { ...answer, phase: 'streaming', firstTokenMs: event.first_token_ms };
    case 'text':
      return { ...answer, phase: 'streaming', text: answer.text + event.text };
    case 'thinking':
      return { ...answer, phase: 'streaming', thinking: answer.thinking + event.text };
    case 'done':
      return finished(answer, event.result);
  }
}

const PHASES = { success: 'done', failure: 'failed', cancelled: 'stopped' } as const;

function finished(answer: Answer, result: CompareResult): Answer {
  return {
    ...answer,
    phase: PHASES[result.outcome],
    model: result.model === '' ? answer.model : result.model,
    // The final text is the whole one; a break in between would otherwise stay a hole.
    text: result.text.length >= answer.text.length ? result.text : answer.text,
    thinking: result.thinking.length >= answer.thinking.length ? result.thinking : answer.thinking,
    firstTokenMs: result.first_token_ms ?? answer.firstTokenMs,
    result,
    problem: result.outcome === 'failure' ? (result.message ?? 'The provider gave no reason.') : null,
  };
}

/** The answer after its stream was stopped by the viewer, if it had not ended by itself. */
export function stopAnswer(answer: Answer): Answer {
  return isRunning(answer) ? { ...answer, phase: 'stopped' } : answer;
}

/** The answer after its stream broke without an end: never shown as complete. */
export function breakAnswer(answer: Answer, problem: string): Answer {
  return isRunning(answer) ? { ...answer, phase: 'failed', problem } : answer;
}

interface BestAnswers {
  /** Index of the quickest whole answer; null with fewer than two to compare or a tie. */
  fastest: number | null;
  /** Index of the cheapest of known price; null with fewer than two to compare or a tie. */
  cheapest: number | null;
}

/** Which answers to mark: only whole ones compete, and an unknown price never counts as cheap. */
export function bestAnswers(answers: readonly Answer[]): BestAnswers {
  const whole = answers.map(({ result }) => (result?.outcome === 'success' ? result : null));
  return {
    fastest: lowest(whole.map((result) => result?.duration_ms ?? null)),
    cheapest: lowest(whole.map((result) => (result && !result.pricing_unknown ? result.cost_usd : null))),
  };
}

function lowest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const least = Math.min(...known);
  return known.filter((value) => value === least).length === 1 ? values.indexOf(least) : null;
}
