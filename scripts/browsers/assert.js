/** What conformance.js needs of node:assert/strict, for a page. */
class AssertionError extends Error {
  name = 'AssertionError'
}

const shown = (value) => {
  try {
    return JSON.stringify(value, (_, part) => (part === undefined ? '(undefined)' : part)) ?? String(value)
  } catch {
    return String(value)
  }
}

const fail = (message) => {
  throw new AssertionError(message)
}

function isEqual(actual, expected) {
  if (Object.is(actual, expected)) return true
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) return false
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return false
  const keys = Object.keys(actual)
  return (
    keys.length === Object.keys(expected).length &&
    keys.every((key) => Object.hasOwn(expected, key) && isEqual(actual[key], expected[key]))
  )
}

export default {
  fail,
  equal(actual, expected) {
    if (!Object.is(actual, expected)) fail(`${shown(actual)} !== ${shown(expected)}`)
  },
  /** Of primitive values, plain objects and arrays: anything else is equal to itself alone. */
  deepEqual(actual, expected) {
    if (!isEqual(actual, expected)) fail(`${shown(actual)} is not deeply equal to ${shown(expected)}`)
  },
}
