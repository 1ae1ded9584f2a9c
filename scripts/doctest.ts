/**
 * Makes a test of every example in the docs: the ts fences in the docstrings of packages/*\/src and in the READMEs. Each becomes a test
 * in packages/<name>/.doctest, which is type-checked and run with the rest. A line `expression // => value` is an expectation;
 * an example without one is refused, as it could not fail.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Example {
  readonly line: number
  readonly code: string
}

function examplesIn(text: string, isSource: boolean): Example[] {
  const lines = text.split('\n')
  const examples: Example[] = []
  let start = -1
  lines.forEach((line, index) => {
    const bare = isSource ? line.replace(/^\s*\* ?/, '') : line
    if (start < 0 && /^```ts$/.test(bare)) start = index + 1
    else if (start >= 0 && bare.startsWith('```')) {
      const code = lines.slice(start, index).map((inner) => (isSource ? inner.replace(/^\s*\* ?/, '') : inner))
      examples.push({ line: start, code: code.join('\n') })
      start = -1
    }
  })
  return examples
}

/** `expression // => value` becomes an expectation, and imports go to the top of the file. */
function testOf({ line, code }: Example, source: string, imports: Set<string>): string {
  let expectations = 0
  const body = code.split('\n').flatMap((text) => {
    if (text.startsWith('import ')) {
      imports.add(text)
      return []
    }
    const [, indent, expression, value] = /^(\s*)(.*?)\s*\/\/ => (.*)$/.exec(text) ?? []
    if (expression === undefined) return [`  ${text}`]
    expectations++
    return [`  ${indent}expect(${expression}).toEqual(${value})`]
  })
  if (expectations === 0) throw new Error(`${source}:${line}: an example without \`// =>\` cannot fail`)
  return `test(${JSON.stringify(`${source}:${line}`)}, async () => {\n  expect.assertions(${expectations})\n${body.join('\n')}\n})\n`
}

/** Imports of one module under several names, from several examples, as one line each name. */
function mergedImports(imports: ReadonlySet<string>): string {
  const names = new Map<string, Set<string>>()
  for (const text of imports) {
    const [, list, from] = /^import \{ (.*) \} from (.*)$/.exec(text) ?? []
    if (list === undefined || from === undefined)
      throw new Error(`An example's import must be of the form { a, b }: ${text}`)
    const known = names.get(from) ?? new Set()
    for (const name of list.split(', ')) known.add(name)
    names.set(from, known)
  }
  return [...names].map(([from, list]) => `import { ${[...list].join(', ')} } from ${from}\n`).join('')
}

export function writeDoctests(): number {
  let count = 0
  for (const packageFile of globSync('packages/*/package.json', { cwd: root })) {
    const home = join(root, packageFile, '..')
    const target = join(home, '.doctest')
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target, { recursive: true })
    const sources = globSync('src/**/*.ts', { cwd: home, exclude: (name) => /\.test(-d)?\.ts$/.test(name) }).map(
      (file) => join(home, file),
    )
    const readmes = [join(home, 'README.md'), ...(home.endsWith('tasks') ? [join(root, 'README.md')] : [])]
    for (const file of [...sources, ...readmes]) {
      const examples = examplesIn(readFileSync(file, 'utf8'), file.endsWith('.ts'))
      if (examples.length === 0) continue
      const source = relative(root, file)
      const imports = new Set(["import { expect, test } from 'vitest'"])
      const tests = examples.map((example) => testOf(example, source, imports))
      writeFileSync(
        join(target, `${relative(root, file).replaceAll(/[/.]/g, '-')}.test.ts`),
        `${mergedImports(imports)}\n${tests.join('\n')}`,
      )
      count += tests.length
    }
  }
  return count
}

if (import.meta.main) console.log(`${writeDoctests()} examples`)
