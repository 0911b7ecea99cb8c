#!/usr/bin/env node
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt, ensureNode, root } from './prepare.js';

if (ensureNode(fileURLToPath(import.meta.url))) {
  await ensureBuilt();
  await import(pathToFileURL(join(root, 'dist', 'headless', 'cli.js')).href);
}
