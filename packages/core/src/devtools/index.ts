/**
 * Shows primitives in a browser's console as they print elsewhere: `Lock "db" <locked, waiting: 2>`, to be opened for the object itself.
 *
 * A console does not call toString(); it asks the custom formatters, in Chromium and Firefox alike, if they are enabled in the settings
 * of the developer tools. Node, Deno and Bun need none of this.
 */
import { Primitive } from '../primitive.ts'

/** JsonML: a tag, its attributes, what is in it. */
type JsonMl = readonly [tag: string, attributes: object, ...content: unknown[]]

interface Formatter {
  header(value: unknown, config?: unknown): JsonMl | null
  hasBody(value: unknown): boolean
  body(value: unknown): JsonMl | null
}

/** Marks an object that is to be shown as it is, inside its own formatted self. */
const PLAIN: object = {}

const formatter: Formatter = {
  header: (value, config) => (value instanceof Primitive && config !== PLAIN ? ['span', {}, String(value)] : null),
  hasBody: () => true,
  body: (value) => ['object', { object: value, config: PLAIN }],
}

/**
 * Installs the formatter in this page (or worker), once; the function that it returns takes it out again.
 *
 * Call it where a program starts during development. It adds to `globalThis.devtoolsFormatters`, which is how consoles find formatters, and
 * touches nothing else.
 *
 * @example
 * ```ts
 * import { installFormatter } from '@interlock/core/devtools'
 *
 * const uninstall = installFormatter()
 * // From now on console.log(lock) shows: Lock <locked, waiting: 2>
 * typeof uninstall // => 'function'
 * uninstall()
 * ```
 */
export function installFormatter(): () => void {
  const host = globalThis as { devtoolsFormatters?: Formatter[] }
  const formatters = (host.devtoolsFormatters ??= [])
  if (!formatters.includes(formatter)) formatters.push(formatter)
  return () => {
    const at = formatters.indexOf(formatter)
    if (at !== -1) formatters.splice(at, 1)
  }
}
