/** Which file is which page. The pages lie beside the code that they describe; only the guides have a folder of their own. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const app: string = fileURLToPath(new URL('..', import.meta.url))
export const root: string = fileURLToPath(new URL('../../..', import.meta.url))

const docs = 'apps/docs/src/content/docs'
const generated = 'apps/docs/.generated'

/** Relative to the root of the repository. */
export const patterns: readonly string[] = [
  `${docs}/**/*.{md,mdx}`,
  `${generated}/**/*.md`,
  'packages/*/docs/**/*.md',
  'packages/*/src/**/index.md',
  'packages/*/src/**/index.ru.md',
]

export interface Source {
  /** Relative to the root of the repository. */
  readonly file: string
  /** `core/lock`, `ru/core/lock`; the start page is `index`. */
  readonly id: string
  readonly language: 'en' | 'ru'
  /** Whether the machine wrote it, from the sources. */
  readonly generated: boolean
}

/** The page that `file` is, or undefined if it is none. */
export function pageOf(path: string): Source | undefined {
  const file = path.replaceAll('\\', '/')
  const [, place, name] =
    /^apps\/docs\/(src\/content\/docs|\.generated)\/(.*)\.mdx?$/.exec(file) ??
    /^packages\/([^/]+\/(?:docs|src))\/(.*)\.md$/.exec(file) ??
    []
  if (place === undefined || name === undefined) return undefined
  const ofPackage = /^([^/]+)\/(?:docs|src)$/.exec(place)?.[1]
  const steps = (ofPackage === undefined || file.startsWith('apps/') ? name : `${ofPackage}/${name}`).split('/')
  let language: Source['language'] = 'en'
  if (steps[0] === 'ru') {
    language = 'ru'
    steps.shift()
  }
  const last = steps.pop() ?? ''
  const bare = last.replace(/\.ru$/, '')
  if (bare !== last) language = 'ru'
  if (bare !== 'index') steps.push(bare)
  const id = [...(language === 'ru' ? ['ru'] : []), ...steps].join('/') || 'index'
  return { file, id, language, generated: file.startsWith(generated) }
}

export function pages(): Source[] {
  return globSync([...patterns], { cwd: root, exclude: (name) => name.startsWith('_') })
    .map((file) => pageOf(file))
    .filter((page) => page !== undefined)
    .toSorted((one, other) => one.id.localeCompare(other.id))
}

/** The same page in the other language, whether it exists or not. */
export function twinOf(id: string): string {
  if (id === 'index') return 'ru'
  if (id === 'ru') return 'index'
  return id.startsWith('ru/') ? id.slice(3) : `ru/${id}`
}

/** Where `page` is, from the root of the site, with a slash at both ends. */
export function addressOf(id: string): string {
  return id === 'index' ? '/' : `/${id}/`
}

export interface Text {
  readonly data: Readonly<Record<string, string>>
  readonly body: string
}

/** A page's frontmatter, one `key: value` a line, and what comes after it. */
export function readPage({ file }: Source): Text {
  const text = readFileSync(join(root, file), 'utf8')
  const [whole, head] = /^---\n(.*?)\n---\n/s.exec(text) ?? ['', '']
  const data: Record<string, string> = {}
  for (const line of (head ?? '').split('\n')) {
    const [, key, value] = /^(\w+):\s*(.*)$/.exec(line) ?? []
    if (key !== undefined && value !== undefined)
      data[key] = value.replace(/\s+#.*$/, '').replace(/^(['"])(.*)\1$/, '$2')
  }
  return { data, body: text.slice(whole.length) }
}

interface Located {
  path?: string | undefined
}

/** A remark plugin: Starlight tells a page's language by its place in the folder of content, so each page says that it is there. */
export function placeInDocs(): (tree: unknown, file: Located) => void {
  return (_tree, file) => {
    if (file.path === undefined) return
    const page = pageOf(relative(root, file.path))
    if (page !== undefined) file.path = join(root, docs, `${page.id}.md`)
  }
}

/** The file of a page as a remark plugin sees it after `placeInDocs`. */
export function idOf(file: Located): string {
  return relative(join(root, docs), file.path ?? '')
    .replaceAll('\\', '/')
    .replace(/\.mdx?$/, '')
}

export const folderOf = (file: string): string => dirname(file)
