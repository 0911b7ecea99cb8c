import { chromium, type Browser } from 'playwright';

/** Null where the test command found no Chromium; it says so itself. */
export const CHROMIUM = process.env['SWITCHYARD_TEST_CHROMIUM'] ?? null;

const QUIET_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchChromium(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0;
  return await chromium.launch({
    executablePath: CHROMIUM ?? undefined,
    headless: true,
    args: [...QUIET_FLAGS, ...(asRoot ? ['--no-sandbox'] : [])],
  });
}
