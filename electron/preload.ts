import { contextBridge, ipcRenderer } from 'electron';
import { PORT_MESSAGE, REQUEST_PORT_MESSAGE } from './desktop/port-messages.ts';

// A port cannot cross the context bridge, so it is transferred to the page as a message from its own window.
ipcRenderer.on(PORT_MESSAGE, (event) => {
  window.postMessage(PORT_MESSAGE, window.location.origin, [...event.ports]);
});

contextBridge.exposeInMainWorld('switchyard', {
  requestPort: (): void => ipcRenderer.send(REQUEST_PORT_MESSAGE),
});
