import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cleanEnvironment, repository, temporaryDirectory } from '../../support/e2e-host.ts';

/** Stands for the bundler: notes that it ran, and writes a command line that says what it was built from. */
const FAKE_VITE = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
appendFileSync('builds.log', 'build\\n');
const source = readFileSync('electron/source.ts', 'utf8');
if (source === 'broken') { console.error('source.ts is broken'); process.exit(1); }
await new Promise((resolve) => setTimeout(resolve, 200));
mkdirSync('dist/headless', { recursive: true });
writeFileSync('dist/headless/cli.js', 'console.log(' + JSON.stringify(source) + ', ...process.argv.slice(2))');
`;

let root: string;

beforeEach(() => {
  root = temporaryDirectory();
  cpSync(join(repository, 'bin'), join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'node_modules', 'vite', 'bin'), { recursive: true });
  mkdirSync(join(root, 'electron'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'vite.config.ts'), '');
  writeFileSync(join(root, 'node_modules', 'vite', 'bin', 'vite.js'), FAKE_VITE);
  writeFileSync(join(root, 'node_modules', 'vite', 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'electron', 'source.ts'), 'first');
});

async function launch(
  script: string,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'bin', script), ...args], {
    env: cleanEnvironment({ DISPLAY: '' }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString('utf8')));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

function builds(): number {
  const log = join(root, 'builds.log');
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
}

describe('starting from a checkout', () => {
  it('builds once, however many start at the same time, and then not again', async () => {
    const answers = await Promise.all([1, 2, 3].map((number) => launch('switchyard.js', 'status', String(number))));
    expect(answers.map(({ stdout }) => stdout)).toEqual(['first status 1\n', 'first status 2\n', 'first status 3\n']);
    await launch('switchyard.js');
    expect(builds()).toBe(1);
  });

  it('builds again when a source has changed', async () => {
    await launch('switchyard.js');
    writeFileSync(join(root, 'electron', 'source.ts'), 'second one');
    expect((await launch('switchyard.js')).stdout).toBe('second one\n');
    expect(builds()).toBe(2);
  });

  it('says what is broken, and is not stuck on it', async () => {
    writeFileSync(join(root, 'electron', 'source.ts'), 'broken');
    expect(await launch('switchyard.js')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('source.ts is broken'),
    });
    writeFileSync(join(root, 'electron', 'source.ts'), 'mended');
    expect(await launch('switchyard.js')).toMatchObject({ code: 0, stdout: 'mended\n' });
  });

  it('takes over the lock of a build that was killed', async () => {
    const lock = join(root, 'node_modules', '.switchyard-build');
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(2 ** 22 + 7));
    expect((await launch('switchyard.js')).code).toBe(0);
  });
});

describe('starting from a package', () => {
  it('runs the build that is there', async () => {
    await launch('switchyard.js');
    rmSync(join(root, 'vite.config.ts'));
    rmSync(join(root, 'electron'), { recursive: true });
    expect(await launch('switchyard.js', 'check')).toMatchObject({ code: 0, stdout: 'first check\n' });
    expect(builds()).toBe(1);
  });

  it('says so when there is none', async () => {
    rmSync(join(root, 'vite.config.ts'));
    expect(await launch('switchyard.js')).toMatchObject({ code: 1, stderr: expect.stringContaining('not built') });
  });
});

it.runIf(process.platform === 'linux')(
  'without a display the headless host takes the place of the desktop',
  async () => {
    const { stdout, stderr } = await launch('start.js', '--gateway-port', '0');
    expect(stderr).toContain('There is no display here; running the headless host instead');
    expect(stdout).toBe('first serve --gateway-port 0\n');
  },
);
