import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { startSimulatedFleet, type SimulatedFleet } from '../../electron/simulator/fleet.ts';
import { type HostProcess, startHostProcess } from '../support/e2e-host.ts';

/** The named browser, else a Chromium on the path; null leaves the choice to Playwright. */
export function findChromium(environment: NodeJS.ProcessEnv): string | null {
  const named = environment['SWITCHYARD_TEST_CHROMIUM'];
  if (named) return named;
  const folders = (environment['PATH'] ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

/** A console open in a browser of its own, with the host behind it. */
export interface Stage {
  host: HostProcess;
  page: Page;
  close: () => Promise<void>;
}

async function openPage(browser: Browser, host: HostProcess): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale: 'en-GB', colorScheme: 'dark', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(host.consoleLink);
  await page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 30_000 });
  return { context, page };
}

async function stageOf(browser: Browser, host: HostProcess): Promise<Stage> {
  const { context, page } = await openPage(browser, host);
  return {
    host,
    page,
    async close() {
      await context.close();
      await host.stop('SIGKILL');
    },
  };
}

/** The demo: simulated providers, live traffic, the scripted incident. */
export async function openDemo(browser: Browser): Promise<Stage> {
  return await stageOf(browser, await startHostProcess('demo'));
}

/** A host whose registry names providers that run here and can be broken here; nobody sends it requests. */
export async function openQuietHost(browser: Browser): Promise<Stage & { fleet: SimulatedFleet }> {
  const fleet = await startSimulatedFleet();
  const config = join(mkdtempSync(join(tmpdir(), 'switchyard-shots-')), 'switchyard.yaml');
  writeFileSync(config, fleet.registryYaml);
  const environment = Object.fromEntries(
    Object.entries(fleet.environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const stage = await stageOf(browser, await startHostProcess('serve', { args: ['--config', config], environment }));
  return {
    ...stage,
    fleet,
    async close() {
      await stage.close();
      await fleet.stop();
    },
  };
}

const WITHOUT_KEYS = `models:
  kimi_k2_self_hosted:
    adapter: vllm
    endpoint: http://gpu-1:8000/v1
    enabled: false
  claude_opus_api:
    adapter: anthropic
    model: claude-opus-4-6
routing:
  primary: kimi_k2_self_hosted
  fallback_chain: [kimi_k2_self_hosted, claude_opus_api]
`;

/** A host on its first day: a registry, and neither a key nor a model server. */
export async function openFirstRun(browser: Browser): Promise<Stage> {
  const config = join(mkdtempSync(join(tmpdir(), 'switchyard-shots-')), 'switchyard.yaml');
  writeFileSync(config, WITHOUT_KEYS);
  return await stageOf(browser, await startHostProcess('serve', { args: ['--config', config] }));
}
