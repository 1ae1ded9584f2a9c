/** What keeps a process alive in this runtime, and what does not: programs in processes of their own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { equal, test } from '../../../../scripts/runtimes/conformance.js'

/** How one ended, and what it said. */
function run(what) {
  const program = fileURLToPath(new URL('programs/alive.js', import.meta.url))
  const { deno } = process.versions
  const options =
    deno === undefined ? [] : ['run', '--allow-all', '--no-lock', '--cached-only', '--node-modules-dir=manual']
  const child = spawn(process.execPath, [...options, program, what], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text))
  return new Promise((resolve) => child.on('close', (code) => resolve([code, said.trim()])))
}

test('a wait does, until it is served', async () => {
  equal(await run('wait'), [0, 'served'])
})

test('a wait in a space that was unref()ed does not', async () => {
  equal(await run('unref'), [0, ''])
})

test('what is held, was waited for, or is signalled does not', async () => {
  equal(await run('nothing'), [0, 'done'])
})
