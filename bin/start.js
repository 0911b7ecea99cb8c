#!/usr/bin/env node
// Opens the desktop console. Where Electron's runtime or a display cannot be had, the headless host runs instead.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { downloadedRuntime, executableIn, installedRuntime } from './electron-runtime.js';
import { ensureBuilt, ensureNode, fail, root } from './prepare.js';

/** What a shell and a loader answer when a program or one of its libraries is missing. */
const EXIT_CANNOT_RUN = new Set([126, 127]);
const CRASHES = new Set(['SIGSEGV', 'SIGILL', 'SIGBUS', 'SIGABRT', 'SIGTRAP']);

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function runHeadless(why) {
  process.stderr.write(`${why}; running the headless host instead, with the console in the browser.\n`);
  process.argv.splice(2, 0, 'serve');
  await import(pathToFileURL(join(root, 'dist', 'headless', 'cli.js')).href);
}

function runDesktop(executable) {
  const needsNoSandbox = process.platform === 'linux' && process.getuid?.() === 0;
  const environment = { ...process.env };
  delete environment.ELECTRON_RUN_AS_NODE;
  const args = [root, ...(needsNoSandbox ? ['--no-sandbox'] : []), ...process.argv.slice(2)];
  const child = spawn(executable, args, { stdio: 'inherit', env: environment });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const fallBack = (why) => {
    process.off('SIGINT', forward).off('SIGTERM', forward);
    runHeadless(why).catch((error) => fail(String(error)));
  };
  child.on('error', () => fallBack('The Electron runtime cannot be started here'));
  child.on('exit', (code, signal) => {
    if (EXIT_CANNOT_RUN.has(code)) fallBack('The Electron runtime lacks a system library');
    else if (CRASHES.has(signal)) fallBack(`The Electron runtime crashed (${signal})`);
    else process.exit(code ?? 0);
  });
}

if (ensureNode(fileURLToPath(import.meta.url))) {
  const asksOnly = process.argv.some((argument) => argument === '--help' || argument === '--version');
  await ensureBuilt();
  if (asksOnly) {
    process.argv.splice(2, 0, ...(process.argv.includes('--help') ? ['serve'] : []));
    await import(pathToFileURL(join(root, 'dist', 'headless', 'cli.js')).href);
  } else if (!hasDisplay()) {
    await runHeadless('There is no display here');
  } else {
    const distribution = installedRuntime() ?? (await downloadedRuntime());
    const executable = distribution === null ? null : executableIn(distribution);
    if (executable === null) await runHeadless('The Electron runtime cannot be had here');
    else runDesktop(executable);
  }
}
