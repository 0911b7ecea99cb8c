import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json; charset=utf-8',
};

export interface StaticFile {
  body: Buffer<ArrayBuffer>;
  contentType: string;
  /** True for files whose name carries a hash of their content. */
  immutable: boolean;
}

/** Where in `directory` a URL path points; null when it would leave the directory or cannot be decoded. */
export function containedPath(directory: string, urlPath: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const root = normalize(directory.endsWith(sep) ? directory : directory + sep);
  const path = normalize(join(root, decoded));
  return path.startsWith(root) ? path : null;
}

/**
 * A file of the built console by its URL path. Paths without an extension are views of the single page and answer
 * with its `index.html`. Null when there is no such file.
 */
export async function readStaticFile(directory: string, urlPath: string): Promise<StaticFile | null> {
  const contained = containedPath(directory, urlPath);
  if (contained === null) return null;
  const path = extname(contained) === '' ? join(directory, 'index.html') : contained;
  try {
    return {
      body: await readFile(path),
      contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
      immutable: /[-.][\w-]{8,}\.\w+$/.test(path) && path.includes(`${sep}assets${sep}`),
    };
  } catch {
    return null;
  }
}
