import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Registry, RegistryProblem } from '../../../electron/engine/registry/types.ts';
import { watchRegistry } from '../../../electron/engine/registry/watch.ts';
import type { RegistryWatch, WatchOptions } from '../../../electron/engine/registry/watch.ts';

type Outcome = { loaded: Registry } | { refused: RegistryProblem[] };

const FIRST = 'models: {a: {endpoint: http://a}}\n';
const SECOND = 'models: {b: {endpoint: http://b}}\n';

let folder: string;
let path: string;
let watch: RegistryWatch | null = null;
let outcomes: Outcome[];
let waiting: ((outcome: Outcome) => void) | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-watch-'));
  path = join(folder, 'switchyard.yaml');
  outcomes = [];
  waiting = null;
});

afterEach(() => {
  watch?.close();
  rmSync(folder, { recursive: true, force: true });
});

function announce(outcome: Outcome): void {
  outcomes.push(outcome);
  waiting?.(outcome);
}

function follow(options: Partial<WatchOptions> = {}): void {
  watch = watchRegistry(path, {
    environment: () => ({}),
    onLoaded: (loaded) => announce({ loaded }),
    onRefused: (refused) => announce({ refused }),
    ...options,
  });
}

/** Does something to the file and waits for what comes of it. */
async function after(change: () => void): Promise<Outcome> {
  const next = new Promise<Outcome>((resolve) => (waiting = resolve));
  change();
  return await next;
}

function primaryOf(outcome: Outcome): string {
  return 'loaded' in outcome ? outcome.loaded.routing.primary : JSON.stringify(outcome.refused);
}

describe('following a registry file', () => {
  it('loads an edit in place, and one that replaces the file', async () => {
    writeFileSync(path, FIRST);
    follow();
    expect(primaryOf(await after(() => writeFileSync(path, SECOND)))).toBe('b');
    writeFileSync(`${path}.new`, FIRST);
    expect(primaryOf(await after(() => renameSync(`${path}.new`, path)))).toBe('a');
  });

  it('refuses an invalid edit with its problems, and loads the mended file', async () => {
    writeFileSync(path, FIRST);
    follow();
    const refused = await after(() => writeFileSync(path, 'models: {a: {endpont: x}}\n'));
    expect('refused' in refused && refused.refused.some(({ message }) => message.includes('"endpoint"'))).toBe(true);
    expect(primaryOf(await after(() => writeFileSync(path, FIRST)))).toBe('a');
  });

  it('does nothing when the same content is saved again', async () => {
    writeFileSync(path, FIRST);
    follow();
    writeFileSync(path, FIRST);
    await after(() => writeFileSync(path, SECOND));
    expect(outcomes).toHaveLength(1);
  });

  it('loads at once what was changed between reading and watching', async () => {
    writeFileSync(path, SECOND);
    expect(primaryOf(await after(() => follow({ initialText: FIRST })))).toBe('b');
  });

  it('takes over an edited .env beside the file', async () => {
    writeFileSync(path, FIRST);
    let environment: Record<string, string> = {};
    follow({ environment: () => environment });
    const outcome = await after(() => {
      environment = { OPENAI_API_KEY: 'k' };
      writeFileSync(join(folder, '.env'), 'OPENAI_API_KEY=k\n');
    });
    expect('loaded' in outcome && outcome.loaded.providers.map(({ name }) => name)).toEqual(['a', 'openai']);
  });

  it('says so when the file is gone, once, and loads it when it comes back', async () => {
    writeFileSync(path, FIRST);
    follow();
    const gone = await after(() => rmSync(path));
    expect('refused' in gone && gone.refused[0]?.message).toContain('is gone');
    expect(primaryOf(await after(() => writeFileSync(path, SECOND)))).toBe('b');
    expect(outcomes).toHaveLength(2);
  });

  it('reloads on demand even when nothing has changed', () => {
    writeFileSync(path, FIRST);
    follow();
    watch?.reload();
    expect(outcomes).toHaveLength(1);
  });
});
