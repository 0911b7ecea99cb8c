// Where Electron's runtime is: the one that is named, the one that is installed, or one fetched now.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.js';

const ELECTRON = join(root, 'node_modules', 'electron');
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
const REACHABLE_TIMEOUT_MS = 4000;
/** The program in a runtime's folder; null when it is not there. */
export function executableIn(distribution) {
  const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
  const path = join(distribution, names[process.platform] ?? 'electron');
  return existsSync(path) ? path : null;
}

/** Folder of the runtime that is named by `ELECTRON_OVERRIDE_DIST_PATH` or installed; null when there is none. */
export function installedRuntime() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return executableIn(override) === null ? null : override;
  const distribution = join(ELECTRON, 'dist');
  const complete = existsSync(join(ELECTRON, 'path.txt')) && existsSync(join(distribution, 'version'));
  return complete && executableIn(distribution) !== null ? distribution : null;
}

async function downloadIsReachable() {
  const address = process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror || 'https://github.com';
  try {
    await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Electron's package brings no runtime; its own installer fetches it once and checks its sum. Null where it cannot. */
export async function downloadedRuntime() {
  const installer = join(ELECTRON, 'install.js');
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH || process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return null;
  if (!existsSync(installer) || !(await downloadIsReachable())) return null;
  const { version } = JSON.parse(readFileSync(join(ELECTRON, 'package.json'), 'utf8'));
  process.stderr.write(`fetching the Electron ${version} runtime, once…\n`);
  spawnSync(process.execPath, [installer], { stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS });
  return installedRuntime();
}
