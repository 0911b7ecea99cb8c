import { loadConsoleToken } from './control/console-token.ts';
import { createControlPlane } from './control/control-plane.ts';
import { type ConsoleServer, startConsoleServer } from './control/http-server.ts';
import { systemClock } from './engine/clock.ts';
import { announceRunningInstance } from './host/running-file.ts';
import { type HostOptions, type RunningHost, startHost } from './host/start-host.ts';
import { describeListenError } from './host/startup-error.ts';

export interface HeadlessHost {
  simulated: boolean;
  gatewayUrl: string;
  /** The console's address with its access token. */
  consoleLink: string;
  /** Lets the simulated traffic begin, where there is any. */
  begin(): void;
  stop(): Promise<void>;
}

/** Tells of a defect on standard error, as a line of JSON like the engine's own log. */
export function reportToStandardError(context: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  process.stderr.write(
    `${JSON.stringify({ at: new Date().toISOString(), level: 'error', event: context, message, stack })}\n`,
  );
}

async function startConsole(host: RunningHost, options: HostOptions): Promise<ConsoleServer & { link: string }> {
  const { plan, engine } = host;
  const plane = createControlPlane({ engine: engine.api, clock: systemClock, report: reportToStandardError });
  const token = loadConsoleToken(plan.dataDirectory, plan.environment).value;
  try {
    const server = await startConsoleServer({
      plane,
      ...plan.console,
      token,
      rendererDirectory: options.layout.rendererDirectory,
      version: options.layout.version,
      clock: systemClock,
      report: reportToStandardError,
    });
    return {
      url: server.url,
      link: `${server.url}/?token=${encodeURIComponent(token)}`,
      async stop() {
        plane.close();
        await server.stop();
      },
    };
  } catch (error) {
    throw describeListenError(error, { name: 'console', ...plan.console });
  }
}

/** The headless host: gateway and browser console in plain Node. Throws `StartupError` for what the operator can mend. */
export async function startHeadless(options: HostOptions): Promise<HeadlessHost> {
  let consoleUrl: string | null = null;
  const host = await startHost({ ...options, consoleUrl: () => consoleUrl });
  let server: Awaited<ReturnType<typeof startConsole>>;
  try {
    server = await startConsole(host, options);
    consoleUrl = server.url;
  } catch (error) {
    await host.stop();
    throw error;
  }
  const withdraw = announceRunningInstance(
    host.plan.dataDirectory,
    {
      pid: process.pid,
      gateway: host.engine.gatewayUrl,
      console: server.url,
      started_at: systemClock.now(),
    },
    reportToStandardError,
  );
  return {
    simulated: host.plan.simulated,
    gatewayUrl: host.engine.gatewayUrl,
    consoleLink: server.link,
    begin: () => host.begin(),
    async stop() {
      // The console goes last, so that an operator can watch the rest being finished.
      await host.stop();
      await server.stop();
      withdraw();
    },
  };
}
