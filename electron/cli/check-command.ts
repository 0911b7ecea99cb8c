import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { priceKnown } from '../engine/cost/compute-cost.ts';
import { parseRegistry } from '../engine/registry/load.ts';
import { formatProblems } from '../engine/registry/problems.ts';
import { environmentFor } from '../host/registry-source.ts';
import { type CommandContext, CommandError, readArguments, UsageError } from './command.ts';

function readFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(`The registry ${name} cannot be read: check the path.`);
  }
}

export function runCheck(context: CommandContext): void {
  const { positionals } = readArguments({ args: context.args, allowPositionals: true, options: {} });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new UsageError('check takes one registry file');
  const path = resolve(context.workingDirectory, name);
  const file = { path, text: readFile(path, name) };
  const result = parseRegistry(file.text, {
    environment: environmentFor(file, context),
    path,
    priceKnown: (config, model) => priceKnown(config, model, context.now()),
  });
  if (!result.ok) throw new CommandError(formatProblems(result.problems, name));
  const { providers, routing } = result.registry;
  const own = providers.filter((provider) => !provider.implicit).length;
  for (const line of formatProblems(result.warnings, name).split('\n')) if (line !== '') context.print(line);
  context.print(`${name}: ok, ${own} provider${own === 1 ? '' : 's'}, primary ${routing.primary}`);
}
