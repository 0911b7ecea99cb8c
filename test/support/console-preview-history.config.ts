import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Builds the preview of the history views; its output is for looking at, never shipped. */
// oxlint-disable-next-line import/no-default-export -- vite reads the default export of its configuration
export default defineConfig({
  root: here,
  base: '/',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: process.env['PREVIEW_OUT'] ?? resolve(here, '../../dist/preview-history'),
    emptyOutDir: true,
    rollupOptions: { input: resolve(here, 'console-preview-history.html') },
  },
});
