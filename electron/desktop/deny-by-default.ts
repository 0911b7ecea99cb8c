import { app, type Session, shell } from 'electron';
import { isConsoleAddress, mayOpenOutside } from './addresses.ts';

function openOutside(address: string): void {
  if (!mayOpenOutside(address)) return;
  // Without a browser nothing opens; that is no fault of the console's.
  shell.openExternal(address).catch(() => {});
}

/** The console needs to write to the clipboard (copying an id); everything else a page may ask for is refused. */
const ALLOWED_PERMISSIONS = new Set(['clipboard-sanitized-write']);

/** No page of ours navigates away, opens windows, embeds others or is granted a permission beyond the table above. */
export function denyByDefault(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(ALLOWED_PERMISSIONS.has(permission)));
  session.setPermissionCheckHandler((_contents, permission) => ALLOWED_PERMISSIONS.has(permission));
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isConsoleAddress(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isConsoleAddress(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isConsoleAddress(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
  });
}
