import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { placeWindow, readWindowState, saveWindowState } from './window-state.ts';

const BACKGROUND = { dark: '#16181b', light: '#fbfbfc' };
const RELOADS_AFTER_CRASH = 3;
const CRASH_WINDOW_MS = 60_000;

function statePath(): string {
  return join(app.getPath('userData'), 'window.json');
}

function keepState(window: BrowserWindow): void {
  window.on('close', () => {
    saveWindowState(statePath(), { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  });
}

/** A crashed page is loaded again, a few times; the engine in this process goes on regardless. */
function reloadAfterCrash(window: BrowserWindow, note: (sentence: string) => void): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    if (crashes.length > RELOADS_AFTER_CRASH) {
      note(`The console page crashed ${crashes.length} times in a minute (${details.reason}) and is left closed.`);
      window.close();
      return;
    }
    note(`The console page crashed (${details.reason}) and was loaded again.`);
    window.webContents.reload();
  });
}

/** The console's window: sandboxed, isolated, without Node, and shown once there is something to see. */
export function openConsoleWindow(
  address: string,
  options: { preload: string; note: (sentence: string) => void },
): BrowserWindow {
  const saved = readWindowState(statePath());
  const { bounds, maximized } = placeWindow(
    saved,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 400,
    minHeight: 400,
    show: false,
    title: 'Switchyard',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  keepState(window);
  reloadAfterCrash(window, options.note);
  window.loadURL(address).catch((error: unknown) => options.note(`${address} could not be loaded: ${String(error)}`));
  return window;
}
