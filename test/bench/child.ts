import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ChildMessage } from './child-side.ts';

/** A server in a process of its own, so that its processor time is told apart from the others'. */
export interface ServerChild {
  url: string;
  /** Microseconds of processor time it has used so far, all threads. */
  cpuMicros(): Promise<number>;
  /** Ends it and waits until it has gone. */
  stop(): Promise<void>;
}

/**
 * Starts a server module that reports through `serveParent`. What it writes to stderr goes to `logFile`.
 * Throws an Error with the reason that its log gives when it ends before it listens.
 */
export async function startChild(module: URL, args: readonly string[], logFile: string): Promise<ServerChild> {
  const log = openSync(logFile, 'a');
  const child = fork(module, args, { stdio: ['ignore', 'ignore', log, 'ipc'] });
  closeSync(log);
  const ready = await nextMessage(child, logFile);
  if (ready.type !== 'listening') throw new Error(`The server spoke of ${ready.type} before it listened.`);
  return {
    url: ready.url,
    async cpuMicros() {
      const answer = nextMessage(child, logFile);
      child.send('cpu');
      const message = await answer;
      if (message.type !== 'cpu')
        throw new Error(`The server was asked for its CPU and answered with ${message.type}.`);
      return message.micros;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function nextMessage(child: ChildProcess, logFile: string): Promise<ChildMessage> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const message = await Promise.race([
      once(child, 'message', { signal }).then(([first]) => first as ChildMessage),
      once(child, 'exit', { signal }).then(() => null),
    ]);
    if (message !== null) return message;
  } finally {
    waiting.abort();
  }
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
  const reason = lines.findLast((line) => /Error\b.*: /.test(line)) ?? lines.at(-1);
  throw new Error(`A server of the benchmark ended too early: ${reason || 'it said nothing'}`);
}
