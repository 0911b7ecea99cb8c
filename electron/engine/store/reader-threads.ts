import { Worker } from 'node:worker_threads';
import type { ReaderCommand, ReaderMessage } from './reader-protocol.ts';

/** Longest wait in milliseconds for a reader to finish its query and let go of its database. */
const LET_GO_MS = 5_000;

/**
 * Reading threads that have no database open, by their entry file. A thread is not ended when its store closes but kept
 * for the next one: tearing down a thread that has run native code has been seen to take the process along.
 */
const idle = new Map<string, Worker[]>();

/** A thread with the database at `path` opening in it; it does not keep the process alive. */
export function takeReaderThread(workerUrl: URL, path: string): Worker {
  const worker = idle.get(workerUrl.href)?.pop() ?? new Worker(workerUrl);
  worker.removeAllListeners();
  worker.unref();
  worker.postMessage({ open: path } satisfies ReaderCommand);
  return worker;
}

/** Resolves once the thread has let go of its database, or is gone; one that does not answer in time is ended. */
export async function giveBackReaderThread(workerUrl: URL, worker: Worker): Promise<void> {
  worker.ref();
  worker.removeAllListeners('message');
  const letGo = await new Promise<boolean>((resolve) => {
    const force = setTimeout(() => void worker.terminate(), LET_GO_MS);
    const settle = (done: boolean): void => {
      clearTimeout(force);
      resolve(done);
    };
    worker.once('exit', () => settle(false));
    worker.on('message', (message: ReaderMessage) => {
      if (message === null) settle(true);
    });
    worker.postMessage(null satisfies ReaderCommand);
  });
  if (!letGo) return;
  worker.unref();
  worker.removeAllListeners();
  const href = workerUrl.href;
  worker.once('exit', () =>
    idle.set(
      href,
      (idle.get(href) ?? []).filter((other) => other !== worker),
    ),
  );
  idle.set(href, [...(idle.get(href) ?? []), worker]);
}
