// What has to hold before Switchyard's own code can run: a Node new enough, and a build as new as its sources.
// Plain JavaScript for Node 18 and later, so that an older Node gets a sentence and not a syntax error.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const MINIMUM_NODE = [22, 19];
const BUILD_INPUTS = ['electron', 'renderer', 'shared', 'vite.config.ts', 'package.json'];
const STAMP = join(root, 'dist', '.build-stamp');
const LOCK = join(root, 'node_modules', '.switchyard-build');

export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
}

/** Runs a program in this one's place: same streams, signals handed on, same exit code. */
export function replaceWith(command, args, environment = process.env) {
  const child = spawn(command, args, { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${command} could not be started: ${error.message}.`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** True when this Node can go on. Otherwise the bundled Node takes over, or a sentence says what is missing. */
export function ensureNode(script) {
  if (isNewEnough(process.version)) return true;
  const bundled = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(bundled) && process.env.SWITCHYARD_NODE_REPLACED === undefined) {
    replaceWith(bundled, [script, ...process.argv.slice(2)], { ...process.env, SWITCHYARD_NODE_REPLACED: '1' });
    return false;
  }
  return fail(
    `Switchyard needs Node ${MINIMUM_NODE.join('.')} or later and this is ${process.version}: install a newer Node.`,
  );
}

function* filesBelow(path) {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesBelow(join(path, name));
}

function sourcesDigest() {
  const hash = createHash('sha256');
  for (const input of BUILD_INPUTS.map((name) => join(root, name)).filter((path) => existsSync(path))) {
    for (const path of filesBelow(input)) {
      const { mtimeMs, size } = statSync(path);
      hash.update(`${path}\0${mtimeMs}\0${size}\n`);
    }
  }
  return hash.digest('hex');
}

function isBuilt(digest) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Takes the build lock, or waits until whoever holds it is done. The lock of a process that has died is taken over. */
async function takeLock() {
  for (;;) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const pidFile = join(LOCK, 'pid');
    const holder = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
    if (holder > 0 && !isAlive(holder)) rmSync(LOCK, { recursive: true, force: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Builds `dist/` when it is missing or older than the sources. A packed installation has no sources and is left as it is. */
export async function ensureBuilt() {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const isCheckout = existsSync(join(root, 'vite.config.ts')) && existsSync(vite);
  if (!isCheckout) {
    if (existsSync(join(root, 'dist'))) return;
    fail('Switchyard is not built here: run "npm ci" and then "npm run build" in its folder.');
  }
  if (isBuilt(sourcesDigest())) return;
  await takeLock();
  try {
    const digest = sourcesDigest();
    if (isBuilt(digest)) return;
    process.stderr.write('building…\n');
    const build = spawnSync(process.execPath, [vite, 'build', '--app', '--logLevel', 'error'], {
      cwd: root,
      encoding: 'utf8',
    });
    if (build.status !== 0) fail(`The build failed.\n${build.stdout}${build.stderr}`);
    writeFileSync(STAMP, digest);
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}
