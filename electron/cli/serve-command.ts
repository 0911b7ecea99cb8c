import { startHeadless } from '../serve.ts';
import { type CommandContext, readArguments, readPort } from './command.ts';
import { openConsole } from './open-console.ts';

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

/** Runs the headless host until it is told to stop. A second signal ends it at once. */
export async function runServe(context: CommandContext, { demo }: { demo: boolean }): Promise<void> {
  const { values } = readArguments({
    args: context.args,
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      host: { type: 'string' },
      'gateway-port': { type: 'string' },
      'console-port': { type: 'string' },
      open: { type: 'boolean' },
    },
  });
  const stopped = untilSignal();
  const host = await startHeadless({
    config: values.config,
    data: values.data,
    host: values.host,
    gatewayPort: readPort('gateway-port', values['gateway-port']),
    consolePort: readPort('console-port', values['console-port']),
    demo,
    environment: context.environment,
    workingDirectory: context.workingDirectory,
    layout: context.layout,
    announce: (words) => context.print(`incident  ${words}`),
  });
  context.print(`Switchyard ${context.layout.version}`);
  if (host.simulated) {
    context.print('SIMULATED  built-in providers; no key is used and nothing leaves this machine');
  }
  if (demo && values.config !== undefined) context.print('the demo runs its own registry; --config is left aside');
  context.print(`gateway  ${host.gatewayUrl}`);
  context.print(`console  ${host.consoleLink}`);
  if (host.metricsUrl !== null) context.print(`metrics  ${host.metricsUrl}`);
  context.print('ready');
  host.begin();
  const closeFile = values.open ? openConsole(host.consoleLink) : () => {};
  await stopped;
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  context.print('stopping: requests in flight have up to 10 s');
  closeFile();
  await host.stop();
}
