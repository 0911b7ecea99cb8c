import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// oxlint-disable-next-line import/no-default-export -- Vite reads the default export.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '/tmp/switchyard-console-preview',
    emptyOutDir: true,
    rolldownOptions: { input: `${import.meta.dirname}/console-preview.html` },
  },
});
