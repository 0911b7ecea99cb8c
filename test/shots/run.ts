// Pictures of the console in every state that matters, and what accessibility rules say about them.
//   node test/shots/run.ts                 every view, size, theme and state into docs/screens
//   node test/shots/run.ts --out DIR       the same into another folder
//   node test/shots/run.ts --only quiet    one part of it: demo, quiet, first-run, crowded
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from 'playwright';
import { repository } from '../support/e2e-host.ts';
import { Camera, type CameraOptions } from './camera.ts';
import { pictureCrowded, pictureDemo, pictureFirstRun, pictureQuietHost } from './scenes.ts';
import { findChromium, openCrowded, openDemo, openFirstRun, openQuietHost, type Stage } from './stage.ts';

const QUIET_FLAGS = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];

const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } });
const options: CameraOptions = {
  out: values.out ?? join(repository, 'docs', 'screens'),
  say: (line) => process.stdout.write(`${line}\n`),
};

async function part<Kind extends Stage>(
  name: string,
  open: () => Promise<Kind>,
  picture: (stage: Kind, camera: Camera) => Promise<void>,
): Promise<Camera[]> {
  if (values.only !== undefined && values.only !== name) return [];
  options.say(name);
  const stage = await open();
  const camera = new Camera(stage.page, options);
  try {
    await picture(stage, camera);
  } finally {
    await stage.close();
  }
  return [camera];
}

async function takeAll(browser: Browser): Promise<Camera[]> {
  return [
    ...(await part('first-run', () => openFirstRun(browser), pictureFirstRun)),
    ...(await part('quiet', () => openQuietHost(browser), pictureQuietHost)),
    ...(await part('crowded', () => openCrowded(browser), pictureCrowded)),
    ...(await part('demo', () => openDemo(browser), pictureDemo)),
  ];
}

function report(cameras: readonly Camera[]): void {
  const violations = cameras.flatMap((camera) => [...camera.violations]);
  options.say(`\naccessibility: ${violations.length === 0 ? 'nothing objected to' : ''}`);
  for (const [rule, { impact, help, places }] of violations) {
    options.say(`  ${impact}  ${rule}: ${help}`);
    for (const place of places) options.say(`      ${place}`);
  }
}

const browser = await chromium.launch({
  executablePath: findChromium(process.env) ?? undefined,
  args: [...QUIET_FLAGS, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
try {
  report(await takeAll(browser));
} finally {
  await browser.close();
}
