import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { ConsolePage } from './console-page.ts';

export interface OpenConsole {
  page: Page;
  gatewayUrl: string;
  /** Whether a saved file is told of; the desktop asks its user where to put it instead. */
  downloads: boolean;
  close: () => Promise<void>;
}

/** Who answers a plain client's request at this moment. */
async function whoAnswers(gatewayUrl: string): Promise<string | null> {
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', max_tokens: 16, messages: [{ role: 'user', content: 'Who is there?' }] }),
  });
  await response.text();
  return response.headers.get('x-switchyard-provider');
}

/** The stories of the console, the same in a browser and in the desktop window, over simulated providers. */
export function tellConsoleStories(open: () => Promise<OpenConsole>): void {
  let opened: OpenConsole;
  let view: ConsolePage;

  beforeAll(async () => {
    opened = await open();
    view = new ConsolePage(opened.page);
    await opened.page.reload();
    await view.waitUntilLive();
  });

  afterAll(async () => {
    await opened?.close();
  });

  it('opens on the verdict, live and labelled SIMULATED', async () => {
    await view.verdict.waitFor();
    await view.simulatedLabel.waitFor();
    expect(await view.verdict.textContent()).toMatch(/PRIMARY|FALLBACK|DOWN|FORCED/);
  });

  it('shows every provider with its health', async () => {
    for (const name of [/kimi/i, /claude/i, /gpt/i]) {
      await opened.page.getByLabel(name).first().waitFor();
    }
  });

  it('forces a provider from the overview: real requests follow, every screen says so, and it is released', async () => {
    const forced = await view.forceProvider('drill of the end-to-end tests');
    await view.forcedBanner.waitFor();
    await opened.page.getByText('drill of the end-to-end tests').first().waitFor();
    await expect.poll(() => whoAnswers(opened.gatewayUrl), { timeout: 90_000 }).toBe(forced);
    await view.open('Costs');
    await view.forcedBanner.waitFor();
    await view.open('Overview');
    await view.release();
  });

  it('shows fallback episodes and their events', async () => {
    await view.open('Fallbacks');
    await opened.page.getByRole('heading', { name: 'Episodes' }).waitFor();
    await opened.page.getByRole('heading', { name: 'Events' }).waitFor();
  });

  it('sums costs by provider and keeps unknown prices apart', async () => {
    await view.open('Costs');
    const table = opened.page.getByRole('table', { name: /^Cost by provider/ });
    await table.getByRole('row').nth(1).waitFor();
    expect(await table.textContent()).toMatch(/claude/i);
  });

  it('streams one prompt to two providers side by side', async () => {
    await view.open('Playground');
    const form = opened.page.getByRole('form', { name: 'Comparison' });
    await form.getByLabel('Prompt', { exact: true }).fill('Summarise the on-call handover in three sentences.');
    await form.getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => view.answerColumns().count(), { timeout: 90_000 }).toBeGreaterThanOrEqual(2);
    const ended = opened.page.getByRole('article', { name: /^Answer of / }).getByText(/^(done|failed)$/);
    await expect.poll(() => ended.count(), { timeout: 90_000 }).toBeGreaterThanOrEqual(2);
    await opened.page
      .getByRole('article', { name: /^Answer of / })
      .getByText('done', { exact: true })
      .first()
      .waitFor();
  });

  it('comes back to the same view after a reload', async () => {
    await view.open('Costs');
    await opened.page.reload();
    await opened.page.getByRole('main', { name: 'Costs' }).waitFor();
    await view.waitUntilLive();
  });

  it('has complained about nothing', () => {
    expect(view.complaints).toEqual([]);
  });
}
