/**
 * Which translations are missing, and which are older than what they translate. A Russian page says in `translates` which English text it
 * was made of, by that text's fingerprint.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { pages, readPage, root, type Source, twinOf } from './pages.ts'

export function fingerprintOf({ file }: Source): string {
  const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

export interface Translation {
  readonly english: Source
  readonly russian: Source | undefined
  readonly state: 'current' | 'stale' | 'missing'
}

/** One for each page that a person has written. */
export function translations(): Translation[] {
  const all = new Map(pages().map((page) => [page.id, page]))
  return [...all.values()]
    .filter(({ language, generated }) => language === 'en' && !generated)
    .map((english) => {
      const russian = all.get(twinOf(english.id))
      if (russian === undefined) return { english, russian, state: 'missing' }
      const current = readPage(russian).data['translates'] === fingerprintOf(english)
      return { english, russian, state: current ? 'current' : 'stale' }
    })
}

/** Russian pages that translate nothing. */
export function orphans(): Source[] {
  const ids = new Set(pages().map(({ id }) => id))
  return pages().filter(({ id, language }) => language === 'ru' && !ids.has(twinOf(id)))
}

/** Writes into `russian` that it is up to date. */
export function stamp(russian: Source, english: Source): void {
  const path = join(root, russian.file)
  const text = readFileSync(path, 'utf8')
  const line = `translates: ${fingerprintOf(english)}`
  const [head] = /^---\n.*?\n---\n/s.exec(text) ?? []
  if (head === undefined) throw new Error(`${russian.file} has no frontmatter`)
  const stamped = /^translates:.*$/m.test(head)
    ? head.replace(/^translates:.*$/m, line)
    : head.replace(/\n---\n$/, `\n${line}\n---\n`)
  writeFileSync(path, stamped + text.slice(head.length))
}

const usage = `npm run docs:translations                       what is missing, and what is older than what it translates
npm run docs:translations -- --stamp FILE...    these Russian pages are up to date now; --stamp all: every one`

function main(args: readonly string[]): number {
  const [option, ...names] = args
  if (option === '--help' || option === '-h') {
    console.log(usage)
    return 0
  }
  if (option === '--stamp' && names.length > 0) {
    const files = names.map((name) => relative(root, isAbsolute(name) ? name : resolve(root, name)))
    const chosen = translations().filter(
      ({ russian }) => russian && (names[0] === 'all' || files.includes(russian.file)),
    )
    if (names[0] !== 'all' && chosen.length !== names.length) {
      const known = new Set(chosen.map(({ russian }) => russian?.file))
      console.error(`No translation: ${files.filter((file) => !known.has(file)).join(', ')}`)
      return 1
    }
    for (const { russian, english } of chosen) if (russian) stamp(russian, english)
    console.log(`${chosen.length} stamped`)
    return 0
  }
  if (option !== undefined) {
    console.error(usage)
    return 2
  }
  const all = translations()
  const wanting = all.filter(({ state }) => state !== 'current')
  for (const { english, russian, state } of wanting) console.log(`${state}  ${russian?.file ?? english.file}`)
  for (const { file } of orphans()) console.log(`translates nothing  ${file}`)
  console.log(`${all.length - wanting.length} of ${all.length} pages are translated and up to date`)
  return wanting.length === 0 ? 0 : 1
}

if (process.argv[1]?.endsWith('translations.ts')) process.exitCode = main(process.argv.slice(2))
