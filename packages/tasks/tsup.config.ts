import { globSync } from 'node:fs'
import { defineConfig } from 'tsup'

// One file for each public entry, and the modules that they share in chunks, so that two entries share one wait queue.
export default defineConfig({
  entry: Object.fromEntries(globSync('src/**/index.ts').map((file) => [file.replace(/^src\/|\.ts$/g, ''), file])),
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  splitting: true,
  sourcemap: true,
  clean: true,
  dts: false,
  // The sources are shipped.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
})
