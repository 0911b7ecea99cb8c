import type { Page } from 'playwright';
import type { VIEW_NAMES } from '../e2e/console-page.ts';
import { type Camera, EVERY_FRAME, LAPTOP, PHONE, README } from './camera.ts';
import type { openCrowded, openQuietHost, Stage } from './stage.ts';

type ViewName = (typeof VIEW_NAMES)[number];

/** Views that are pictured as they stand on a fallback. */
const FURTHER_VIEWS = [
  'Requests',
  'Alerts',
  'Drills',
  'Experiments',
  'What if',
  'Routing',
  'Audit',
  'Settings',
] as const;

/** What the demo needs to get from calm to its first outage, with room for a slow machine. */
const INCIDENT_TIMEOUT_MS = 120_000;

async function open(page: Page, view: ViewName): Promise<void> {
  await page.setViewportSize(LAPTOP);
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click();
  await page.getByRole('main', { name: view }).waitFor();
  await page.getByRole('main').evaluate((main) => main.scrollTo(0, 0));
}

async function verdict(page: Page, words: RegExp): Promise<void> {
  await page
    .getByRole('region', { name: 'Verdict' })
    .filter({ hasText: words })
    .waitFor({ timeout: INCIDENT_TIMEOUT_MS });
}

/** From calm through the outage to the end of the line. */
export async function pictureDemo({ page, host }: Stage, camera: Camera): Promise<void> {
  await page.setViewportSize(LAPTOP);
  await camera.take('overview-healthy', { frames: EVERY_FRAME });
  await verdict(page, /ON FALLBACK/);
  // A few seconds of traffic on the fallback, so that its figures are those of the outage.
  await page
    .getByRole('article', { name: /Claude/ })
    .getByText(/^serving/)
    .waitFor();
  await page.waitForTimeout(8000);
  await camera.take('overview', { frames: [README] });
  await camera.take('overview-fallback', { frames: EVERY_FRAME });
  await camera.examine('overview on fallback');
  await pictureRunbook(page, camera);
  await open(page, 'Fallbacks');
  await page.getByRole('radio', { name: '24h' }).click();
  await camera.take('fallbacks', { frames: [README] });
  await camera.take('fallbacks', { frames: EVERY_FRAME });
  await pictureDrawer(page, camera);
  await open(page, 'Costs');
  await camera.take('costs', { frames: [README] });
  await camera.take('costs', { frames: EVERY_FRAME });
  await picturePlayground(page, camera);
  await open(page, 'Overview');
  await pictureForce(page, camera);
  await pictureFurtherViews(page, camera);
  await pictureWhatIf(page, camera);
  await open(page, 'Overview');
  await camera.examine('overview');
  for (const view of ['Fallbacks', 'Costs', 'Playground'] as const) {
    await open(page, view);
    await camera.examine(view.toLowerCase());
  }
  await open(page, 'Overview');
  await page.setViewportSize(LAPTOP);
  host.child.kill('SIGKILL');
  await page.getByText('Connection lost.').waitFor();
  await camera.take('connection-lost', { frames: [LAPTOP, PHONE] });
  await camera.examine('connection lost');
}

async function pictureFurtherViews(page: Page, camera: Camera): Promise<void> {
  for (const view of FURTHER_VIEWS) {
    await open(page, view);
    const name = view.toLowerCase().replace(' ', '-');
    await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'hidden' });
    await camera.take(name, { frames: EVERY_FRAME });
    await camera.examine(name);
  }
  await open(page, 'Requests');
  await page.getByRole('grid', { name: 'Requests' }).getByRole('row').nth(2).click();
  await page.getByRole('heading', { name: 'Attempts' }).waitFor();
  await camera.take('request', { frames: [LAPTOP, PHONE] });
  await camera.examine('request');
  await page.keyboard.press('Escape');
  await open(page, 'Overview');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await camera.take('palette', { frames: [LAPTOP] });
  await page.keyboard.press('Escape');
}

/** A change of the routing, not saved, and what it would have done to the traffic so far. */
async function pictureWhatIf(page: Page, camera: Camera): Promise<void> {
  await open(page, 'Routing');
  await page.getByRole('combobox', { name: 'primary' }).selectOption('gpt4_api');
  await camera.take('routing-edited', { frames: [LAPTOP, PHONE] });
  await camera.examine('routing edited');
  await open(page, 'What if');
  await page.getByRole('button', { name: 'Replay' }).click();
  await page.getByRole('table', { name: 'As it was and as it would be' }).waitFor({ timeout: INCIDENT_TIMEOUT_MS });
  await camera.take('what-if-answered', { frames: EVERY_FRAME });
  await camera.examine('what if answered');
}

async function pictureRunbook(page: Page, camera: Camera): Promise<void> {
  await page.setViewportSize(LAPTOP);
  const button = page.getByRole('button', { name: /^Runbook/ }).first();
  if (!(await button.isVisible())) return;
  await button.click();
  await page.getByRole('dialog').waitFor();
  await camera.take('runbook', { frames: [LAPTOP, PHONE] });
  await camera.examine('runbook');
  await page.keyboard.press('Escape');
}

async function pictureDrawer(page: Page, camera: Camera): Promise<void> {
  await page.setViewportSize(LAPTOP);
  await page.getByRole('table', { name: 'Fallback episodes' }).getByRole('row').nth(1).click();
  await page.getByRole('dialog').waitFor();
  await camera.take('episode', { frames: [LAPTOP, PHONE] });
  await camera.examine('episode');
  await page.keyboard.press('Escape');
}

async function picturePlayground(page: Page, camera: Camera): Promise<void> {
  await open(page, 'Playground');
  await camera.take('playground-empty', { frames: [LAPTOP, PHONE] });
  const form = page.getByRole('form', { name: 'Comparison' });
  await form.getByLabel('Prompt', { exact: true }).fill('Summarise the on-call handover in three sentences.');
  await form.getByLabel('Provider of column 1').selectOption('claude_opus_api');
  await form.getByLabel('Provider of column 2').selectOption('gpt4_api');
  await form.getByRole('button', { name: 'Run' }).click();
  const ended = page.getByRole('article', { name: /^Answer of / }).getByText(/^(done|failed)$/);
  await ended.nth(1).waitFor({ timeout: 60_000 });
  await camera.take('playground', { frames: [README] });
  await camera.take('playground', { frames: EVERY_FRAME });
}

async function pictureForce(page: Page, camera: Camera): Promise<void> {
  await page.setViewportSize(LAPTOP);
  await page.getByRole('button', { name: 'Force a provider' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Provider').selectOption('gpt4_api');
  await dialog.getByLabel('Reason').fill('INC-2041, upgrade of the model server');
  await dialog.getByLabel('Operator').fill('ada');
  await camera.take('force', { frames: [LAPTOP, PHONE] });
  await camera.examine('force');
  await dialog.getByRole('button', { name: /^Force .* for 15m$/ }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText(/^Forced to /).waitFor();
  await camera.take('overview-forced', { frames: EVERY_FRAME });
  await page.getByRole('button', { name: 'Release' }).click();
  await page.getByText(/^Forced to /).waitFor({ state: 'hidden' });
}

/** Everything runs and nobody asks; then nothing runs. */
export async function pictureQuietHost(
  { page, fleet }: Awaited<ReturnType<typeof openQuietHost>>,
  camera: Camera,
): Promise<void> {
  await verdict(page, /PRIMARY SERVING/);
  await camera.take('overview-no-traffic', { frames: [LAPTOP, PHONE] });
  for (const view of ['Fallbacks', 'Costs', 'Playground'] as const) {
    await open(page, view);
    await camera.take(`${view.toLowerCase()}-no-traffic`, { frames: [LAPTOP] });
  }
  await open(page, 'Overview');
  await Promise.all(Object.values(fleet.providers).map((provider) => provider.crash()));
  await verdict(page, /ALL DOWN/);
  await camera.take('overview-down', { frames: [LAPTOP, PHONE] });
  await camera.examine('all down');
}

/** Nothing is configured yet. */
export async function pictureFirstRun(_: Stage, camera: Camera): Promise<void> {
  await camera.take('first-run', { frames: [LAPTOP, PHONE] });
  await camera.examine('first run');
}

/** Far more providers than fit, with names as long as they get, half of them in trouble. */
export async function pictureCrowded(
  { page, fleet }: Awaited<ReturnType<typeof openCrowded>>,
  camera: Camera,
): Promise<void> {
  await verdict(page, /PRIMARY SERVING/);
  await Promise.all([fleet.providers.gpt4_api.crash(), fleet.providers.grok_api.crash()]);
  await page.getByText('unhealthy').nth(3).waitFor({ timeout: INCIDENT_TIMEOUT_MS });
  await camera.take('overview-crowded', { frames: EVERY_FRAME });
  await camera.examine('overview crowded');
  for (const view of ['Fallbacks', 'Costs', 'Routing', 'Alerts'] as const) {
    await open(page, view);
    await camera.take(`${view.toLowerCase()}-crowded`, { frames: [LAPTOP, PHONE] });
  }
}
