/** @interlock/core in this runtime: every entry is found and is one with the root. */
import { everyEntry } from '../../../../scripts/runtimes/entries.js'
import { equal, same, test } from '../../../../scripts/runtimes/conformance.js'

test('every entry can be imported', async () => {
  const entries = await everyEntry('@interlock/core')
  equal(entries.has('./lock') && entries.has('./observe'), true)
  for (const [entry, module] of entries) equal([entry, Object.keys(module).length > 0], [entry, true])
})

test('an entry has the classes of the root, not copies of them', async () => {
  const entries = await everyEntry('@interlock/core')
  const root = entries.get('.')
  for (const module of entries.values()) {
    for (const name of Object.keys(module)) if (name in root) same(module[name], root[name])
  }
})

test('the classes have their names', async () => {
  const entries = await everyEntry('@interlock/core')
  for (const [name, value] of Object.entries(entries.get('.'))) same(value.name, name)
})
