import { accessSync, constants, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeDirectory } from '../engine/store/make-directory.ts';
import { describeDirectoryError } from './startup-error.ts';

interface DirectoryQuestion {
  /** `--data`. */
  option: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  workingDirectory: string;
}

/** The platform's per-user data folder: XDG on Linux, Application Support on macOS, LocalAppData on Windows. */
function platformDirectory({ environment, platform }: DirectoryQuestion): string {
  const home = environment['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Switchyard');
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Switchyard');
  return join(environment['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'switchyard');
}

/**
 * Where a host keeps its data. Simulated runs have a folder of their own below the platform's, so that made-up rows never
 * mix with real ones; a folder that was named is taken as it is.
 */
export function chooseDataDirectory(question: DirectoryQuestion, simulated: boolean): string {
  const named = question.option ?? (question.environment['SWITCHYARD_DATA'] || undefined);
  if (named !== undefined) return resolve(question.workingDirectory, named);
  const directory = platformDirectory(question);
  return simulated ? join(directory, 'simulated') : directory;
}

/** Where a running host may have left its address, the likeliest first. */
export function candidateDataDirectories(question: DirectoryQuestion): string[] {
  return [...new Set([chooseDataDirectory(question, false), chooseDataDirectory(question, true)])];
}

/** Makes the folder, for its owner alone, and proves that it can be written. Throws `StartupError`. */
export function prepareDataDirectory(directory: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
    const probe = join(directory, `.write-test-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw describeDirectoryError(error, directory);
  }
}
