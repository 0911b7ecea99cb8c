import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { eventually } from './engine-fixture.ts';

/** Starts a real inference server, where the machine has one for tests; it lies beside the checkout. */
const STARTER = resolve(import.meta.dirname, '../../../shared/tools/local-inference/start');

/** Whether this machine has a real inference server for tests. */
export const hasLocalInference = existsSync(STARTER) && process.platform === 'linux';

export interface LocalInference {
  origin: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and waits until it serves. */
  restart(): Promise<void>;
}

/** A real OpenAI-compatible server with a tiny model of random weights: its words are salad, its wire is real. */
export async function startLocalInference(): Promise<LocalInference> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    child = spawn(STARTER, [String(port), 'tiny'], { stdio: 'ignore' });
    await eventually(() =>
      fetch(`${origin}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  };
  const kill = async (): Promise<void> => {
    const dying = child;
    child = null;
    if (!dying || dying.exitCode !== null) return;
    const gone = new Promise((done) => dying.once('exit', done));
    dying.kill('SIGKILL');
    await gone;
  };
  await start();
  return { origin, kill, restart: start };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
