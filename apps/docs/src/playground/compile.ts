/** Makes of what the reader wrote, TypeScript with imports, a module that the runner can load. */
import type * as TypeScript from 'typescript'
import { modules } from './modules.ts'

/** A module's own words, and what it is called here. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
}

/** `expression // => value` shows the expression's value, beside what it was to be. */
export function withExpectations(source: string): string {
  return source
    .split('\n')
    .map((line, index) => {
      const [, indent = '', expression, value] = /^(\s*)(.*?)\s*\/\/ => (.*)$/.exec(line) ?? []
      return expression === undefined ? line : `${indent};__show(${index + 1}, (${expression}), (${value}));`
    })
    .join('\n')
}

const importing = /^import\s+(?:type\s+)?(?:\*\s+as\s+(\w+)|\{([^}]*)\})\s+from\s+(['"])([^'"]+)\3;?/gm

/** Imports become loads by the runner: a module made of text has no address from which a name could be resolved. */
export function withoutImports(code: string): string {
  const rewritten = code.replaceAll(
    importing,
    (_, all: string | undefined, names: string | undefined, __, from: string) => {
      if (!(modules as readonly string[]).includes(from))
        throw new ProgramError(`There is no ${from} here. There is ${modules.join(', ')}.`)
      const read = `await __load(${JSON.stringify(from)})`
      return all === undefined
        ? `const {${(names ?? '').replaceAll(/\s+as\s+/g, ': ')}} = ${read};`
        : `const ${all} = ${read};`
    },
  )
  const other = /^import\s.*$/m.exec(rewritten)?.[0]
  if (other !== undefined) throw new ProgramError(`Only import { … } and import * as … are understood here: ${other}`)
  return rewritten
}

/** TypeScript itself: it is loaded at the first run. `using` is written out, as not every browser knows it. */
export async function compile(source: string): Promise<string> {
  const loaded: { default?: typeof TypeScript } & typeof TypeScript = await import('typescript')
  const ts = loaded.default ?? loaded
  const { outputText, diagnostics = [] } = ts.transpileModule(withExpectations(source), {
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      useDefineForClassFields: true,
      verbatimModuleSyntax: false,
      removeComments: false,
    },
  })
  const [wrong] = diagnostics
  if (wrong !== undefined) {
    const text = ts.flattenDiagnosticMessageText(wrong.messageText, '\n')
    const line =
      wrong.file && wrong.start !== undefined ? wrong.file.getLineAndCharacterOfPosition(wrong.start).line + 1 : 0
    throw new ProgramError(line > 0 ? `line ${line}: ${text}` : text)
  }
  return withoutImports(outputText)
}
