import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
const READY_TIMEOUT_MS = 60_000;
/** The test command has built already; whoever runs a test file alone gets the build by the way. */
const ENTRY = process.env['SWITCHYARD_TEST_BUILT'] ? ['dist', 'headless', 'cli.js'] : ['bin', 'switchyard.js'];

export interface HostProcess {
  child: ChildProcess;
  gatewayUrl: string;
  /** With the token. */
  consoleLink: string;
  dataDirectory: string;
  /** All it has written so far, both streams. */
  output: () => string;
  /** Ends it as an operator would and answers its exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** An environment without the settings of whoever runs the tests. */
export function cleanEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'DISPLAY', 'LANG', 'TMPDIR', 'TEMP', 'SystemRoot', 'USERPROFILE', 'XDG_RUNTIME_DIR'];
  const entries = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(entries), ...extra };
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'switchyard-test-'));
}

function lineValue(output: string, name: string): string {
  const value = new RegExp(`^${name} +(\\S+)$`, 'm').exec(output)?.[1];
  if (value === undefined) throw new Error(`No "${name}" line in:\n${output}`);
  return value;
}

/**
 * Runs the built `switchyard` with a host command and waits until it says that it is ready. Free ports and a data
 * directory of its own, unless `args` name them.
 */
export async function startHostProcess(
  command: 'serve' | 'demo',
  options: { args?: string[]; dataDirectory?: string; environment?: Record<string, string>; cwd?: string } = {},
): Promise<HostProcess> {
  const dataDirectory = options.dataDirectory ?? temporaryDirectory();
  const ports = options.args?.includes('--gateway-port') ? [] : ['--gateway-port', '0', '--console-port', '0'];
  const args = [join(repository, ...ENTRY), command, '--data', dataDirectory, ...ports];
  const child = spawn(process.execPath, [...args, ...(options.args ?? [])], {
    cwd: options.cwd ?? dataDirectory,
    env: cleanEnvironment(options.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Not ready in time:\n${output}`)), READY_TIMEOUT_MS);
    const read = (data: Buffer): void => {
      output += data.toString('utf8');
      if (/^ready$/m.test(output)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => reject(new Error(`Ended with ${code}:\n${output}`)));
    void exited.finally(() => clearTimeout(timer));
  });
  return {
    child,
    gatewayUrl: lineValue(output, 'gateway'),
    consoleLink: lineValue(output, 'console'),
    dataDirectory,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return await exited;
    },
  };
}

/** Runs a `switchyard` command to its end. */
export async function runSwitchyard(
  args: string[],
  options: { environment?: Record<string, string>; cwd?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(repository, 'electron', 'cli', 'main.ts'), ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: cleanEnvironment(options.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString('utf8')));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
