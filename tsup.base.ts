/** How the packages are built. */
import { globSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

/** esbuild writes `var Lock = class _Lock` for a class that speaks of itself: users would meet that name in `constructor.name` and in stacks. */
const ownNames: NonNullable<Options['plugins']>[number] = {
  name: 'own-names',
  renderChunk(code, { map }) {
    const renamed = [...code.matchAll(/\bvar (\w+) = class (_\1)\b/g)]
    if (renamed.length === 0) return undefined
    const kept = renamed.reduce(
      (text, [, name, other]) => text.replaceAll(new RegExp(`\\b${other}\\b`, 'g'), name!),
      code,
    )
    return { code: kept, map: map ?? null }
  },
}

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
    plugins: [ownNames],
    // Deno and Cloudflare Workers know `node:async_hooks` and not `async_hooks`.
    removeNodeProtocol: false,
    // The sources are shipped.
    esbuildOptions: (esbuild) => {
      esbuild.sourcesContent = false
    },
    ...options,
  })
