import { builtinModules } from 'node:module';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { EnvironmentOptions } from 'vite';
import { defineConfig } from 'vitest/config';

const NODE_BUILTINS = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];
/** Loaded at run time: Electron's own module, and the database with its native binary. */
const NOT_BUNDLED = ['electron', 'better-sqlite3'];

/** A build for Node or Electron's main process: everything in our bundle but what cannot be in one. */
function nodeEnvironment(outDir: string, input: Record<string, string>, format: 'es' | 'cjs'): EnvironmentOptions {
  const extension = format === 'cjs' ? 'cjs' : 'js';
  return {
    consumer: 'server',
    resolve: { noExternal: true, external: NOT_BUNDLED, conditions: ['node', 'import', 'default'] },
    build: {
      ssr: true,
      outDir: `../dist/${outDir}`,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input,
        external: [...NOT_BUNDLED, ...NODE_BUILTINS],
        output: {
          format,
          entryFileNames: `[name].${extension}`,
          chunkFileNames: `chunks/[name]-[hash].${extension}`,
        },
      },
    },
  };
}

const readerWorker = 'electron/engine/store/reader-worker.ts';

export default defineConfig(({ mode }) => ({
  // The page's root is its own folder; tests resolve from the repository.
  root: mode === 'test' ? '.' : 'renderer',
  plugins: [react(), tailwindcss()],
  build: { outDir: '../dist/renderer', emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0 },
  builder: {},
  environments: {
    // CommonJS is loaded before Electron is ready, which is when schemes and the sandbox have to be registered.
    main: nodeEnvironment('main', { main: 'electron/main.ts', 'reader-worker': readerWorker }, 'cjs'),
    preload: nodeEnvironment('preload', { preload: 'electron/preload.ts' }, 'cjs'),
    headless: nodeEnvironment('headless', { cli: 'electron/cli/main.ts', 'reader-worker': readerWorker }, 'es'),
  },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node' } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: 'component', include: ['test/component/**/*.test.tsx'], environment: 'happy-dom' },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          // After the others, which leave a small machine no room for a browser.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}));
