/** @interlock/contextvar as a package in this runtime: its entries, its copies, what it prints, and what it says outside of any Context. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { Context, ContextVar, copyContext, logFields, setRootPolicy, Token } from '@interlock/contextvar'
import { equal, same, sleep, test, throws } from '../../../../scripts/runtimes/conformance.js'
import { everyEntry } from '../../../../scripts/runtimes/entries.js'

const require = createRequire(import.meta.url)

test('every entry can be imported, and has the classes of the root, not copies of them', async () => {
  const entries = await everyEntry('@interlock/contextvar')
  const root = entries.get('.')
  equal(Object.hasOwn(root, 'ContextVar'), true)
  for (const module of entries.values()) {
    for (const name of Object.keys(module)) if (name in root) same(module[name], root[name])
  }
})

test('two copies of the package in one program share variables, Contexts and tokens', async () => {
  const home = dirname(require.resolve('@interlock/contextvar/package.json'))
  const copy = mkdtempSync(fileURLToPath(new URL('../../../../node_modules/contextvar-copy-', import.meta.url)))
  try {
    cpSync(home, copy, { recursive: true })
    const other = await import(pathToFileURL(join(copy, 'dist/index.js')).href)
    equal([other.ContextVar === ContextVar, other.Context === Context], [false, false])
    const [ours, theirs] = [new ContextVar('ours'), new other.ContextVar('theirs')]
    const context = new other.Context()
    const seen = await context.run(async () => {
      const token = theirs.set('b')
      ours.set('a')
      await sleep(1)
      const read = [ours.get(), theirs.get(), copyContext().get(theirs), other.copyContext().get(ours)]
      theirs.reset(token)
      return [...read, theirs.get('reset'), token instanceof Token, context instanceof Context]
    })
    equal(seen, ['a', 'b', 'b', 'a', 'reset', true, true])
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})

test('setRootPolicy("throw") refuses a set() outside of any Context, after an await and in a timer too', async () => {
  const variable = new ContextVar('variable')
  const before = setRootPolicy('throw')
  try {
    throws(() => variable.set(1), { name: 'RootContextError', code: 'ERR_ROOT_CONTEXT' })
    await sleep(1)
    throws(() => variable.set(1), { name: 'RootContextError' })
    same(
      await new Context().run(async () => {
        await sleep(1)
        variable.set(2)
        return variable.get()
      }),
      2,
    )
  } finally {
    setRootPolicy(before)
  }
})

test('logFields() answers the values here and now, by name', async () => {
  const [request, user] = [new ContextVar('requestId'), new ContextVar('user')]
  const fields = await new Context().run(async () => {
    request.set('42')
    await sleep(1)
    return logFields([request, user])
  })
  equal(fields, { requestId: '42' })
})

test("variables, Contexts and tokens are printed by the runtime's own inspect function", () => {
  const ownInspect = globalThis.Bun?.inspect ?? globalThis.Deno?.inspect ?? inspect
  const variable = new ContextVar('user')
  const token = new Context().run(() => variable.set('ann'))
  equal(
    [variable, new Context(), token].map((value) => ownInspect(value)),
    ['ContextVar "user"', 'Context <size: 0>', 'Token <of ContextVar "user">'],
  )
})
