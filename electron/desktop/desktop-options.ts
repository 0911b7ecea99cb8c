import { parseArgs } from 'node:util';

export interface DesktopOptions {
  config?: string | undefined;
  data?: string | undefined;
  host?: string | undefined;
  gatewayPort?: number | undefined;
  demo: boolean;
}

/**
 * The host's options out of the command line, which Chromium's own switches share; what is not ours is left alone.
 * Throws an Error for a port that is none.
 */
export function readDesktopOptions(args: readonly string[]): DesktopOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      host: { type: 'string' },
      'gateway-port': { type: 'string' },
      demo: { type: 'boolean' },
    },
  });
  const text = (name: 'config' | 'data' | 'host' | 'gateway-port'): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const port = text('gateway-port');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new Error(`--gateway-port is a port from 0 to 65535, not "${port}".`);
  }
  return {
    config: text('config'),
    data: text('data'),
    host: text('host'),
    gatewayPort: port === undefined ? undefined : Number(port),
    demo: values['demo'] === true,
  };
}
