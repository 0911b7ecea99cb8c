import { startEngine } from '../../electron/engine/engine.ts';

/**
 * Runs a whole engine over a data directory and writes one line of JSON to stdout once it serves: its address, and what its
 * budgets stand at. Then it waits to be killed.
 */
const [directory = '', registryText = '', anthropicUrl = ''] = process.argv.slice(2);
const engine = await startEngine({
  registryText,
  registryPath: null,
  environment: { ANTHROPIC_API_KEY: 'test-key-of-claude', ANTHROPIC_BASE_URL: anthropicUrl },
  dataDirectory: directory,
  gateway: { host: '127.0.0.1', port: 0 },
  simulated: false,
  version: '0.0.0-test',
  storeWorkerUrl: new URL('../../electron/engine/store/reader-worker.ts', import.meta.url),
  logLevel: 'error',
});
const { quotas } = engine.api.quotas();
process.stdout.write(`${JSON.stringify({ url: engine.gatewayUrl, quotas })}\n`);
