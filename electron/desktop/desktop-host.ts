import { createControlPlane } from '../control/control-plane.ts';
import { createMessagePortServer } from '../control/message-port.ts';
import { systemClock } from '../engine/clock.ts';
import type { ShowNotification } from '../engine/notify/notifier.ts';
import type { ApplicationLayout } from '../host/layout.ts';
import { announceRunningInstance } from '../host/running-file.ts';
import { startHost } from '../host/start-host.ts';
import { reportToStandardError } from '../serve.ts';
import type { DesktopOptions } from './desktop-options.ts';

export interface DesktopHost {
  dataDirectory: string;
  gatewayUrl: string;
  servePort: ReturnType<typeof createMessagePortServer>;
  stop(): Promise<void>;
}

/** The engine in the main process, with its console over message ports. Throws as `startHost` does. */
export async function startDesktopHost(
  options: DesktopOptions,
  layout: ApplicationLayout,
  showNotification?: ShowNotification,
): Promise<DesktopHost> {
  const host = await startHost({
    ...options,
    ...(showNotification && { showNotification }),
    environment: process.env,
    workingDirectory: process.cwd(),
    layout,
    announce: (words) => void process.stdout.write(`incident  ${words}\n`),
  });
  const plane = createControlPlane({ engine: host.engine.api, clock: systemClock, report: reportToStandardError });
  const withdraw = announceRunningInstance(
    host.plan.dataDirectory,
    {
      pid: process.pid,
      gateway: host.engine.gatewayUrl,
      console: null,
      started_at: systemClock.now(),
    },
    reportToStandardError,
  );
  host.begin();
  return {
    dataDirectory: host.plan.dataDirectory,
    gatewayUrl: host.engine.gatewayUrl,
    servePort: createMessagePortServer(plane),
    async stop() {
      await host.stop();
      plane.close();
      withdraw();
    },
  };
}
