import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, errors, type Page } from 'playwright';
import { cleanEnvironment, repository, temporaryDirectory } from './e2e-host.ts';

/** Folder of the Electron runtime; null where the test command found none or no display; it says so itself. */
export const ELECTRON = process.env['SWITCHYARD_TEST_ELECTRON'] ?? null;

const EXECUTABLES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** A copy of the built application as a package would hold it, with the database binary that the runtime can load. */
function copyApplication(runtime: string): string {
  const folder = temporaryDirectory();
  for (const part of ['package.json', 'dist']) cpSync(join(repository, part), join(folder, part), { recursive: true });
  const database = join('node_modules', 'better-sqlite3');
  cpSync(join(repository, database), join(folder, database), { recursive: true, dereference: true });
  const ownBinary = join(runtime, 'better_sqlite3.node');
  if (existsSync(ownBinary)) {
    const target = join(folder, database, 'build', 'Release');
    mkdirSync(target, { recursive: true });
    cpSync(ownBinary, join(target, 'better_sqlite3.node'));
  }
  return folder;
}

const LAUNCH_TIMEOUT_MS = 15_000;

/** A window that opens before Playwright has attached is never told of, and the launch waits for ever: it is tried again. */
async function launchPatiently(options: Parameters<typeof _electron.launch>[0]): Promise<ElectronApplication> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await _electron.launch({ ...options, timeout: LAUNCH_TIMEOUT_MS });
    } catch (error) {
      if (attempt === 4 || !(error instanceof errors.TimeoutError)) throw error;
    }
  }
}

export interface DesktopApplication {
  app: ElectronApplication;
  page: Page;
  gatewayUrl: () => string;
  output: () => string;
  dataDirectory: string;
  close: () => Promise<void>;
}

/** Opens the desktop console on a data directory and a profile of its own. */
export async function launchDesktop(
  args: string[] = [],
  environment: Record<string, string> = {},
): Promise<DesktopApplication> {
  const runtime = ELECTRON ?? '';
  const folder = copyApplication(runtime);
  const dataDirectory = temporaryDirectory();
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  let output = '';
  const app = await launchPatiently({
    executablePath: join(runtime, EXECUTABLES[process.platform] ?? 'electron'),
    cwd: dataDirectory,
    args: [
      ...(asRoot ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(dataDirectory, 'profile')}`,
      folder,
      '--data',
      join(dataDirectory, 'data'),
      '--gateway-port',
      '0',
      ...args,
    ],
    env: cleanEnvironment({ XDG_CONFIG_HOME: join(dataDirectory, 'config'), ...environment }),
  });
  const read = (data: Buffer): void => void (output += data.toString('utf8'));
  app.process().stdout?.on('data', read);
  app.process().stderr?.on('data', read);
  const page = await app.firstWindow();
  return {
    app,
    page,
    gatewayUrl: () => {
      const running = JSON.parse(readFileSync(join(dataDirectory, 'data', 'running.json'), 'utf8')) as {
        gateway: string;
      };
      return running.gateway;
    },
    output: () => output,
    dataDirectory,
    close: () => app.close(),
  };
}
