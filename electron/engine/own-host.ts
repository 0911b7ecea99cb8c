const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The host of a `Host` header without its port, in lower case; empty where there is none. */
export function hostOf(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').toLowerCase();
}

/**
 * Whether a `Host` header names this machine by its loopback, or the address that is listened on. A page whose name was
 * re-pointed at this machine names itself, and no Origin tells on its reading.
 */
export function namesOwnHost(header: string | undefined, listeningOn: string): boolean {
  const host = hostOf(header);
  return LOOPBACK_NAMES.has(host) || host === listeningOn;
}

/** Whether only programs on this machine reach an address. */
export function isLoopbackAddress(host: string): boolean {
  return host === '::1' || LOOPBACK_NAMES.has(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
