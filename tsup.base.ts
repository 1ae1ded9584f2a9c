/** How the packages are built. */
import { globSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

type Config = ReturnType<typeof defineConfig>

/** One file for each public entry, and the modules that they share in chunks, so that two entries share one wait queue. `more`: entries that no `index.ts` is. */
export const packageConfig = (more: readonly string[] = [], options: Options = {}): Config =>
  defineConfig({
    entry: Object.fromEntries(
      [...globSync('src/**/index.ts'), ...more].map((file) => [file.replace(/^src\/|\.ts$/g, ''), file]),
    ),
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    splitting: true,
    sourcemap: true,
    clean: true,
    dts: false,
    // Deno and Cloudflare Workers know `node:async_hooks` and not `async_hooks`.
    removeNodeProtocol: false,
    // The sources are shipped.
    esbuildOptions: (esbuild) => {
      esbuild.sourcesContent = false
    },
    ...options,
  })
