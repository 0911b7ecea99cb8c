import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createControlPlane } from '../../electron/control/control-plane.ts';
import { startConsoleServer } from '../../electron/control/http-server.ts';
import { systemClock } from '../../electron/engine/clock.ts';
import { startEngine } from '../../electron/engine/engine.ts';
import { sampleAttempt, sampleRequest } from '../support/store-plain-fixtures.ts';
import { READER_WORKER } from './bench-store.ts';
import { serveParent } from './child-side.ts';

/**
 * Arguments: the data directory, and how many requests a second end. The engine, its store and its console are the real
 * ones; requests are announced on the engine's bus as the gateway announces them, as serving that many would take the
 * processor from the browser that is measured.
 */
const [dataDirectory = '', rate = '0'] = process.argv.slice(2);
const TOKEN = 'token-of-the-benchmark';
const TICK_MS = 10;
const TRANSITION_EVERY_MS = 2_000;

const rendererDirectory = join(import.meta.dirname, '../../dist/renderer');
if (!existsSync(rendererDirectory)) throw new Error('The console is not built: run "npm run build" first.');
const report = (context: string, error: unknown): void => {
  process.stderr.write(`${context}: ${String(error)}\n`);
};

const engine = await startEngine({
  registryText: `
models:
  kimi: { adapter: openai-compatible, endpoint: http://127.0.0.1:9, model: model, health_check: { enabled: false } }
  claude: { adapter: openai-compatible, endpoint: http://127.0.0.1:9, model: model, health_check: { enabled: false } }
routing: { primary: kimi, fallback_chain: [kimi, claude] }
alerts: { enabled: false }
`,
  registryPath: null,
  environment: {},
  dataDirectory,
  gateway: { host: '127.0.0.1', port: 0 },
  simulated: true,
  version: '0.0.0-bench',
  storeWorkerUrl: READER_WORKER,
  logLevel: 'error',
});
const server = await startConsoleServer({
  plane: createControlPlane({ engine: engine.api, clock: systemClock, report }),
  host: '127.0.0.1',
  port: 0,
  token: TOKEN,
  rendererDirectory,
  version: '0.0.0-bench',
  clock: systemClock,
  report,
});

const startedAt = performance.now();
let ended = 0;
const announceDue = (): void => {
  const due = Math.floor(((performance.now() - startedAt) * Number(rate)) / 1000);
  for (; ended < due; ended += 1) {
    const provider = ended % 20 === 0 ? 'claude' : 'kimi';
    engine.api.events.emit(
      'request_finished',
      sampleRequest({
        id: `live-${ended}`,
        started_at: Date.now() - 400,
        duration_ms: 400,
        provider,
        model: 'model',
        attempt_list: [sampleAttempt({ provider, model: 'model', started_at: Date.now() - 400, duration_ms: 400 })],
      }),
    );
  }
};
const timers = [
  setInterval(announceDue, TICK_MS),
  // Transitions are what must never be lost or held up.
  setInterval(() => engine.api.events.emit('isolation_changed', { provider: 'kimi' }), TRANSITION_EVERY_MS),
];

serveParent({
  url: `${server.url}/?token=${TOKEN}`,
  async stop() {
    for (const timer of timers) clearInterval(timer);
    await server.stop();
    await engine.stop();
  },
});
