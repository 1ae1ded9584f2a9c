/** @interlock/worker in this runtime: every entry is found and is one with the root. */
import { everyEntry } from '../../../../scripts/runtimes/entries.js'
import { equal, same, test } from '../../../../scripts/runtimes/conformance.js'

test('every entry can be imported', async () => {
  const entries = await everyEntry('@interlock/worker')
  equal([entries.has('.'), entries.has('./comlink')], [true, true])
  for (const [entry, module] of entries) equal([entry, Object.keys(module).length > 0], [entry, true])
})

test('the errors are those of core', async () => {
  const core = await import('@interlock/core')
  const worker = await import('@interlock/worker')
  same(worker.NotAcquiredError, core.NotAcquiredError)
})

test('the classes have their names', async () => {
  const entries = await everyEntry('@interlock/worker')
  for (const [name, value] of Object.entries(entries.get('.'))) if (typeof value === 'function') same(value.name, name)
})
