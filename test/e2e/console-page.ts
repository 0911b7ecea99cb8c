import type { Locator, Page } from 'playwright';

/** Every view of the rail. */
export const VIEW_NAMES = [
  'Overview',
  'Fallbacks',
  'Requests',
  'Alerts',
  'Drills',
  'Costs',
  'Playground',
  'Experiments',
  'What if',
  'Routing',
  'Audit',
  'Settings',
] as const;
type ViewName = (typeof VIEW_NAMES)[number];

/** A busy machine is no fault of the console; what waits in vain still ends. */
const PATIENCE_MS = 90_000;

/** The console as its reader sees it: by roles, names and words, never by markup. */
export class ConsolePage {
  readonly page: Page;
  /** What the page complained about; a sound page complains about nothing. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  async open(view: ViewName): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click();
    await this.page.getByRole('main', { name: view }).waitFor();
  }

  get verdict(): Locator {
    return this.page.getByRole('region', { name: 'Verdict' });
  }

  get simulatedLabel(): Locator {
    return this.page.getByText('SIMULATED', { exact: true }).first();
  }

  get forcedBanner(): Locator {
    return this.page.getByText(/^Forced to /);
  }

  /** Reads live data: the age of the newest message says so. */
  async waitUntilLive(): Promise<void> {
    await this.page.getByText('live', { exact: true }).waitFor();
  }

  /** Forces whom the dialog proposes, and answers who that is. */
  async forceProvider(reason: string): Promise<string> {
    await this.page.getByRole('button', { name: 'Force a provider' }).click();
    const dialog = this.page.getByRole('dialog');
    const provider = await dialog.getByLabel('Provider', { exact: true }).inputValue();
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByLabel('Operator').fill('ada');
    await dialog.getByRole('button', { name: /^Force .* for 15m$/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    return provider;
  }

  async release(): Promise<void> {
    await this.page.getByRole('button', { name: 'Release' }).click();
    await this.forcedBanner.waitFor({ state: 'hidden' });
  }

  /** Fills in the dialog that asks who and why. */
  async answerNote(reason: string, action: string): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByLabel('Operator').fill('ada');
    await dialog.getByRole('button', { name: action, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  answerColumns(): Locator {
    return this.page.getByRole('article', { name: /^Answer of / });
  }
}
