import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { CommandError, UsageError } from '../../../electron/cli/command.ts';
import { runReplayCommand } from '../../../electron/cli/replay-command.ts';
import { replayResultSchema } from '../../../shared/domain/replay.ts';
import { sampleAttempt, sampleRequest } from '../../support/store-plain-fixtures.ts';
import { openTestStore, READER_WORKER_URL, temporaryDirectory } from '../../support/store-fixtures.ts';
import { REGISTRY } from '../../support/replay-fixtures.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

function contextOf(workingDirectory: string, args: string[], printed: string[]) {
  return {
    args,
    environment: { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a', HOME: workingDirectory },
    workingDirectory,
    layout: {
      version: '0.0.0-test',
      storeWorkerUrl: READER_WORKER_URL,
      rendererDirectory: workingDirectory,
      root: pathToFileURL(workingDirectory),
    } as never,
    print: (line: string) => void printed.push(line),
    now: () => NOW,
  };
}

async function recordedDirectory(): Promise<string> {
  const store = await openTestStore();
  for (let index = 0; index < 3; index += 1) {
    const started_at = NOW - (index + 1) * 60_000;
    const attempt = sampleAttempt({ started_at });
    await store.writer.record(sampleRequest({ id: `request-${index}`, started_at, attempt_list: [attempt] }));
  }
  await store.writer.record(sampleRequest({ id: 'old', started_at: NOW - 3 * 86_400_000 }));
  await store.writer.record(sampleRequest({ id: 'probe', started_at: NOW - 1000, origin: 'probe' }));
  await store.close();
  return store.directory;
}

it('replays what a data directory holds, without an engine', async () => {
  const data = await recordedDirectory();
  const folder = temporaryDirectory();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'new.yaml'), REGISTRY.replace('primary: kimi\n', 'primary: gpt\n'));
  const printed: string[] = [];
  const args = ['--config', 'new.yaml', '--data', data];
  await runReplayCommand(contextOf(folder, [...args, '--json'], printed));
  const result = replayResultSchema.parse(JSON.parse(printed[0] ?? ''));
  // Recorded without their questions: the tier they had leads to the tier's provider.
  expect(result).toMatchObject({ requests: 3, approximated_requests: 3, before: { served: 3 }, after: { served: 3 } });
  await runReplayCommand(contextOf(folder, args, printed));
  expect(printed[1]).toMatch(/^3 requests from 2026-11-20T12:00:00.000Z to 2026-11-21T12:00:00.000Z/);
  expect(printed[1]).toContain('refused by budget');
});

it('says in one line what is missing', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'new.yaml'), REGISTRY);
  writeFileSync(join(folder, 'bad.yaml'), 'models: { kimi: { endpont: x } }\n');
  const run = (...args: string[]) => runReplayCommand(contextOf(folder, args, []));
  await expect(run()).rejects.toThrow(UsageError);
  await expect(run('--config', 'none.yaml')).rejects.toThrow(/none\.yaml cannot be read/);
  await expect(run('--config', 'new.yaml', '--since', 'soon')).rejects.toThrow(UsageError);
  await expect(run('--config', 'new.yaml', '--data', folder)).rejects.toThrow(CommandError);
  await expect(run('--config', 'bad.yaml', '--data', folder)).rejects.toThrow(/bad\.yaml:1: .*endpont/);
});
