const REVOKE_AFTER_MS = 10_000;

/** One cell of a CSV file. */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // A spreadsheet runs a cell that begins like a formula, and model names come from callers.
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Hands a text to the viewer as a file of the given name. */
export function saveText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read the address only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), REVOKE_AFTER_MS);
}
