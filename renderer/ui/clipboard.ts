/**
 * Puts a text on the clipboard. Browsers offer their clipboard only to pages from this machine or over TLS; a headless host
 * is often reached by plain HTTP, where the older command still works within a click. Rejects where neither does.
 */
export async function copyToClipboard(text: string): Promise<void> {
  // The types promise it everywhere; it is not there in an insecure context.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) return await clipboard.writeText(text);
  let taken = false;
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    taken = true;
  };
  document.addEventListener('copy', put, { capture: true });
  try {
    document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', put, { capture: true });
  }
  if (!taken) throw new Error('The browser does not let this page copy.');
}
