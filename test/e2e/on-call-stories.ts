import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPair, type Pair } from '../support/engine-fixture.ts';
import { ConsolePage } from './console-page.ts';
import type { OpenConsole } from './console-stories.ts';

const QUICK =
  '    health_check: { interval_seconds: 0.2, timeout_seconds: 1 }\n    breaker: { open_seconds: 0.5, ramp_seconds: 0.2 }';

/** A registry over two real servers of the test's own, with alerts that do not take minutes. */
function writeRegistry(pair: Pair): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-on-call-'));
  const path = join(folder, 'switchyard.yaml');
  const alerts =
    'alerts: { evaluation_seconds: 0.2, rules: { PrimaryModelDown: { for_seconds: 0.5 }, AllModelsDown: { enabled: false } } }';
  writeFileSync(path, `${pair.registry({ kimi: QUICK, claude: QUICK })}\n${alerts}\n`);
  writeFileSync(
    join(folder, '.env'),
    Object.entries(pair.environment)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return path;
}

/** What an engineer on call lives through, in a browser and in the desktop window, against servers that really die. */
export function tellOnCallStories(open: (registry: string) => Promise<OpenConsole>): void {
  let pair: Pair;
  let opened: OpenConsole;
  let view: ConsolePage;

  const ask = async (headers: Record<string, string> = {}): Promise<{ status: number; provider: string | null }> => {
    const response = await fetch(`${opened.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        model: 'auto',
        max_tokens: 16,
        messages: [{ role: 'user', content: 'Hello [[tokens:4]]' }],
      }),
    });
    await response.text();
    return { status: response.status, provider: response.headers.get('x-switchyard-provider') };
  };

  beforeAll(async () => {
    pair = await startPair();
    opened = await open(writeRegistry(pair));
    view = new ConsolePage(opened.page);
    await opened.page.reload();
    await view.waitUntilLive();
    await ask();
  });

  afterAll(async () => {
    await opened?.close();
    await pair?.stop();
  });

  it('paged because the primary died: who serves, why, what fires, and that somebody is on it', async () => {
    await view.open('Overview');
    await pair.kimi.crash();
    for (let request = 0; request < 6; request += 1) expect((await ask()).status).toBe(200);
    await view.verdict.getByText(/FALLBACK/).waitFor();
    expect(await view.verdict.textContent()).toMatch(/Serving from Claude/i);
    await view.open('Alerts');
    await opened.page.getByRole('heading', { name: 'PrimaryModelDown' }).waitFor();
    await opened.page.getByRole('button', { name: 'Acknowledge' }).first().click();
    await view.answerNote('restarting it', 'Acknowledge');
    await opened.page.getByText('ada is on it: restarting it').first().waitFor();
  });

  it('finding one customer’s failed request and its cause', async () => {
    pair.claude.faults.set([{ kind: 'exhausted', times: 1 }]);
    expect((await ask({ 'x-switchyard-user': 'customer-17' })).status).toBeGreaterThanOrEqual(500);
    await opened.page.goto(new URL('/requests?q=customer-17', opened.page.url()).href);
    await opened.page.getByRole('grid', { name: 'Requests' }).getByText('failed').first().click();
    const drawer = opened.page.getByRole('dialog', { name: /^Request / });
    await drawer.getByRole('heading', { name: 'Why it went there' }).waitFor();
    await drawer.getByText('customer-17').waitFor();
    await drawer
      .getByText(/credit|quota|spend|exhausted/i)
      .first()
      .waitFor();
    await opened.page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
  });

  it('getting the primary back, and what the incident cost', async () => {
    await view.open('Overview');
    await pair.kimi.restart();
    await view.verdict.getByText(/PRIMARY/).waitFor({ timeout: 90_000 });
    await view.open('Fallbacks');
    const episodes = opened.page.getByRole('table', { name: /episodes/i });
    await episodes.getByRole('row').nth(1).click();
    const incident = opened.page.getByRole('region', { name: 'Incident' });
    await incident.getByRole('heading', { name: 'Likely cause' }).waitFor();
    await incident.getByText('Extra cost').waitFor();
    await incident.getByRole('button', { name: 'Report' }).click();
    const markdown = opened.page.getByRole('menuitem', { name: 'Markdown' });
    if (opened.downloads) {
      const download = opened.page.waitForEvent('download');
      await markdown.click();
      expect((await download).suggestedFilename()).toMatch(/^incident-\d+\.md$/);
    } else {
      await markdown.waitFor();
      await opened.page.keyboard.press('Escape');
    }
    await opened.page.keyboard.press('Escape');
  });

  it('forcing Claude for 15 minutes and releasing it, with both in the audit', async () => {
    await view.open('Overview');
    const forced = await view.forceProvider('upgrade of the primary');
    await view.forcedBanner.waitFor();
    await expect.poll(async () => (await ask()).provider, { timeout: 90_000 }).toBe(forced);
    await view.release();
    await view.open('Audit');
    for (const words of [/override.*set|forced/i, /override.*release|released/i]) {
      await opened.page.getByRole('main').getByText(words).first().waitFor();
    }
  });

  it('pausing the tail while requests come, and catching up', async () => {
    await view.open('Requests');
    await opened.page.getByRole('button', { name: 'Pause' }).click();
    for (let request = 0; request < 5; request += 1) await ask();
    await opened.page.getByRole('button', { name: /^5 new$/ }).click();
    await opened.page.getByRole('button', { name: 'Pause' }).waitFor();
  });

  it('changing the primary in the console, and rolling it back', async () => {
    await view.open('Routing');
    await opened.page.getByLabel('primary', { exact: true }).selectOption('claude');
    await opened.page.getByRole('button', { name: 'Save…' }).click();
    await view.answerNote('try Claude first', 'Save');
    await expect.poll(async () => (await ask()).provider, { timeout: 90_000 }).toBe('claude');
    await opened.page.getByRole('button', { name: 'Back to the file' }).click();
    await view.answerNote('back to our own', 'Roll back');
    await expect.poll(async () => (await ask()).provider, { timeout: 90_000 }).toBe('kimi');
  });

  it('going anywhere by the keyboard alone', async () => {
    await opened.page.keyboard.press('Control+k');
    await opened.page.keyboard.type('Settings');
    await opened.page.keyboard.press('Enter');
    await opened.page.getByRole('main', { name: 'Settings' }).waitFor();
    await opened.page.keyboard.press('g');
    await opened.page.keyboard.press('o');
    await opened.page.getByRole('main', { name: 'Overview' }).waitFor();
  });

  it('has complained about nothing', () => {
    expect(view.complaints).toEqual([]);
  });
}
