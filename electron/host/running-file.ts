import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE_NAME = 'running.json';

const runningSchema = z.object({
  pid: z.number().int(),
  gateway: z.string(),
  /** Null for the desktop, whose console has no address. */
  console: z.string().nullable(),
  started_at: z.number().int(),
});
export type RunningInstance = z.infer<typeof runningSchema>;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The host that runs on a data directory, by its own word; null when there is none or its process is gone. */
export function readRunningInstance(dataDirectory: string): RunningInstance | null {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(dataDirectory, FILE_NAME), 'utf8'));
  } catch {
    return null;
  }
  const instance = runningSchema.safeParse(content);
  return instance.success && isAlive(instance.data.pid) ? instance.data : null;
}

/**
 * Leaves word for the commands on this machine; the returned function takes it away. A full disk keeps no host from serving:
 * `report` is told that the commands will not find it. The word is there whole or not at all, also while it is written.
 */
export function announceRunningInstance(
  dataDirectory: string,
  instance: RunningInstance,
  report: (context: string, error: unknown) => void,
): () => void {
  const path = join(dataDirectory, FILE_NAME);
  const draft = `${path}.${instance.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(instance)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    const words = `${path} cannot be written (${reason}): commands on this machine need --url to find this Switchyard.`;
    report('running file', new Error(words, { cause: error }));
  }
  return () => {
    if (readRunningInstance(dataDirectory)?.pid === instance.pid) rmSync(path, { force: true });
  };
}

/**
 * Whether an instance really answers: a process number is given out anew, so the word of a killed host may name a
 * stranger. `fetchHealth` asks its gateway.
 */
export async function findLivingInstance(
  dataDirectory: string,
  fetchHealth: (url: string) => Promise<boolean>,
): Promise<RunningInstance | null> {
  const instance = readRunningInstance(dataDirectory);
  if (instance === null || instance.pid === process.pid) return null;
  return (await fetchHealth(`${instance.gateway}/health`)) ? instance : null;
}
