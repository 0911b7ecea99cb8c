import SqliteDatabase from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { withStore } from './bench-store.ts';
import { startChild } from './child.ts';
import { generateRequests } from './generate-requests.ts';
import { generateRollups } from './generate-rollups.ts';
import { percentile } from './statistics.ts';
import type { Benchmark } from './types.ts';

const STORED_REQUESTS = 1_000_000;
const EVENTS_PER_SECOND = 1_000;
const SECONDS = { usual: 30, full: 600 };
/** Longer than pages of the list are kept that nobody looks at. */
const WARM_UP_MS = 40_000;
/** What the console may take. */
const LONGEST_TASK_MS = 100;
const INTERACTION_MS = 200;
const FIRST_VIEW_MS = 1_500;
/** Memory may grow by what caches and history fill up with, not by what streams through. */
const HEAP_GROWTH = 1.3;

interface Figures {
  /** Milliseconds; 0 where no task was long enough to be told of (50 ms). */
  longestTask: number;
  interactionP75: number;
  heapBefore: number;
  heapAfter: number;
}

declare global {
  interface Window {
    benchTasks: number[];
    benchInteractions: Map<number, number>;
  }
}

function findChromium(): string {
  const known = [process.env['SWITCHYARD_TEST_CHROMIUM'], chromium.executablePath(), '/usr/bin/chromium'];
  const found = known.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new Error('No Chromium was found: set SWITCHYARD_TEST_CHROMIUM to one.');
  return found;
}

/** Notes long tasks and how long each interaction took until the next paint. */
async function observe(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.benchTasks = [];
    window.benchInteractions = new Map();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.benchTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { interactionId: id = 0 } = entry as PerformanceEntry & { interactionId?: number };
        if (id === 0) continue;
        const longest = Math.max(window.benchInteractions.get(id) ?? 0, entry.duration);
        window.benchInteractions.set(id, longest);
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

const link = (page: Page, name: string) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name });

/** What somebody does while an incident runs: goes about, reads down the list, filters it, opens a request. */
async function goAbout(page: Page): Promise<void> {
  await link(page, 'Overview').click();
  await page.getByRole('region', { name: 'Verdict' }).waitFor();
  await link(page, 'Requests').click();
  const list = page.getByRole('grid', { name: 'Requests' });
  await list.waitFor();
  await list.hover();
  for (let turn = 0; turn < 12; turn += 1) await page.mouse.wheel(0, 1_500);
  await list.press('PageDown');
  await list.press('ArrowDown');
  await page.getByLabel('Outcome').selectOption('error');
  // The list as it was is shown dimmed until the filtered one has come; a click on a row that is about to go is none.
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
  await page.getByRole('grid', { name: 'Requests' }).getByText('failed').first().click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await link(page, 'Fallbacks').click();
  await page.getByRole('heading', { name: 'Episodes' }).waitFor();
  await link(page, 'Costs').click();
  await page.getByRole('main', { name: 'Costs' }).waitFor();
}

async function measureUse(page: Page, seconds: number): Promise<Figures> {
  // Views and fonts are loaded, caches filled and begun to forget: what grows after this does not stop growing.
  const warm = performance.now() + WARM_UP_MS;
  while (performance.now() < warm) await goAbout(page);
  const heapBefore = await heapOf(page);
  await observe(page);
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) await goAbout(page);
  const seen = await page.evaluate(() => ({
    tasks: window.benchTasks,
    interactions: [...window.benchInteractions.values()],
  }));
  return {
    longestTask: Math.max(0, ...seen.tasks),
    interactionP75: seen.interactions.length === 0 ? 0 : percentile(seen.interactions, 0.75),
    heapBefore,
    heapAfter: await heapOf(page),
  };
}

/** Milliseconds from opening the address to the verdict on the screen, in a profile that has never seen it. */
async function firstView(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const startedAt = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByRole('region', { name: 'Verdict' }).waitFor();
  const took = performance.now() - startedAt;
  await context.close();
  return took;
}

async function measureHost(browser: Browser, directory: string, rate: number, seconds: number) {
  const host = await startChild(
    new URL('./console-process.ts', import.meta.url),
    [directory, String(rate)],
    join(directory, 'host.log'),
  );
  try {
    const opened = await firstView(browser, host.url);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(host.url);
    await page.getByText('live', { exact: true }).waitFor();
    const figures = await measureUse(page, seconds);
    await context.close();
    return { ...figures, opened };
  } finally {
    await host.stop();
  }
}

export const consoleUnderLoad: Benchmark = {
  name: 'console',
  question:
    'Does the console stay quick with 1,000 requests ending a second and a million stored, while somebody goes about in it (30 s, with --full 10 minutes)?',
  baseline:
    'its limits (a task 100 ms, interaction to next paint 200 ms at p75, the first view after 1.5 s), and the same console with nothing going on',
  async run(directory, full) {
    await withStore(directory, async () => {
      const database = new SqliteDatabase(join(directory, 'switchyard.db'), { timeout: 5000 });
      const until = Date.now();
      generateRequests(database, STORED_REQUESTS, until);
      generateRollups(database, { requests: STORED_REQUESTS, agentsAMinute: 8, days: 7, until });
      database.close();
    });
    const asRoot = process.getuid?.() === 0;
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--disable-gpu', '--disable-quic', ...(asRoot ? ['--no-sandbox'] : [])],
    });
    try {
      const idle = await measureHost(browser, directory, 0, SECONDS.usual / 3);
      const busy = await measureHost(browser, directory, EVENTS_PER_SECOND, full ? SECONDS.full : SECONDS.usual);
      const ms = { unit: 'ms', better: 'lower' } as const;
      return [
        { ...ms, what: 'longest task', subject: busy.longestTask, baseline: LONGEST_TASK_MS, limit: 1 },
        { ...ms, what: 'interaction p75', subject: busy.interactionP75, baseline: INTERACTION_MS, limit: 1 },
        { ...ms, what: 'first view', subject: busy.opened, baseline: FIRST_VIEW_MS, limit: 1 },
        { ...ms, what: 'first view, idle', subject: busy.opened, baseline: idle.opened, limit: 2 },
        {
          what: 'heap after use',
          unit: 'MB',
          better: 'lower',
          subject: busy.heapAfter / 1e6,
          baseline: busy.heapBefore / 1e6,
          limit: HEAP_GROWTH,
        },
      ];
    } finally {
      await browser.close();
    }
  },
};
