/** How a primitive is printed by this runtime: by String(), by its console and its inspect function, in JSON. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inspect } from 'node:util'
import { Barrier, Event, Lock, Queue, Semaphore } from '@interlock/core'
import { equal, same, test } from '../../../../scripts/runtimes/conformance.js'

const ownInspect = globalThis.Bun?.inspect ?? globalThis.Deno?.inspect ?? inspect

async function stands() {
  const lock = new Lock({ name: 'db' })
  const permit = await lock.acquire()
  const waiting = [lock.acquire(), lock.acquire()]
  return { lock, permit, waiting }
}

test('String() and a template say how it stands', async () => {
  const { lock } = await stands()
  same(`${lock}`, 'Lock "db" <locked, waiting: 2>')
  equal([new Lock(), new Semaphore(3), new Event(), new Barrier(3), new Queue(10)].map(String), [
    'Lock <unlocked>',
    'Semaphore <value: 3>',
    'Event <unset>',
    'Barrier <filling, 0/3>',
    'Queue <size: 0, maxsize: 10>',
  ])
})

test('JSON.stringify() does', async () => {
  const { lock } = await stands()
  same(JSON.stringify({ lock }), '{"lock":"Lock \\"db\\" <locked, waiting: 2>"}')
})

test("the runtime's own inspect function does", async () => {
  const { lock } = await stands()
  same(ownInspect(lock), 'Lock "db" <locked, waiting: 2>')
  same(inspect(lock), 'Lock "db" <locked, waiting: 2>')
})

test('console.log() does, at the top and inside of an object', async () => {
  const program = fileURLToPath(new URL('programs/printed.js', import.meta.url))
  // A program of its own: Bun and Deno write what console.log() prints where nothing in the process can see it.
  const options = globalThis.Deno === undefined ? [] : ['run', '--allow-all', '--no-lock', '--node-modules-dir=manual']
  const { stdout } = await promisify(execFile)(process.execPath, [...options, program])
  equal(
    stdout
      .split('\n')
      .map((line) => line.trim().replace(/,$/, ''))
      .filter((line) => line.includes('Lock')),
    ['Lock "db" <locked>', 'inside: Lock "db" <locked>'],
  )
})

test('errors print their name and code', async () => {
  const error = await Promise.reject(new Lock()).catch((lock) => {
    try {
      return lock.release()
    } catch (thrown) {
      return thrown
    }
  })
  same(String(error), 'NotAcquiredError: Lock <unlocked> is not held')
  same(ownInspect(error).includes('NotAcquiredError: Lock <unlocked> is not held'), true)
})
