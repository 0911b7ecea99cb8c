import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../../..');
const LINTER = join(ROOT, 'node_modules/oxlint/bin/oxlint');
const reportSchema = z.object({ diagnostics: z.array(z.object({ filename: z.string(), code: z.string() })) });

const VIOLATIONS = [
  ['shared', `import type { Clock } from '../electron/engine/clock.ts'; export type A = Clock;`],
  ['renderer', `import type { Clock } from '../electron/engine/clock.ts'; export type A = Clock;`],
  ['renderer', `import { join } from 'node:path'; export const a = join('a', 'b');`],
  ['electron/engine/router', `import { app } from 'electron'; export const a = app;`],
  ['electron/cli', `import { app } from 'electron'; export const a = app;`],
  ['electron/engine', `import { a } from '../control/control-plane.ts'; export const b = a;`],
  ['electron/engine/operations', `import { a } from '../engine.ts'; export const b = a;`],
  ['electron/engine/operations', `import { a } from '../../control/control-plane.ts'; export const b = a;`],
  ['electron/engine/router', `import { a } from '../operations/operations.ts'; export const b = a;`],
  ['electron/engine/router', `import { a } from '../gateway/serve-chat.ts'; export const b = a;`],
  ['electron/engine/providers', `import { a } from '../health/breaker.ts'; export const b = a;`],
  ['electron/engine/quota', `import { a } from '../store/open-store.ts'; export const b = a;`],
  ['electron/engine/cost', `import { a } from '../providers/classify.ts'; export const b = a;`],
  ['electron/engine/dialects', `import { a } from '../providers/classify.ts'; export const b = a;`],
  ['electron/engine/policy', `import { a } from '../router/decide.ts'; export const b = a;`],
  ['electron/engine/gateway', `import { a } from '../engine.ts'; export const b = a;`],
  ['electron/engine/alerts', `import { a } from '../notify/channels.ts'; export const b = a;`],
  ['electron/engine/notify', `import { a } from '../gateway/serve-chat.ts'; export const b = a;`],
  ['electron/engine/incidents', `import { a } from '../router/decide.ts'; export const b = a;`],
  ['electron/engine/drills', `import { a } from '../gateway/serve-chat.ts'; export const b = a;`],
  ['electron/engine/telemetry', `import { a } from '../store/open-store.ts'; export const b = a;`],
  ['electron/engine/store', `import { a } from '../incidents/report.ts'; export const b = a;`],
  ['electron/simulator', `import { a } from '../engine/engine.ts'; export const b = a;`],
  ['electron/control', `import { a } from '../cli/main.ts'; export const b = a;`],
  ['electron/cli', `import { a } from '../desktop/window.ts'; export const b = a;`],
  ['shared', `const a = 1; export default a;`],
  ['shared', `export const a: any = 1;`],
] as const;

const ALLOWED = [
  'electron/engine/router',
  `import type { Registry } from '../registry/types.ts'; export type A = Registry;`,
] as const;

let copy: string;
let flagged: Set<string>;

function fileOf(index: number): string {
  const [room] = VIOLATIONS[index] ?? ALLOWED;
  return `${room}/planted-${index}.ts`;
}

/** The project's own rules over planted files in the same folders, elsewhere: the work tree is not touched. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'switchyard-lint-'));
  const rules = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8'));
  // Types are not needed for import rules, and the copy has no tsconfig.
  writeFileSync(join(copy, '.oxlintrc.json'), JSON.stringify({ ...rules, options: { typeAware: false } }));
  for (const [index, [, source]] of [...VIOLATIONS, ALLOWED].entries()) {
    const file = join(copy, fileOf(index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${source}\n`);
  }
  const { stdout } = spawnSync(process.execPath, [LINTER, '-c', '.oxlintrc.json', '-f', 'json', '.'], {
    cwd: copy,
    encoding: 'utf8',
  });
  const { diagnostics } = reportSchema.parse(JSON.parse(stdout));
  flagged = new Set(diagnostics.map(({ filename }) => filename.replaceAll('\\', '/')));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('a planted violation of the import rules is caught', () => {
  it.each(VIOLATIONS.map(([room, source], index) => ({ room, source, index })))('in $room: $source', ({ index }) => {
    expect([...flagged]).toContain(fileOf(index));
  });

  it('and an allowed import is not', () => {
    expect([...flagged]).not.toContain(fileOf(VIOLATIONS.length));
  });
});
