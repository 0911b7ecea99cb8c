// `npm test`: every test there is, the real-browser and desktop ones included. Gets the browser and the display it needs
// where it can, says loudly what it had to leave out, and ends with one line of counts.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadedRuntime, installedRuntime } from '../bin/electron-runtime.js';
import { ensureBuilt, ensureNode, root } from '../bin/prepare.js';

const INSTALL_TIMEOUT_MS = 5 * 60_000;
const leftOut = [];

function say(line) {
  process.stdout.write(`${line}\n`);
}

function findOnPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

function run(command, args) {
  return spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS, env: process.env });
}

let packagesListed = false;

/** Debian's own packages, where this user may install them. */
function aptInstall(...packages) {
  if (process.getuid?.() !== 0 || findOnPath('apt-get') === null) return false;
  say(`installing ${packages.join(', ')}…`);
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  if (!packagesListed) run('apt-get', ['update', '-qq']);
  packagesListed = true;
  return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]).status === 0;
}

async function playwrightChromium() {
  const { chromium } = await import('playwright');
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

async function findChromium() {
  const onPath = () => findOnPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
  const found = process.env.SWITCHYARD_TEST_CHROMIUM || onPath() || (await playwrightChromium());
  if (found) return found;
  if (aptInstall('chromium')) return onPath();
  say('fetching a Chromium…');
  run(process.execPath, [join(root, 'node_modules', 'playwright', 'cli.js'), 'install', 'chromium']);
  return await playwrightChromium();
}

/**
 * An Electron runtime: the one named or installed, the test runtime of a development sandbox (whose older Node needs the
 * database's binary that lies beside it), or one fetched now.
 */
async function findElectron() {
  const installed = installedRuntime();
  if (installed !== null) return installed;
  const setup = join(root, '..', 'shared', 'tools', 'electron-runtime', 'setup');
  if (!existsSync(setup)) return await downloadedRuntime();
  say('preparing the Electron test runtime…');
  const answer = run(setup, []);
  return answer.status === 0 ? answer.stdout.trim() : null;
}

/** A screen for the desktop tests; null when there is a real one or none can be had. */
async function startScreen() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
    return { ok: true, stop() {} };
  if (findOnPath('Xvfb') === null && !(aptInstall('xvfb', 'xauth') && findOnPath('Xvfb')))
    return { ok: false, stop() {} };
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve) => {
    screen.stdio[3].once('data', (data) => resolve(String(data).trim()));
    screen.once('exit', () => resolve(null));
    screen.once('error', () => resolve(null));
  });
  if (number === null) return { ok: false, stop() {} };
  process.env.DISPLAY = `:${number}`;
  return { ok: true, stop: () => screen.kill() };
}

async function prepareEnvironment() {
  const chromium = await findChromium();
  if (chromium === null) leftOut.push('the browser tests: no Chromium was found and none could be installed');
  else process.env.SWITCHYARD_TEST_CHROMIUM = chromium;
  const electron = await findElectron();
  const screen = await startScreen();
  if (electron === null) {
    leftOut.push('the desktop tests: no Electron runtime was found and none could be fetched');
  } else if (!screen.ok) {
    leftOut.push('the desktop tests: there is no display, and no Xvfb could be installed');
  } else {
    process.env.SWITCHYARD_TEST_ELECTRON = electron;
  }
  return screen;
}

function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-tests-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, ...options], { cwd: root, stdio: 'inherit' });
    child.on('exit', (code) => {
      const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
      rmSync(folder, { recursive: true, force: true });
      resolve({ code: code ?? 1, counts });
    });
  });
}

function countsOf({ code, counts }) {
  const passed = counts?.numPassedTests ?? 0;
  const skipped = (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0);
  // A file that cannot be loaded, or a runner that dies, has no failed test to its name and is a failure all the same.
  const failed = Math.max(counts?.numFailedTests ?? 0, code === 0 ? 0 : 1);
  return { passed, failed, skipped };
}

if (ensureNode(fileURLToPath(import.meta.url))) {
  await ensureBuilt();
  process.env.SWITCHYARD_TEST_BUILT = '1';
  const screen = await prepareEnvironment();
  const { passed, failed, skipped } = countsOf(await runVitest(process.argv.slice(2)));
  screen.stop();
  for (const sentence of leftOut) say(`\nLEFT OUT  ${sentence}`);
  say(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(failed > 0 ? 1 : 0);
}
