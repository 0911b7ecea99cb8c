import { loadConsoleToken } from './control/console-token.ts';
import { createControlPlane } from './control/control-plane.ts';
import { type ConsoleServer, startConsoleServer } from './control/http-server.ts';
import { systemClock } from './engine/clock.ts';
import { secretsOf } from './engine/log-secrets.ts';
import { reportToStandardError } from './host/error-report.ts';
import { announceRunningInstance } from './host/running-file.ts';
import { type HostOptions, type RunningHost, startHost } from './host/start-host.ts';
import { describeListenError } from './host/startup-error.ts';

export interface HeadlessHost {
  simulated: boolean;
  gatewayUrl: string;
  /** The console's address with its access token. */
  consoleLink: string;
  /** The further listener for metrics alone; null where there is none. */
  metricsUrl: string | null;
  /** Lets the simulated traffic begin, where there is any. */
  begin(): void;
  stop(): Promise<void>;
}

async function startConsole(host: RunningHost, options: HostOptions): Promise<ConsoleServer & { link: string }> {
  const { plan, engine } = host;
  const token = loadConsoleToken(plan.dataDirectory, plan.environment).value;
  const report = reportToStandardError([token, ...secretsOf(plan.environment)]);
  const plane = createControlPlane({ engine: engine.api, clock: systemClock, report });
  try {
    const server = await startConsoleServer({
      plane,
      ...plan.console,
      token,
      rendererDirectory: options.layout.rendererDirectory,
      version: options.layout.version,
      clock: systemClock,
      report,
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
    reportToStandardError(secretsOf(host.plan.environment)),
  );
  return {
    simulated: host.plan.simulated,
    gatewayUrl: host.engine.gatewayUrl,
    consoleLink: server.link,
    metricsUrl: host.engine.metricsUrl,
    begin: () => host.begin(),
    async stop() {
      // The console goes last, so that an operator can watch the rest being finished.
      await host.stop();
      await server.stop();
      withdraw();
    },
  };
}
