import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { leadingPage, SIGN_IN_PATH } from '../control/pages.ts';

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** A browser that has to be started first may take its time. */
const KEPT_MS = 60_000;

/**
 * Opens the console in the browser where there is one; its link is printed anyway, so failing is no error. Every user of a
 * machine sees what programs are started with, so the browser is given a file that leads there in place of the link with
 * its token. It lies in the home folder itself, as browsers in a sandbox read no hidden ones, and goes after a minute or
 * with the returned function.
 */
export function openConsole(link: string): () => void {
  const path = join(homedir(), `switchyard-${randomBytes(6).toString('hex')}.html`);
  const address = new URL(link);
  address.pathname = SIGN_IN_PATH;
  try {
    writeFileSync(path, leadingPage('Switchyard', address.href), { mode: 0o600, flag: 'wx' });
  } catch {
    return () => {};
  }
  const remove = (): void => rmSync(path, { force: true });
  setTimeout(remove, KEPT_MS).unref();
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, pathToFileURL(path).href], { stdio: 'ignore', detached: true });
  child.on('error', remove);
  child.unref();
  return remove;
}
