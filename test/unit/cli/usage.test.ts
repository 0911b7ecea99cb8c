import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runAudit } from '../../../electron/cli/audit-command.ts';
import { type CommandContext, CommandError, readArguments, UsageError } from '../../../electron/cli/command.ts';
import { runDrill } from '../../../electron/cli/drill-command.ts';
import { runIncident } from '../../../electron/cli/incident-command.ts';
import { runForce, runUnforce } from '../../../electron/cli/override-commands.ts';
import { runReplayCommand } from '../../../electron/cli/replay-command.ts';
import { runReport } from '../../../electron/cli/report-command.ts';
import { runRoute } from '../../../electron/cli/route-command.ts';
import { runStatus } from '../../../electron/cli/status-command.ts';

const nowhere = mkdtempSync(join(tmpdir(), 'switchyard-usage-'));

afterAll(() => rmSync(nowhere, { recursive: true, force: true }));

/** On a machine on which no Switchyard runs and nothing is recorded. */
function contextOf(args: string[]): CommandContext {
  return {
    args,
    environment: { SWITCHYARD_DATA: nowhere, HOME: nowhere },
    workingDirectory: nowhere,
    layout: { version: '0.0.0-test' } as CommandContext['layout'],
    print: () => {},
    now: () => Date.UTC(2026, 10, 21, 12),
  };
}

type Command = (context: CommandContext) => void | Promise<void>;

async function failureOf(command: Command, args: string[]): Promise<unknown> {
  try {
    await command(contextOf(args));
  } catch (error) {
    return error;
  }
  return null;
}

describe('bad usage is told before any console is looked for', () => {
  it.each<[string, Command, string[], string]>([
    ['drill without a provider', runDrill, [], 'drill takes the name of one provider'],
    ['drill with an unknown fault', runDrill, ['p', '--fault', 'x', '--reason', 'abc'], '--fault is needed'],
    ['drill without a reason', runDrill, ['p', '--fault', 'refuse'], '--reason is needed'],
    [
      'drill with a share of two',
      runDrill,
      ['p', '--fault', 'refuse', '--reason', 'abc', '--share', '2'],
      '--share must be a number above 0 and at most 1, not 2',
    ],
    [
      'drill for too long',
      runDrill,
      ['p', '--fault', 'refuse', '--reason', 'abc', '--for', '2h'],
      '--for in seconds must be a whole number from 5 to 1800, not 7200',
    ],
    [
      'drill in words',
      runDrill,
      ['p', '--fault', 'refuse', '--reason', 'abc', '--in', 'soon'],
      '--in: "soon" is not a duration',
    ],
    [
      'drill with half a target',
      runDrill,
      ['p', '--fault', 'refuse', '--reason', 'abc', '--lost-requests', '1.5'],
      '--lost-requests must be a whole number of 0 or more, not 1.5',
    ],
    [
      'drill for no time',
      runDrill,
      ['p', '--fault', 'refuse', '--reason', 'abc', '--for', '0s'],
      '--for: "0s" is no time at all',
    ],
    ['an abort with an empty reason', runDrill, ['--abort', '--reason', ''], '--reason is empty: say why this is done'],
    ['force for a word', runForce, ['p', '--ttl', 'abc', '--reason', 'drill'], '--ttl: "abc" is not a duration'],
    [
      'force for more than a day',
      runForce,
      ['p', '--ttl', '25h', '--reason', 'drill'],
      '--ttl in seconds must be a whole number from 1 to 86400, not 90000',
    ],
    [
      'force of a scope that is none',
      runForce,
      ['p', '--ttl', '15m', '--reason', 'drill', '--scope', 'half'],
      'scope is "all", "call-site:NAME" or "model:NAME", not "half"',
    ],
    ['unforce with a short reason', runUnforce, ['--reason', 'x'], '--reason must be a text of 3 to 500 characters'],
    ['a status of a console without an address', runStatus, ['--url', ''], '--url is empty; give it a value'],
    ['a replay of no registry', runReplayCommand, ['--config', ''], '--config is empty; give it a value'],
    ['a report from no directory', runReport, ['--data', ''], '--data is empty; give it a value'],
    ['a report since a word', runReport, ['--since', 'banana'], '--since: "banana" is not a time'],
    ['incidents since a word', runIncident, ['--since', 'banana'], '--since: "banana" is not a time'],
    ['an audit since a word', runAudit, ['export', '--since', 'banana'], '--since: "banana" is not a time'],
    ['an audit until a word', runAudit, ['export', '--until', 'banana'], '--until: "banana" is not a time'],
    ['a console that is no address', runStatus, ['--url', 'nope'], '"nope" is not the address of a console'],
    ['a task that is a list', runRoute, ['--task', '[]'], '--task: the task must be an object, not a list'],
    [
      'a task with a word for a number',
      runRoute,
      ['--task', '{"step":{"reasoning":"high"}}'],
      '--task: step.reasoning must be a number from 0 to 10, or true or false, not "high"',
    ],
  ])('%s', async (_what, command, args, sentence) => {
    const failure = await failureOf(command, args);
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as UsageError).message).toContain(sentence);
    expect((failure as UsageError).message).not.toContain('\n');
  });

  it('a replay since a word', async () => {
    const config = new URL('../../../config/hybrid.yaml', import.meta.url).pathname;
    expect(await failureOf(runReplayCommand, ['--config', config, '--since', 'banana'])).toBeInstanceOf(UsageError);
  });

  it.each(['0s', '0', '0m'])(
    'a drill in %s is one that begins now: it is only the console that is missing',
    async (notice) => {
      const args = ['p', '--fault', 'refuse', '--reason', 'abc', '--in', notice];
      expect(await failureOf(runDrill, args)).toBeInstanceOf(CommandError);
    },
  );
});

describe('what is wrong with the arguments stands on one line', () => {
  const options = {
    port: { type: 'string' },
    config: { type: 'string', short: 'c' },
    open: { type: 'boolean' },
  } as const;

  it.each([
    [['--port', '-1'], '--port needs a value; write one that begins with a dash as --port=VALUE'],
    [['--config'], '--config needs a value'],
    [['--fast'], 'there is no option --fast'],
    [['-x'], 'there is no option -x'],
    [['--open=yes'], '--open takes no value'],
    [['extra'], 'there is no place for the argument "extra"'],
    [['x'.repeat(100_000)], `there is no place for the argument "${'x'.repeat(79)}…"`],
  ])('%j', (args, sentence) => {
    expect(() => readArguments({ args, options })).toThrow(new UsageError(sentence));
  });
});
