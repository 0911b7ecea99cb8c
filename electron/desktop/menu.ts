import { app, Menu, type MenuItemConstructorOptions, shell } from 'electron';

/** The application's menu: the platform's own roles, and a way to the data directory. */
export function installMenu(dataDirectory: string | null): void {
  const openData: MenuItemConstructorOptions = {
    label: 'Open data folder',
    enabled: dataDirectory !== null,
    click: () => void (dataDirectory === null ? undefined : shell.openPath(dataDirectory)),
  };
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [openData, { type: 'separator' }, { role: process.platform === 'darwin' ? 'close' : 'quit' }],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
