import SqliteDatabase from 'better-sqlite3';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../electron/engine/registry/environment.ts';
import type { Environment } from '../../../electron/engine/registry/types.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let folder: string;
let engine: TestEngine | null = null;

beforeEach(async () => {
  pair = await startPair();
  folder = mkdtempSync(join(tmpdir(), 'switchyard-keys-'));
});
afterEach(async () => {
  await engine?.stop();
  engine = null;
  await pair.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function restart(environment: Environment, more: Partial<Parameters<typeof startTestEngine>[1]> = {}) {
  await engine?.stop({ keepData: true });
  engine = await startTestEngine(pair.registry(), {
    environment: { ANTHROPIC_BASE_URL: pair.claude.url, ...environment },
    dataDirectory: folder,
    ...more,
  });
  return engine;
}

async function changes() {
  const { entries } = await (engine?.api.audit({ limit: 100, action: 'environment.' }) ?? { entries: [] });
  return entries.map(({ action, operator, after }) => ({ action, operator, after })).toReversed();
}

const offline = (after: { set?: string[]; replaced?: string[]; removed?: string[] }) => ({
  action: 'environment.change',
  operator: 'switchyard',
  after: { set: [], replaced: [], removed: [], ...after },
});

describe('keys that were changed while nothing ran', () => {
  it('are told at the next start, each change once', async () => {
    await restart({ ANTHROPIC_API_KEY: 'first-key' });
    expect(await changes()).toEqual([]);
    await restart({ ANTHROPIC_API_KEY: 'second-key', OPENAI_API_KEY: 'other-key' });
    const first = offline({ set: ['OPENAI_API_KEY'], replaced: ['ANTHROPIC_API_KEY'] });
    expect(await changes()).toEqual([first]);
    await restart({ ANTHROPIC_API_KEY: 'second-key', OPENAI_API_KEY: 'other-key' });
    expect(await changes()).toEqual([first]);
    await restart({ ANTHROPIC_API_KEY: 'second-key', OPENAI_API_KEY: '' });
    expect(await changes()).toEqual([first, offline({ removed: ['OPENAI_API_KEY'] })]);
    expect(await engine?.api.verifyAudit({})).toMatchObject({ ok: true });
  });

  it('are not told again where the running engine told them', async () => {
    const path = join(folder, 'switchyard.yaml');
    const dotenv = join(folder, '.env');
    writeFileSync(path, pair.registry());
    writeFileSync(dotenv, '');
    const reloadEnvironment = () =>
      readEnvironment({ ANTHROPIC_BASE_URL: pair.claude.url }, readFileSync(dotenv, 'utf8'));
    await restart({}, { registryPath: path, reloadEnvironment });
    writeFileSync(dotenv, 'ANTHROPIC_API_KEY=test-key-of-claude\n');
    const told = await eventually(async () => ((await changes()).length > 0 ? await changes() : null));
    expect(told).toMatchObject([{ action: 'environment.reload', after: { changed: ['ANTHROPIC_API_KEY'] } }]);
    await restart({ ANTHROPIC_API_KEY: 'test-key-of-claude' });
    expect(await changes()).toEqual(told);
  });

  it('leave no key in the data directory, nor enough to find one', async () => {
    await restart({ ANTHROPIC_API_KEY: 'a-key-nobody-may-read' });
    await engine?.stop({ keepData: true });
    engine = null;
    const database = new SqliteDatabase(join(folder, 'switchyard.db'));
    const rows = database.prepare<[], { fingerprint: string | null; salt: string }>('SELECT * FROM known_keys').all();
    database.close();
    expect(readFileSync(join(folder, 'switchyard.db')).includes('a-key-nobody-may-read')).toBe(false);
    expect(rows.filter(({ fingerprint }) => fingerprint !== null).map((row) => row.fingerprint?.length)).toEqual([8]);
    expect(new Set(rows.map(({ salt }) => salt)).size).toBe(rows.length);
  });
});
