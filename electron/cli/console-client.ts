import { quote } from '../../shared/format/quote.ts';
import { readConsoleToken } from '../control/console-token.ts';
import { candidateDataDirectories } from '../host/data-directory.ts';
import { readRunningInstance } from '../host/running-file.ts';
import { type CommandContext, CommandError, UsageError } from './command.ts';

const TIMEOUT_MS = 10_000;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The REST API of a running console. */
export interface ConsoleClient {
  /** Throws `CommandError` with the console's own sentence. */
  call(method: Method, path: string, body?: object): Promise<unknown>;
  /** The text of a report. Throws as `call` does. */
  document(path: string): Promise<string>;
}

interface Target {
  url: string;
  token: string | null;
}

function namedTarget(url: string, context: CommandContext, dataDirectories: string[]): Target {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError(`${quote(url)} is not the address of a console: it looks like http://127.0.0.1:4181.`);
  }
  const address = new URL(url);
  const inAddress = address.searchParams.get('token');
  const local = dataDirectories.find((directory) => readRunningInstance(directory)?.console === address.origin);
  const token = inAddress ?? (context.environment['SWITCHYARD_CONSOLE_TOKEN'] || null);
  if (token !== null || local === undefined) return { url: address.origin, token };
  return { url: address.origin, token: readConsoleToken(local, context.environment) };
}

function runningTarget(context: CommandContext, dataDirectories: string[]): Target {
  for (const directory of dataDirectories) {
    const instance = readRunningInstance(directory);
    if (instance === null) continue;
    if (instance.console === null) {
      throw new CommandError(
        `The Switchyard that runs here (process ${instance.pid}) is the desktop console: use its window, or run "switchyard serve".`,
      );
    }
    return { url: instance.console, token: readConsoleToken(directory, context.environment) };
  }
  throw new CommandError(
    'No running Switchyard was found on this machine: start it with "switchyard serve", or name one with --url.',
  );
}

async function readAnswer(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function sentenceOf(answer: unknown, status: number): string {
  if (typeof answer === 'object' && answer !== null && 'message' in answer && typeof answer.message === 'string') {
    return answer.message;
  }
  return `The console answered ${status} and no reason.`;
}

/** Finds the console: `--url`, else the instance that runs on this machine's data directory. */
export function connectToConsole(
  context: CommandContext,
  options: { url?: string | undefined; data?: string | undefined },
  timeoutMs = TIMEOUT_MS,
): ConsoleClient {
  const directories = candidateDataDirectories({
    option: options.data,
    environment: context.environment,
    platform: process.platform,
    workingDirectory: context.workingDirectory,
  });
  const { url, token } =
    options.url === undefined ? runningTarget(context, directories) : namedTarget(options.url, context, directories);
  const ask = async (method: Method, path: string, body?: object): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(`${url}/api${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch {
      throw new CommandError(`No console answers at ${url}: is that Switchyard running?`);
    }
    if (response.status === 401) {
      throw new CommandError(
        `The console at ${url} does not take this token: set SWITCHYARD_CONSOLE_TOKEN to the one it printed.`,
      );
    }
    if (!response.ok) throw new CommandError(sentenceOf(await readAnswer(response), response.status));
    return response;
  };
  return {
    call: async (method, path, body) => await readAnswer(await ask(method, path, body)),
    document: async (path) => await (await ask('GET', path)).text(),
  };
}
