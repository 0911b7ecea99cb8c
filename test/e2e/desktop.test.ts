import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ELECTRON, launchDesktop } from '../support/e2e-desktop.ts';
import { temporaryDirectory } from '../support/e2e-host.ts';
import { ConsolePage } from './console-page.ts';
import { tellOnCallStories } from './on-call-stories.ts';
import { tellConsoleStories } from './console-stories.ts';

describe.skipIf(ELECTRON === null)('the console in the desktop window', () => {
  describe('stories', () => {
    tellConsoleStories(async () => {
      const desktop = await launchDesktop(['--demo']);
      await new ConsolePage(desktop.page).waitUntilLive();
      return { page: desktop.page, gatewayUrl: desktop.gatewayUrl(), downloads: false, close: desktop.close };
    });
  });

  describe('on call', () => {
    tellOnCallStories(async (registry) => {
      const desktop = await launchDesktop(['--config', registry]);
      await new ConsolePage(desktop.page).waitUntilLive();
      return { page: desktop.page, gatewayUrl: desktop.gatewayUrl(), downloads: false, close: desktop.close };
    });
  });

  it('keeps the page in its cage', async () => {
    const desktop = await launchDesktop();
    await new ConsolePage(desktop.page).waitUntilLive();
    expect(desktop.page.url()).toBe('app://switchyard/');
    expect(
      await desktop.page.evaluate(() => ({
        require: typeof (globalThis as { require?: unknown }).require,
        process: typeof (globalThis as { process?: unknown }).process,
        bridge: Object.keys((globalThis as { switchyard?: object }).switchyard ?? {}),
        opened: window.open('https://example.invalid/') === null,
      })),
    ).toEqual({ require: 'undefined', process: 'undefined', bridge: ['requestPort'], opened: true });
    await desktop.page.evaluate(() => window.location.assign('https://example.invalid/'));
    const outside = await desktop.page.evaluate(async () => {
      const answer = await fetch('app://switchyard/..%2f..%2fpackage.json');
      return answer.status;
    });
    expect(outside).toBe(404);
    expect(desktop.page.url()).toBe('app://switchyard/');
    await desktop.close();
  });

  it('says in one sentence why it cannot start', async () => {
    const registry = join(temporaryDirectory(), 'broken.yaml');
    writeFileSync(registry, 'models: [not, a, map]\n');
    const desktop = await launchDesktop(['--config', registry]);
    await desktop.page.getByRole('heading', { name: 'Switchyard could not start' }).waitFor();
    const text = await desktop.page.evaluate(() => document.body.textContent);
    expect(text).toContain('broken.yaml');
    expect(text).not.toMatch(/\n\s+at /);
    await desktop.close();
  });
});
