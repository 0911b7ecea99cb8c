import { escapeMarkup } from '../../shared/format/markup.ts';

/** A page of a title and sentences (HTML) that stands in for the console; `head` is HTML for its head. */
export function plainPage(title: string, sentences: string[], head = ''): string {
  const body = sentences.map((sentence) => `<p>${sentence}</p>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>${head}
<style>body{font:15px/1.6 system-ui,sans-serif;max-width:34em;margin:18vh auto;padding:0 1.5em}h1{font-size:1.25em}code{font-size:.95em}</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}

/** A page that leads on to `address` at once, and tells it nothing of where its reader came from. */
export function leadingPage(title: string, address: string): string {
  const escaped = escapeMarkup(address);
  const head = `\n<meta name="referrer" content="no-referrer">\n<meta http-equiv="refresh" content="0; url=${escaped}">`;
  return plainPage(title, [`<a href="${escaped}">Open the console</a>`], head);
}

/** Where a page outside of the console, such as a file, sends a browser with the token. */
export const SIGN_IN_PATH = '/sign-in';

/** Shown in place of the console to a browser that has no valid token. */
export const SIGN_IN_PAGE = plainPage('This console needs its link', [
  'Open the address that <code>switchyard serve</code> printed as <code>console</code>; it carries the access token and signs this browser in.',
  'The token is also in the file <code>console-token</code> of the data directory.',
]);

/** Shown when the console's files are not there. */
export const NOT_BUILT_PAGE = plainPage('The console page is not built', [
  'Run <code>npm run build</code> in the Switchyard folder and reload this page. The gateway and the API work without it.',
]);
