/**
 * What the programs in packages/<name>/test/runtimes are written with: cases, run one after another, and checks that are counted.
 * Plain JavaScript over node:assert, because Node 20, Bun and Deno run it as it stands.
 *
 * On stdout, a line of JSON each: the plan (which runtime this is, which cases there are), then one for each case. What is not
 * reported counts as failed, so a program that dies, or leaves by process.exit(), cannot pass.
 *
 *   node some-program.js [the milliseconds that a case may take]
 *
 * A page (scripts/test-browsers.ts) says the same on its console.
 */
import assert from 'node:assert/strict'

const LIMIT_MS = Number(globalThis.process?.argv[2] ?? pageAsks('limit') ?? 5000)

const cases = new Map()
let started = false
let checks = 0

/** A case, by name. It passes when `body` ends, or resolves, having made a check. */
export function test(name, body) {
  if (started) throw new Error(`test(${JSON.stringify(name)}) comes too late: no await may stand before it`)
  if (cases.has(name)) throw new Error(`Two cases are named ${JSON.stringify(name)}`)
  // A timer's turn comes once the whole module has been evaluated.
  if (cases.size === 0) setTimeout(runAll)
  cases.set(name, body)
}

export function equal(actual, expected) {
  checks++
  assert.deepEqual(actual, expected)
}

/** The very same object, or the same primitive value. */
export function same(actual, expected) {
  checks++
  assert.equal(actual, expected)
}

/** `expected`: an object of properties that the error must have, or the very thing that is thrown. */
export function throws(body, expected) {
  checks++
  let error
  try {
    body()
  } catch (caught) {
    error = { caught }
  }
  has(error, expected, 'Nothing was thrown')
}

export async function rejects(promise, expected) {
  checks++
  const error = await promise.then(
    () => undefined,
    (caught) => ({ caught }),
  )
  has(error, expected, 'The promise did not reject')
}

function has(error, expected, otherwise) {
  if (error === undefined) assert.fail(otherwise)
  const { caught } = error
  const keys = expected instanceof Error ? [] : Object.keys(Object(expected))
  if (typeof expected === 'string' || keys.length === 0) return assert.equal(caught, expected)
  assert.deepEqual(Object.fromEntries(keys.map((key) => [key, caught?.[key]])), expected)
}

/** Until every microtask that is queued, and those that they queue, have run. */
export const drain = () => new Promise((resolve) => setTimeout(resolve))

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Whether `promise` has not settled once the microtasks have run. */
export async function isPending(promise) {
  let pending = true
  const settled = () => (pending = false)
  promise.then(settled, settled)
  await drain()
  return pending
}

async function runAll() {
  started = true
  report({ plan: [...cases.keys()], ...host() })
  for (const [name, body] of cases) {
    checks = 0
    try {
      await withinLimit(body)
      if (checks === 0) throw new Error('The case checks nothing')
      report({ case: name })
    } catch (error) {
      report({ case: name, error: described(error) })
    }
  }
}

/** A timer of its own: a promise that never settles keeps no process alive, and Bun would wait for it for ever. */
async function withinLimit(body) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The case did not settle within ${LIMIT_MS} ms`)), LIMIT_MS)
  })
  try {
    await Promise.race([Promise.resolve(body()), late])
  } finally {
    clearTimeout(timer)
  }
}

/** The stack with the message before it, which not every engine puts there. */
function described(error) {
  const { stack } = Object(error)
  if (typeof stack !== 'string') return String(error)
  return stack.startsWith(String(error)) ? stack : `${error}\n${stack}`
}

function host() {
  if (globalThis.process === undefined) return browser()
  const { bun, deno, node } = process.versions
  if (bun !== undefined) return { kind: 'bun', version: bun }
  if (deno !== undefined) return { kind: 'deno', version: deno }
  return { kind: 'node', version: node }
}

/** Which browser it is, by its own word: its major version alone is true in all. */
function browser() {
  const [, firefox] = /Firefox\/(\d+)/.exec(navigator.userAgent) ?? []
  if (firefox !== undefined) return { kind: 'firefox', version: firefox }
  return { kind: 'chromium', version: /Chrome\/(\d+)/.exec(navigator.userAgent)?.[1] }
}

function pageAsks(name) {
  return globalThis.location === undefined ? undefined : (new URLSearchParams(location.search).get(name) ?? undefined)
}

/** On a line of its own, whatever the case has printed before. */
function report(line) {
  console.log(`\n${JSON.stringify({ interlock: 'conformance', ...line })}`)
}
