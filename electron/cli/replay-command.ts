import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ReplayResult, replayResultSchema } from '../../shared/domain/replay.ts';
import { runReplay } from '../engine/replay/run-replay.ts';
import { openStoreReader } from '../engine/store/open-reader.ts';
import { candidateDataDirectories } from '../host/data-directory.ts';
import { environmentFor, requireRegistry } from '../host/registry-source.ts';
import { readRunningInstance } from '../host/running-file.ts';
import { type CommandContext, CommandError, readArguments, readRangeOptions, UsageError } from './command.ts';
import { connectToConsole } from './console-client.ts';
import { renderReplay } from './replay-format.ts';

/** A day of heavy traffic takes seconds; a month of it takes minutes. */
const TIMEOUT_MS = 10 * 60 * 1000;

interface ReplayQuestion {
  since: string;
  until: string | undefined;
  file: { path: string; text: string };
}

function readConfig(context: CommandContext, name: string): ReplayQuestion['file'] {
  const path = resolve(context.workingDirectory, name);
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch {
    throw new CommandError(`The registry ${name} cannot be read: check the path given by --config.`);
  }
}

/** Replays what a data directory holds, in this process; nothing in it is changed. */
async function replayDirectory(
  context: CommandContext,
  directories: string[],
  { since, until, file }: ReplayQuestion,
): Promise<ReplayResult> {
  const environment = environmentFor(file, context);
  const registry = requireRegistry(file, environment, false);
  const range = readRangeOptions({ since, until }, context.now());
  for (const directory of directories) {
    const reader = openStoreReader(directory, context.layout.storeWorkerUrl);
    if (reader === null) continue;
    try {
      return await runReplay({ reader, range, registry, environment, recordedUnder: null });
    } finally {
      await reader.close();
    }
  }
  throw new CommandError(
    `There is no recorded traffic in ${directories.join(' or ')}: name a data directory with --data, or a console with --url.`,
  );
}

export async function runReplayCommand(context: CommandContext): Promise<void> {
  const { values } = readArguments({
    args: context.args,
    options: {
      since: { type: 'string', default: '24h' },
      until: { type: 'string' },
      config: { type: 'string' },
      json: { type: 'boolean' },
      url: { type: 'string' },
      data: { type: 'string' },
    },
  });
  if (values.config === undefined) throw new UsageError('--config is needed: the registry to try');
  const question = { since: values.since, until: values.until, file: readConfig(context, values.config) };
  readRangeOptions(question, context.now());
  const directories = candidateDataDirectories({
    option: values.data,
    environment: context.environment,
    platform: process.platform,
    workingDirectory: context.workingDirectory,
  });
  const isServed = directories.some((directory) => typeof readRunningInstance(directory)?.console === 'string');
  let result: ReplayResult;
  if (values.url !== undefined || isServed) {
    const { since, until, file } = question;
    const body = { since, ...(until !== undefined && { until }), registry: file.text };
    const client = connectToConsole(context, values, TIMEOUT_MS);
    result = replayResultSchema.parse(await client.call('POST', '/replay', body));
  } else result = await replayDirectory(context, directories, question);
  context.print(values.json ? JSON.stringify(result, null, 2) : renderReplay(result));
}
