import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { openConsole } from '../../../electron/cli/open-console.ts';
import { temporaryDirectory } from '../../support/e2e-host.ts';

const LINK = 'http://127.0.0.1:4181/?token=right%3Btoken';

it.skipIf(process.platform !== 'linux')(
  'the browser is started without the token, on a file for its owner alone that leads to it',
  async () => {
    const [home, programs] = [temporaryDirectory(), temporaryDirectory()];
    const heard = join(programs, 'heard');
    writeFileSync(join(programs, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$*" > '${heard}'\n`, { mode: 0o700 });
    vi.stubEnv('HOME', home);
    vi.stubEnv('PATH', `${programs}:${process.env['PATH'] ?? ''}`);
    const remove = openConsole(LINK);
    const address = await vi.waitFor(() => readFileSync(heard, 'utf8').trim() || Promise.reject(new Error('not yet')), {
      timeout: 10_000,
    });
    expect(address).toMatch(/^file:/);
    expect(address).not.toContain('token');
    const file = fileURLToPath(address);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('url=http://127.0.0.1:4181/sign-in?token=right%3Btoken"');
    remove();
    expect(readdirSync(home)).toEqual([]);
    vi.unstubAllEnvs();
  },
);
