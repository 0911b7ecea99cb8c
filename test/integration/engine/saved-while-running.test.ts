import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';

it('says of another port, saved while it runs, that it takes effect at the next start', async () => {
  const pair = await startPair();
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-saved-'));
  const registryPath = join(folder, 'switchyard.yaml');
  const log: string[] = [];
  writeFileSync(registryPath, pair.registry());
  const engine = await startTestEngine(pair.registry(), {
    environment: pair.environment,
    registryPath,
    logLevel: 'warn',
    writeLog: (line) => void log.push(line),
  });
  onTestFinished(async () => {
    await engine.stop();
    await pair.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  writeFileSync(registryPath, `${pair.registry()}server: { gateway: { port: 4999 } }\n`);
  await eventually(() => log.some((line) => line.includes('server.gateway: another host or port takes effect when')));
  expect(engine.gatewayUrl).not.toContain(':4999');
});
