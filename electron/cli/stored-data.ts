import { openStoreReader } from '../engine/store/open-reader.ts';
import type { StoreReader } from '../engine/store/types.ts';
import { candidateDataDirectories } from '../host/data-directory.ts';
import { readRunningInstance } from '../host/running-file.ts';
import { type CommandContext, CommandError } from './command.ts';

/**
 * Asks what a data directory holds, whether or not an engine runs on it: the one that is named, else that of a running
 * Switchyard, else the first that there is. Throws `CommandError` where there is none.
 */
export async function withStoredData<Answer>(
  context: CommandContext,
  data: string | undefined,
  ask: (reader: StoreReader, directory: string) => Promise<Answer>,
): Promise<Answer> {
  const directories = candidateDataDirectories({
    option: data,
    environment: context.environment,
    platform: process.platform,
    workingDirectory: context.workingDirectory,
  });
  const running = directories.filter((directory) => readRunningInstance(directory) !== null);
  for (const directory of [...running, ...directories]) {
    const reader = openStoreReader(directory, context.layout.storeWorkerUrl);
    if (reader === null) continue;
    try {
      return await ask(reader, directory);
    } finally {
      await reader.close();
    }
  }
  throw new CommandError(`Nothing is recorded in ${directories.join(' or ')}: name a data directory with --data.`);
}
