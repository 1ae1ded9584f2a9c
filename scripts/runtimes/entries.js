/** Every entry that a package exports, imported in this runtime, by the entry's name. */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export async function everyEntry(name) {
  const { exports } = require(`${name}/package.json`)
  const names = Object.keys(exports).filter((entry) => entry !== './package.json')
  return new Map(await Promise.all(names.map(async (entry) => [entry, await import(`${name}${entry.slice(1)}`)])))
}
