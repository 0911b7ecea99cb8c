import { ZodError } from 'zod';
import { printable } from '../../shared/format/printable.ts';
import { quote } from '../../shared/format/quote.ts';
import { findLayout } from '../host/layout.ts';
import { StartupError } from '../host/startup-error.ts';
import { runAudit } from './audit-command.ts';
import { runCheck } from './check-command.ts';
import { type CommandContext, CommandError, UsageError } from './command.ts';
import { runDrill } from './drill-command.ts';
import { HELP } from './help.ts';
import { runIncident } from './incident-command.ts';
import { runForce, runUnforce } from './override-commands.ts';
import { runReplayCommand } from './replay-command.ts';
import { runReport } from './report-command.ts';
import { runRoute } from './route-command.ts';
import { runServe } from './serve-command.ts';
import { runStatus } from './status-command.ts';

const COMMANDS: Readonly<Record<string, (context: CommandContext) => void | Promise<void>>> = {
  serve: (context) => runServe(context, { demo: false }),
  demo: (context) => runServe(context, { demo: true }),
  check: runCheck,
  route: runRoute,
  status: runStatus,
  force: runForce,
  unforce: runUnforce,
  report: runReport,
  replay: runReplayCommand,
  drill: runDrill,
  incident: runIncident,
  audit: runAudit,
};

const FOREIGN_ANSWER =
  'The console answered what this command does not understand: run the switchyard of the same version as the console.';

async function runCommand(context: CommandContext): Promise<void> {
  const [name = '', ...args] = context.args;
  if (name === '--version' || name === '-v') return context.print(context.layout.version);
  if (name === '--help' || name === '-h' || name === 'help') return context.print(HELP[''] ?? '');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new UsageError(name === '' ? 'a command is needed' : `there is no command ${quote(name)}`);
  }
  if (args.includes('--help') || args.includes('-h')) return context.print(HELP[name] ?? '');
  if (args.includes('--version')) return context.print(context.layout.version);
  await command({ ...context, args });
}

/** Every failure is one clear line; only a defect of our own shows where it happened. */
function explainFailure(error: unknown, command: string): { text: string; exitCode: number } {
  if (error instanceof UsageError) {
    const help = Object.hasOwn(HELP, command) ? `switchyard ${command} --help` : 'switchyard --help';
    return { text: `${error.message.replace(/\.$/, '')}; see "${help.replace('  ', ' ')}".`, exitCode: 2 };
  }
  if (error instanceof CommandError || error instanceof StartupError) return { text: error.message, exitCode: 1 };
  if (process.env['SWITCHYARD_DEBUG'] && error instanceof Error) return { text: error.stack ?? '', exitCode: 1 };
  if (error instanceof ZodError) return { text: FOREIGN_ANSWER, exitCode: 1 };
  return { text: error instanceof Error ? error.message : String(error), exitCode: 1 };
}

const args = process.argv.slice(2);
// A reader that has had enough, such as `head`, is no error.
process.stdout.on('error', () => process.exit(0));
try {
  await runCommand({
    args,
    environment: process.env,
    workingDirectory: process.cwd(),
    layout: findLayout(import.meta.url),
    print: (line) => void process.stdout.write(`${printable(line)}\n`),
    now: () => Date.now(),
  });
  process.exit(0);
} catch (error) {
  const { text, exitCode } = explainFailure(error, args[0] ?? '');
  process.stderr.write(`${printable(text)}\n`);
  process.exit(exitCode);
}
