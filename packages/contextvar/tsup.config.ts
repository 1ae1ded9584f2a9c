import { globSync } from 'node:fs'
import { defineConfig } from 'tsup'

// One file for each public entry, and the modules that they share in chunks, so that two entries share one wait queue.
export default defineConfig({
  entry: Object.fromEntries(
    [...globSync('src/**/index.ts'), 'src/backend/async-hooks.ts', 'src/backend/detect.ts'].map((file) => [
      file.replace(/^src\/|\.ts$/g, ''),
      file,
    ]),
  ),
  // Which of the two it is, the package's `imports` say, by the host.
  external: ['#backend', 'node:async_hooks'],
  // Deno and Cloudflare Workers know `node:async_hooks` and not `async_hooks`.
  removeNodeProtocol: false,
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
