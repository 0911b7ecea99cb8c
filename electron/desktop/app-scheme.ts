import { escapeMarkup } from '../../shared/format/markup.ts';
import { protocol, type Session } from 'electron';
import { NOT_BUILT_PAGE, plainPage } from '../control/pages.ts';
import { PLAIN_PAGE_CONTENT_SECURITY_POLICY, SECURITY_HEADERS } from '../control/security-headers.ts';
import { readStaticFile } from '../control/static-files.ts';
import { CONSOLE_HOST, CONSOLE_ORIGIN } from './addresses.ts';

const STARTUP_ERROR_PATH = '/startup-error';

/** Makes `app://` a standard, secure origin; has to happen before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

function page(html: string): Response {
  return new Response(html, {
    headers: {
      ...SECURITY_HEADERS,
      'content-security-policy': PLAIN_PAGE_CONTENT_SECURITY_POLICY,
      'content-type': 'text/html; charset=utf-8',
    },
  });
}

/** The address of the page that shows one sentence on why nothing could be started. */
export function startupErrorAddress(sentence: string): string {
  return `${CONSOLE_ORIGIN}${STARTUP_ERROR_PATH}?because=${encodeURIComponent(sentence)}`;
}

async function answer(request: Request, directory: string): Promise<Response> {
  const url = new URL(request.url);
  if (url.host !== CONSOLE_HOST || request.method !== 'GET') return new Response('Not found', { status: 404 });
  if (url.pathname === STARTUP_ERROR_PATH) {
    return page(plainPage('Switchyard could not start', [escapeMarkup(url.searchParams.get('because') ?? '')]));
  }
  const file = await readStaticFile(directory, url.pathname);
  if (file !== null) {
    return new Response(file.body, { headers: { ...SECURITY_HEADERS, 'content-type': file.contentType } });
  }
  return url.pathname === '/' ? page(NOT_BUILT_PAGE) : new Response('Not found', { status: 404 });
}

/** Serves the built console, and nothing outside its folder, as `app://switchyard/…`. */
export function serveAppScheme(session: Session, directory: string): void {
  session.protocol.handle('app', (request) => answer(request, directory));
}
