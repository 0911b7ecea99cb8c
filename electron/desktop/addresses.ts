/** Host part of the console's addresses in the desktop. */
export const CONSOLE_HOST = 'switchyard';
/** Origin of the console's page in the desktop. */
export const CONSOLE_ORIGIN = `app://${CONSOLE_HOST}`;
/** The address of the console's first view. */
export const CONSOLE_ADDRESS = `${CONSOLE_ORIGIN}/`;

/** Whether an address may be handed to the operator's own browser. */
export function mayOpenOutside(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

/** Whether an address belongs to the console itself. */
export function isConsoleAddress(address: string): boolean {
  return URL.canParse(address) && address.startsWith(`${CONSOLE_ORIGIN}/`);
}
