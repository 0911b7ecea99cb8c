import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the parts of this installation lie, whether run from sources or from a build. */
export interface ApplicationLayout {
  /** Folder that holds package.json. */
  root: string;
  version: string;
  /** Folder of the built console page. */
  rendererDirectory: string;
  /** Script of the store's reading thread. */
  storeWorkerUrl: URL;
}

function findRoot(directory: string): string {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`No package.json was found above ${directory}.`);
  }
}

/** The layout seen from an entry script. A build has the store's worker beside the entry, sources have it in its room. */
export function findLayout(entryUrl: string): ApplicationLayout {
  const entry = fileURLToPath(entryUrl);
  const root = findRoot(dirname(entry));
  const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const worker = entry.endsWith('.ts')
    ? join(root, 'electron', 'engine', 'store', 'reader-worker.ts')
    : join(dirname(entry), `reader-worker${extname(entry)}`);
  return {
    root,
    version: description.version,
    rendererDirectory: join(root, 'dist', 'renderer'),
    storeWorkerUrl: pathToFileURL(worker),
  };
}
