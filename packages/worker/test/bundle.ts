/**
 * A source file of this package with all that it imports, as one script for a thread. Not as sources: in each thread Node would compile the
 * WebAssembly that takes their types away, and V8 of Node 24 now and then aborts when many threads do so and are terminated meanwhile
 * ("Check failed: jit_page.has_value()", https://github.com/nodejs/node/issues/64500).
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The text of a function of `module`, whose `exports` are set, and `require`. In a function, as a script's classes would be the thread's globals. */
export async function bundle(file: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@interlock/source'],
    logLevel: 'silent',
  })
  return `(function (module, require) {\n${outputFiles[0]!.text}\n})`
}
