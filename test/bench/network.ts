import { join } from 'node:path';
import { Agent } from 'undici';
import { startChild } from './child.ts';
import type { ServerChild } from './child.ts';

/** An upstream, the gateway in front of it, each a process of its own, and a caller's connections to both. */
export interface Network {
  upstream: ServerChild;
  gateway: ServerChild;
  agent: Agent;
}

const UPSTREAM = new URL('./upstream-process.ts', import.meta.url);
const GATEWAY = new URL('./gateway-process.ts', import.meta.url);

/** Longest wait of a caller, milliseconds; a gateway that hangs fails the benchmark instead of holding it up. */
const PATIENCE_MS = 10_000;

/** Processor time of this process, all threads, in microseconds; the caller's part of a request's cost. */
export async function ownCpuMicros(): Promise<number> {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Starts the network for `work` and ends it after. */
export async function withNetwork<Result>(
  directory: string,
  work: (network: Network) => Promise<Result>,
): Promise<Result> {
  const agent = new Agent({ connections: null, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
  const children: ServerChild[] = [];
  const start = async (module: URL, args: readonly string[]): Promise<ServerChild> => {
    const child = await startChild(module, args, join(directory, 'servers.log'));
    children.push(child);
    return child;
  };
  try {
    const upstream = await start(UPSTREAM, []);
    const gateway = await start(GATEWAY, [upstream.url, join(directory, 'data')]);
    return await work({ upstream, gateway, agent });
  } finally {
    await agent.destroy();
    for (const child of children.toReversed()) await child.stop();
  }
}
