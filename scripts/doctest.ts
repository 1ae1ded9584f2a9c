/**
 * Makes a test of every example in the docs: the ts fences in the docstrings of packages/*\/src, in the READMEs, in the packages' pages
 * (src/**\/*.md, docs/*.md) and in the guides. Each becomes a test in packages/<name>/.doctest, which is type-checked and run with the
 * rest. A line `expression // => value` is an expectation; an example without one is refused, as it could not fail.
 *
 * ```ts node and, in a page, ```ts wrong are run likewise, and ```ts check is only type-checked. A Russian page has the code of its English one, to the
 * letter, which doctest.test.ts sees to: it is run once.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where the guides are, which belong to no package. Their tests stand with those of tasks, on which the most of them draw. */
const GUIDES = 'apps/docs/src/content/docs/guides/*.md'

interface Example {
  readonly line: number
  readonly code: string
  /** Only type-checked. */
  readonly still: boolean
}

interface Fence {
  /** Of its first line of code, counted from 0. */
  readonly start: number
  readonly info: string
  readonly code: string
}

export function fencesIn(lines: readonly string[]): Fence[] {
  const fences: Fence[] = []
  let open: { start: number; fence: string; info: string } | undefined
  lines.forEach((line, index) => {
    const [, fence, info = ''] = /^(```+)(.*)$/.exec(line) ?? []
    if (fence === undefined) return
    if (open === undefined) open = { start: index + 1, fence, info: info.trim() }
    else if (fence === open.fence && info.trim() === '') {
      fences.push({ start: open.start, info: open.info, code: lines.slice(open.start, index).join('\n') })
      open = undefined
    }
  })
  return fences
}

export function examplesIn(text: string, isSource: boolean): Example[] {
  const lines = text.split('\n').map((line) => (isSource ? line.replace(/^\s*\* ?/, '') : line))
  return fencesIn(lines)
    .filter(({ info }) => /^ts( |$)/.test(info))
    .map(({ start, info, code }) => {
      if (!['ts', 'ts check', 'ts node', 'ts wrong'].includes(info))
        throw new Error(`line ${start}: no such example, ${info}`)
      return { line: start, code, still: info === 'ts check' }
    })
}

interface Import {
  readonly from: string
  /** As written: `Lock`, `Event as Flag`, `type Handle`. */
  readonly names: readonly string[]
}

/** What the example calls it. */
const localName = (name: string): string => name.replace(/^type |^.* as /, '')

/** `import { a, b } from`, `import a from` and `import * as a from`, on one line. */
function importIn(text: string): Import {
  const [, list, space, whole, from] = /^import (?:\{ (.*) \}|(\* as \w+)|(\w+)) from (.*)$/.exec(text) ?? []
  if (from === undefined) throw new Error(`An example's import must be of one line, of { a, b }, a or * as a: ${text}`)
  return { from, names: list?.split(', ') ?? [space ?? `default as ${whole}`] }
}

interface DocTest {
  readonly imports: readonly Import[]
  readonly body: string
}

/** `expression // => value` becomes an expectation, and imports go to the top of the file. */
function testOf({ line, code }: Example, source: string): DocTest {
  const imports: Import[] = []
  let expectations = 0
  const body = code.split('\n').flatMap((text) => {
    if (text.startsWith('import ')) {
      imports.push(importIn(text))
      return []
    }
    const [, indent, expression, value] = /^(\s*)(.*?)\s*\/\/ => (.*)$/.exec(text) ?? []
    if (expression === undefined) return [`  ${text}`]
    expectations++
    return [`  ${indent}expect(${expression}).toEqual(${value})`]
  })
  if (expectations === 0) throw new Error(`${source}:${line}: an example without \`// =>\` cannot fail`)
  return {
    imports,
    body: `test(${JSON.stringify(`${source}:${line}`)}, async () => {\n  expect.assertions(${expectations})\n${body.join('\n')}\n}, 30_000)\n`,
  }
}

/** The tests of one file, in as few modules as names allow: the Lock of core and that of worker are two. */
function modulesOf(tests: readonly DocTest[]): string[] {
  const modules: { names: Map<string, string>; imports: Map<string, Set<string>>; bodies: string[] }[] = []
  for (const { imports, body } of tests) {
    const mine = imports.flatMap(({ from, names }) =>
      names.map((name) => [localName(name), `${name} ${from}`] as const),
    )
    let module = modules.find(({ names }) => mine.every(([local, what]) => (names.get(local) ?? what) === what))
    if (module === undefined) {
      module = { names: new Map(), imports: new Map([["'vitest'", new Set(['expect', 'test'])]]), bodies: [] }
      modules.push(module)
    }
    for (const [local, what] of mine) module.names.set(local, what)
    for (const { from, names } of imports) {
      const known = module.imports.get(from) ?? new Set()
      for (const name of names) known.add(name)
      module.imports.set(from, known)
    }
    module.bodies.push(body)
  }
  return modules.map(({ imports, bodies }) => {
    const lines = [...imports].flatMap(([from, names]) => {
      const spaces = [...names].filter((name) => name.startsWith('* as '))
      const listed = [...names].filter((name) => !name.startsWith('* as '))
      return [...spaces, ...(listed.length === 0 ? [] : [`{ ${listed.join(', ')} }`])].map(
        (what) => `import ${what} from ${from}\n`,
      )
    })
    return `${lines.join('')}\n${bodies.join('\n')}`
  })
}

/** Writes the tests of one file of the docs, and answers how many. */
function writeTests(file: string, target: string): number {
  const source = relative(root, file)
  const stem = join(target, source.replaceAll(/[/.]/g, '-'))
  const examples = examplesIn(readFileSync(file, 'utf8'), file.endsWith('.ts'))
  const run = examples.filter(({ still }) => !still)
  modulesOf(run.map((example) => testOf(example, source))).forEach((text, index) => {
    writeFileSync(`${stem}${index === 0 ? '' : `-${index + 1}`}.test.ts`, text)
  })
  for (const { line, code, still } of examples) {
    if (still) writeFileSync(`${stem}-${line}.ts`, `// ${source}:${line}\n${code}\nexport {}\n`)
  }
  return examples.length
}

const isTranslation = (file: string): boolean => file.endsWith('.ru.md')

export function writeDoctests(): number {
  let count = 0
  for (const packageFile of globSync('packages/*/package.json', { cwd: root })) {
    const home = join(root, packageFile, '..')
    const target = join(home, '.doctest')
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target, { recursive: true })
    const sources = globSync('src/**/*.ts', { cwd: home, exclude: (name) => /\.test(-d)?\.ts$/.test(name) })
    const pages = globSync(['README.md', 'src/**/*.md', 'docs/**/*.md'], { cwd: home }).filter(
      (file) => !isTranslation(file),
    )
    const files = [...sources, ...pages].map((file) => join(home, file))
    if (home.endsWith('tasks')) {
      files.push(join(root, 'README.md'), ...globSync(GUIDES, { cwd: root }).map((file) => join(root, file)))
    }
    for (const file of files) count += writeTests(file, target)
  }
  return count
}

if (import.meta.main) console.log(`${writeDoctests()} examples`)
