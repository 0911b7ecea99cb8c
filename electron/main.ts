import './desktop/runtime-compat.ts';
import { join } from 'node:path';
import { app, BrowserWindow, session } from 'electron';
import { CONSOLE_ADDRESS } from './desktop/addresses.ts';
import { registerAppScheme, serveAppScheme, startupErrorAddress } from './desktop/app-scheme.ts';
import { offerConsolePorts } from './desktop/console-port.ts';
import { openConsoleWindow } from './desktop/console-window.ts';
import { denyByDefault } from './desktop/deny-by-default.ts';
import { type DesktopHost, startDesktopHost } from './desktop/desktop-host.ts';
import { readDesktopOptions } from './desktop/desktop-options.ts';
import { installMenu } from './desktop/menu.ts';
import { nativeNotifications } from './desktop/notifications.ts';
import { findLayout } from './host/layout.ts';

const layout = findLayout(import.meta.url);
const preload = join(layout.root, 'dist', 'preload', 'preload.cjs');

let host: DesktopHost | null = null;
let stopping: Promise<void> | null = null;

function note(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function showWindow(address: string): void {
  openConsoleWindow(address, { preload, note });
}

/** Brings the console to the front at one of its views. */
function showConsoleAt(path: string): void {
  const address = `${CONSOLE_ADDRESS}${path.replace(/^\//, '')}`;
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return showWindow(address);
  if (window.isMinimized()) window.restore();
  window.focus();
  void window.loadURL(address);
}

/** Starts the engine and answers the address of the page to show: the console, or why there is none. */
async function startEngineHost(): Promise<string> {
  try {
    const notifications = nativeNotifications(showConsoleAt);
    host = await startDesktopHost(readDesktopOptions(process.argv.slice(1)), layout, notifications);
    process.stdout.write(`gateway  ${host.gatewayUrl}\n`);
    return CONSOLE_ADDRESS;
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    note(sentence);
    return startupErrorAddress(sentence);
  }
}

async function start(): Promise<void> {
  await app.whenReady();
  denyByDefault(session.defaultSession);
  serveAppScheme(session.defaultSession, layout.rendererDirectory);
  offerConsolePorts((port) => {
    if (host === null) port.close();
    else host.servePort(port);
  });
  const address = await startEngineHost();
  installMenu(host?.dataDirectory ?? null);
  showWindow(address);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) showWindow(address);
  });
}

// Every window asks for the sandbox itself; this is for whatever else may be started. Root on Linux has none to offer.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerAppScheme();
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', (event) => {
    if (host === null) return;
    // Requests in flight are finished first; quitting goes on once the engine has stopped.
    event.preventDefault();
    stopping ??= host.stop().finally(() => {
      host = null;
      app.quit();
    });
  });
  process.on('SIGINT', () => app.quit());
  process.on('SIGTERM', () => app.quit());
  start().catch((error: unknown) => {
    note(error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
} else {
  note('Switchyard is already open: its window was brought to the front.');
  app.quit();
}
