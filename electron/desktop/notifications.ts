import { Notification } from 'electron';
import type { ShowNotification } from '../engine/notify/notifier.ts';

/** Shows native notifications; a click opens the console at its place. Undefined where the system shows none. */
export function nativeNotifications(open: (path: string) => void): ShowNotification | undefined {
  if (!Notification.isSupported()) return undefined;
  return (title, body, path) => {
    const notification = new Notification({ title, body });
    notification.on('click', () => open(path));
    notification.show();
  };
}
