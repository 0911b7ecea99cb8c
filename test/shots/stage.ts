import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { parseDocument, stringify } from 'yaml';
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
export async function openQuietHost(browser: Browser): Promise<FleetStage> {
  return await openOverFleet(browser, (fleet) => fleet.registryYaml);
}

/** The same with three times as many providers as the demo has, on the same servers. */
export async function openCrowded(browser: Browser): Promise<FleetStage> {
  return await openOverFleet(browser, crowdedRegistry);
}

interface FleetStage extends Stage {
  fleet: SimulatedFleet;
}

async function openOverFleet(browser: Browser, registry: (fleet: SimulatedFleet) => string): Promise<FleetStage> {
  const fleet = await startSimulatedFleet();
  const config = join(mkdtempSync(join(tmpdir(), 'switchyard-shots-')), 'switchyard.yaml');
  writeFileSync(config, registry(fleet));
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

const REGIONS = ['eu_central_frankfurt', 'us_east_virginia', 'ap_southeast_singapore'] as const;

/** Every provider of the fleet once more in each region, the long names in the chain too. */
function crowdedRegistry(fleet: SimulatedFleet): string {
  const document = parseDocument(fleet.registryYaml).toJS() as {
    models: Record<string, object>;
    routing: { fallback_chain: string[] };
  };
  const models = Object.entries(document.models);
  for (const region of REGIONS) {
    for (const [name, entry] of models) {
      document.models[`${name}_${region}`] = entry;
      document.routing.fallback_chain.push(`${name}_${region}`);
    }
  }
  return stringify(document, { aliasDuplicateObjects: false });
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
