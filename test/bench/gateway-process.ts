import { startEngine } from '../../electron/engine/engine.ts';
import { READER_WORKER } from './bench-store.ts';
import { serveParent } from './child-side.ts';
import { MODEL } from './wire.ts';

/** Arguments: the upstream's URL and the data directory. The engine is the real one, its log and its store included. */
const [upstreamUrl = '', dataDirectory = ''] = process.argv.slice(2);

const engine = await startEngine({
  registryText: `
models:
  upstream:
    adapter: vllm
    endpoint: ${upstreamUrl}/v1
    model: ${MODEL}
routing:
  primary: upstream
  fallback_chain: [upstream]
`,
  registryPath: null,
  environment: {},
  dataDirectory,
  gateway: { host: '127.0.0.1', port: 0 },
  simulated: false,
  version: '0.0.0-bench',
  storeWorkerUrl: READER_WORKER,
});
serveParent({ url: engine.gatewayUrl, stop: () => engine.stop() });
