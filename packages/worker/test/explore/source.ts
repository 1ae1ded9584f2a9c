/**
 * The package's sources, bundled into one function of what they take from the world: that is the seam. A thread of the explorer is a call of it
 * with an Atomics, a clock, timers and a Promise that the explorer owns.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export type Shipped = typeof import('./shipped.ts') & {
  /** A thread that begins again knows no space. */
  forgetTerritories(): void
}

/** What a thread takes from the world. */
export interface World {
  readonly Atomics: unknown
  readonly performance: unknown
  readonly setTimeout: unknown
  readonly clearTimeout: unknown
  readonly setInterval: unknown
  readonly clearInterval: unknown
  readonly queueMicrotask: unknown
  readonly Promise: unknown
  readonly Int32Array: unknown
  readonly Uint8Array: unknown
  readonly AbortController: unknown
  readonly host: unknown
}

export type Instantiate = (world: World) => Shipped

/** In `file` of src, `find` becomes `replace`: a mutation. */
export interface Replacement {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/**
 * Loops that only save time are cut short, or each turn of them would have to be interleaved with everything: one look at a busy word before a
 * thread sleeps instead of 6, and no thousand looks before the clock is asked. What is decided after them is explored all the same.
 */
const CUT_SHORT: readonly { readonly file: string; readonly find: RegExp; readonly replace: string }[] = [
  { file: 'turnstile.ts', find: /const SPINS = \d+/, replace: 'const SPINS = 1' },
  { file: 'turnstile.ts', find: /spins < 1000/, replace: 'spins < 0' },
]

/** What begins again has to be made anew: the only thing that a module remembers of the spaces that its thread has joined. */
const ADDED: Readonly<Record<string, string>> = {
  'src/territory.ts': 'export function forgetTerritories() { territories.clear() }',
  'test/explore/shipped.ts': "export { forgetTerritories } from '../../src/territory.ts'",
}

const home = fileURLToPath(new URL('../../', import.meta.url))
const src = `${home}src/`

export async function bundle(replacements: readonly Replacement[] = []): Promise<Instantiate> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('shipped.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'shipped',
    target: 'es2022',
    platform: 'node',
    // An async function would make promises of the engine's.
    supported: { 'async-await': false, 'async-generator': false, 'for-await': false },
    conditions: ['@interlock/source'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'seam',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^#host$/ }, () => ({ path: 'host', namespace: 'seam' }))
          onLoad({ filter: /.*/, namespace: 'seam' }, () => ({ contents: 'export const host = __host' }))
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            let contents = await readFile(path, 'utf8')
            contents += ADDED[path.slice(home.length).replaceAll('\\', '/')] ?? ''
            if (!path.startsWith(src)) return { contents, loader: 'ts' }
            const file = path.slice(src.length).replaceAll('\\', '/')
            for (const { find, replace } of CUT_SHORT.filter((cut) => cut.file === file)) {
              if (!find.test(contents)) throw new Error(`${file}: ${find} is to be cut short, and does not stand there`)
              contents = contents.replace(find, replace)
            }
            for (const { find, replace } of replacements.filter((replacement) => replacement.file === file)) {
              if (contents.split(find).length !== 2) throw new Error(`${file}: this must stand in it once:\n${find}`)
              contents = contents.replace(find, () => replace)
            }
            return { contents, loader: 'ts' }
          })
        },
      },
    ],
  })
  const names = [
    'Atomics',
    'performance',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'queueMicrotask',
    'Promise',
    'Int32Array',
    'Uint8Array',
    'AbortController',
  ]
  // oxlint-disable-next-line typescript/no-implied-eval -- this is what makes one copy of the sources for each thread.
  const make = new Function(...names, '__host', `${outputFiles[0]!.text}\nreturn shipped`) as (
    ...args: unknown[]
  ) => Shipped
  return (world) => make(...names.map((name) => world[name as keyof World]), world.host)
}
