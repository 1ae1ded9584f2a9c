/** The built site, as tests look at it. */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, inflateRawSync } from 'node:zlib'
import { app } from '../../site/pages.ts'

export const dist: string = join(app, 'dist')

if (!statSync(join(dist, 'index.html'), { throwIfNoEntry: false }))
  throw new Error('There is no built site: npm run test:docs builds it')

/** Addresses from the root of the site, with no slash before: `core/lock/`. */
export const addresses: readonly string[] = globSync('**/index.html', { cwd: dist })
  .map((file) => file.replaceAll('\\', '/').replace(/index\.html$/, ''))
  .toSorted()

export const htmlOf = (address: string): string => readFileSync(join(dist, address, 'index.html'), 'utf8')

/** The pages that have a demo of this kind. */
export const withDemo = (kind: string): string[] =>
  addresses.filter((address) => htmlOf(address).includes(`kind="${kind}"`))

const weights = new Map<string, number>()

/** What goes over the wire for this file: fonts are compressed already. */
export function weightOf(path: string): number {
  const known = weights.get(path)
  if (known !== undefined) return known
  const bytes = readFileSync(join(dist, decodeURI(path)))
  const weight = path.endsWith('.woff2') ? bytes.byteLength : gzipSync(bytes).byteLength
  weights.set(path, weight)
  return weight
}

/** The programs that the pages offer to open in the playground: each once, with the first page that offers it. */
export function programsOffered(): Map<string, string> {
  const offered = new Map<string, string>()
  for (const address of addresses) {
    for (const [, packed = ''] of htmlOf(address).matchAll(/<a class="open" href="[^"#]*#([^"]*)"/g)) {
      const program = inflateRawSync(Buffer.from(packed, 'base64url')).toString()
      if (!offered.has(program)) offered.set(program, address)
    }
  }
  return offered
}
