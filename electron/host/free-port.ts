import { createServer } from 'node:net';
import { describeListenError, type Port, StartupError } from './startup-error.ts';

/**
 * Proves that ports can be had before anything is started: a host whose second listener fails has asked its providers, and
 * maybe answered requests, for nothing. Port 0 is always free. Throws `StartupError`.
 */
export async function requireFreePorts(ports: readonly Port[]): Promise<void> {
  const [first, second] = ports;
  if (first && second && first.port !== 0 && first.port === second.port && first.host === second.host) {
    throw new StartupError(
      `Port ${first.port} is meant for the ${first.name} and for the ${second.name}: choose another with --${second.name}-port (0 picks a free one).`,
    );
  }
  for (const port of ports) if (port.port !== 0) await requireFree(port);
}

async function requireFree(port: Port): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port.port, port.host, resolve);
    });
  } catch (error) {
    throw describeListenError(error, port);
  }
  await new Promise((resolve) => server.close(resolve));
}
