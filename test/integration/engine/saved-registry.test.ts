import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';

it('the audit says what a saved registry changed, value by value', async () => {
  const pair = await startPair();
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-saved-'));
  const registryPath = join(folder, 'switchyard.yaml');
  const registry = (most: number) => pair.registry({ claude: `    limits: { requests_per_day: ${most} }` });
  writeFileSync(registryPath, registry(1_000));
  const engine = await startTestEngine(registry(1_000), { environment: pair.environment, registryPath });
  try {
    const { version } = engine.api.status().config;
    writeFileSync(registryPath, registry(2_000));
    const entry = await eventually(
      async () => (await engine.api.audit({ limit: 10, action: 'config.reload' })).entries[0],
    );
    expect(entry).toMatchObject({
      operator: 'file',
      target: registryPath,
      before: { version, 'models.claude.limits.requests_per_day': 1_000 },
      after: { version: engine.api.status().config.version, 'models.claude.limits.requests_per_day': 2_000 },
    });
  } finally {
    await engine.stop();
    await pair.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
