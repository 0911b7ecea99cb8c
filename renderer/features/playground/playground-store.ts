import { create } from 'zustand';
import type { ConsoleClient } from '../../api/client.ts';
import { pendingAnswer, type Answer } from './comparison.ts';
import { columnRequest, emptyForm, formProblems, type ComparisonForm, type Target } from './comparison-form.ts';
import { runColumn } from './run-comparison.ts';

interface PlaygroundState {
  form: ComparisonForm;
  /** The answers of the last run, by the target's id. */
  answers: Readonly<Record<string, Answer>>;
  /** The targets of the last run, in the order of their columns. */
  ran: readonly Target[];
}

/** What the playground holds; outside of its view, so that a run goes on while another view is open. */
export const usePlayground = create<PlaygroundState>()(() => ({ form: emptyForm, answers: {}, ran: [] }));

const stops = new Map<string, AbortController>();

/** Changes what is filled in. */
export function editForm(change: Partial<ComparisonForm>): void {
  usePlayground.setState(({ form }) => ({ form: { ...form, ...change } }));
}

/** Sends the form to every chosen target, each in a stream of its own. Does nothing while the form has problems. */
export function runAll(compare: ConsoleClient['compare']['stream']): void {
  const { form } = usePlayground.getState();
  if (Object.keys(formProblems(form)).length > 0) return;
  stopAll();
  stops.clear();
  const ran = form.targets.filter(({ provider }) => provider !== '').map((target) => ({ ...target, id: nextId() }));
  // The columns keep the ids of their run, so a late event of an earlier run finds no column to write to.
  usePlayground.setState({
    form: { ...form, targets: ran },
    ran,
    answers: Object.fromEntries(ran.map(({ id, provider, model }) => [id, pendingAnswer(provider, model || null)])),
  });
  for (const target of ran) startColumn(compare, form, target);
}

function startColumn(compare: ConsoleClient['compare']['stream'], form: ComparisonForm, target: Target): void {
  const stop = new AbortController();
  stops.set(target.id, stop);
  const host = {
    compare,
    nextFrame: (paint: () => void) => void requestAnimationFrame(paint),
    update: (change: (answer: Answer) => Answer) =>
      usePlayground.setState(({ answers }) => {
        const answer = answers[target.id];
        return answer ? { answers: { ...answers, [target.id]: change(answer) } } : {};
      }),
  };
  void runColumn(host, columnRequest(form, target), stop.signal);
}

/** Stops one column; what it has said so far stays. */
export function stopColumn(id: string): void {
  stops.get(id)?.abort();
}

/** Stops every column that still runs. */
export function stopAll(): void {
  for (const stop of stops.values()) stop.abort();
}

let counter = 0;

/** An id for a new column of this window. */
export function nextId(): string {
  counter += 1;
  return `column-${counter}`;
}
