import { ipcMain, type IpcMainEvent, MessageChannelMain, type MessagePortMain } from 'electron';
import { isConsoleAddress } from './addresses.ts';
import { PORT_MESSAGE, REQUEST_PORT_MESSAGE } from './port-messages.ts';

/** Only the top frame of a window that shows our own page may have a line to the engine. */
function isConsoleFrame(event: IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isConsoleAddress(frame.url);
}

/** Hands every page that asks a message port of its own; `serve` takes over the engine's end. */
export function offerConsolePorts(serve: (port: MessagePortMain) => void): void {
  ipcMain.on(REQUEST_PORT_MESSAGE, (event) => {
    if (!isConsoleFrame(event)) return;
    const { port1, port2 } = new MessageChannelMain();
    serve(port1);
    port1.start();
    event.senderFrame?.postMessage(PORT_MESSAGE, null, [port2]);
  });
}
