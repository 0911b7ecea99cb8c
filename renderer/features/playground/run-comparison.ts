import type { CompareEvent, CompareRequest } from '../../../shared/domain/compare.ts';
import type { ConsoleClient } from '../../api/client.ts';
import { breakAnswer, reduceAnswer, stopAnswer, type Answer } from './comparison.ts';

/** Where a running column writes and when it may paint; passed in so that it can be tested without a screen. */
interface ColumnHost {
  compare: ConsoleClient['compare']['stream'];
  /** Applies a change to the column's answer. */
  update: (change: (answer: Answer) => Answer) => void;
  /** Runs `paint` before the next frame (`requestAnimationFrame`). */
  nextFrame: (paint: () => void) => void;
}

/**
 * Streams one column until its end. Events are gathered and applied once a frame, so that a fast stream costs one paint
 * a frame; the end is applied at once. Never rejects: what goes wrong is written into the answer.
 */
export async function runColumn(host: ColumnHost, request: CompareRequest, signal: AbortSignal): Promise<void> {
  let held: CompareEvent[] = [];
  let frameDue = false;
  const flush = () => {
    const events = held;
    held = [];
    if (events.length > 0) host.update((answer) => events.reduce(reduceAnswer, answer));
  };
  const paintSoon = () => {
    if (frameDue) return;
    frameDue = true;
    host.nextFrame(() => {
      frameDue = false;
      flush();
    });
  };

  try {
    for await (const event of await host.compare(request, { signal })) {
      held.push(event);
      if (event.type === 'done') flush();
      else paintSoon();
    }
    flush();
    host.update((answer) =>
      signal.aborted ? stopAnswer(answer) : breakAnswer(answer, 'The stream ended without a result.'),
    );
  } catch (error) {
    flush();
    const problem = error instanceof Error ? error.message : String(error);
    host.update((answer) => (signal.aborted ? stopAnswer(answer) : breakAnswer(answer, problem)));
  }
}
