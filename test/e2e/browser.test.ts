import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../support/e2e-browser.ts';
import { type HostProcess, startHostProcess } from '../support/e2e-host.ts';
import { ConsolePage, VIEW_NAMES } from './console-page.ts';
import { tellConsoleStories } from './console-stories.ts';
import { tellOnCallStories } from './on-call-stories.ts';

describe.skipIf(CHROMIUM === null)('the console in a browser', () => {
  let host: HostProcess;
  let browser: Browser;

  beforeAll(async () => {
    host = await startHostProcess('demo');
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });

  describe('stories', () => {
    tellConsoleStories(async () => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(host.consoleLink);
      return { page, gatewayUrl: host.gatewayUrl, downloads: true, close: () => page.close() };
    });
  });

  describe('on call', () => {
    tellOnCallStories(async (registry) => {
      const own = await startHostProcess('serve', {
        args: ['--config', registry, '--gateway-port', '0', '--console-port', '0'],
      });
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(own.consoleLink);
      const close = async () => {
        await page.close();
        await own.stop();
      };
      return { page, gatewayUrl: own.gatewayUrl, downloads: true, close };
    });
  });

  it('takes the token out of the address and shows nothing without it', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(new URL(host.consoleLink).origin);
    await page.getByText('This console needs its link').waitFor();
    await page.goto(host.consoleLink);
    await new ConsolePage(page).waitUntilLive();
    expect(page.url()).not.toContain('token');
    await context.close();
  });

  it.each(['light', 'dark'] as const)('can be read and used by everybody, in the %s theme', async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(host.consoleLink);
    const view = new ConsolePage(page);
    await view.waitUntilLive();
    for (const name of VIEW_NAMES) {
      await view.open(name);
      await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'hidden' });
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
      expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    }
    await context.close();
  });

  it('can be read and used where the system dictates the colours', async () => {
    const context = await browser.newContext({ forcedColors: 'active', viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(host.consoleLink);
    const view = new ConsolePage(page);
    await view.waitUntilLive();
    for (const name of VIEW_NAMES) {
      await view.open(name);
      await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'hidden' });
      // Contrast is the system's affair then, and axe may read the page's own colours where others are painted.
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa'])
        .disableRules('color-contrast')
        .analyze();
      expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    }
    await context.close();
  });

  it('says so when the host is gone, and goes on by itself when it is back', async () => {
    const first = await startHostProcess('serve');
    const context = await browser.newContext();
    const page = await context.newPage();
    const thrown: string[] = [];
    page.on('pageerror', (error) => thrown.push(error.message));
    await page.goto(first.consoleLink);
    const view = new ConsolePage(page);
    await view.waitUntilLive();
    await page.waitForLoadState('networkidle');
    await first.stop('SIGKILL');
    await page.getByText('Connection lost.').waitFor();
    // What was not looked at yet is there all the same.
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    for (const name of VIEW_NAMES) await view.open(name);
    expect(thrown).toEqual([]);
    const portOf = (address: string): string => new URL(address).port;
    const ports = ['--gateway-port', portOf(first.gatewayUrl), '--console-port', portOf(first.consoleLink)];
    const second = await startHostProcess('serve', { dataDirectory: first.dataDirectory, args: ports });
    expect(second.consoleLink).toBe(first.consoleLink);
    await page.getByText('Connection lost.').waitFor({ state: 'hidden', timeout: 90_000 });
    await new ConsolePage(page).waitUntilLive();
    await context.close();
    await second.stop();
  });
});
