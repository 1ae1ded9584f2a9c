/** Values as a console would print them, in a line. */
const DEPTH = 3
const LENGTH = 20

const ownText = (value: object): string | undefined => {
  const { toString } = value as { toString?: () => string }
  return typeof toString === 'function' &&
    toString !== Object.prototype.toString &&
    toString !== Array.prototype.toString
    ? toString.call(value)
    : undefined
}

export function print(value: unknown, depth = 0): string {
  if (typeof value === 'string') return depth === 0 ? value : `'${value.replaceAll("'", String.raw`\'`)}'`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[${value.name || 'function'}]`
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Error || value instanceof DOMException) {
    const inner =
      value instanceof AggregateError ? ` [${value.errors.map((error) => print(error, depth + 1)).join(', ')}]` : ''
    return `${value.name}: ${value.message}${inner}`
  }
  if (value instanceof Promise) return 'Promise'
  if (value instanceof Date) return value.toISOString()
  if (depth >= DEPTH) return Array.isArray(value) ? '[…]' : '{…}'
  const list = (items: readonly string[], all: number) => [...items, ...(all > LENGTH ? ['…'] : [])].join(', ')
  if (Array.isArray(value))
    return `[${list(
      value.slice(0, LENGTH).map((item) => print(item, depth + 1)),
      value.length,
    )}]`
  if (value instanceof Map)
    return `Map { ${list(
      [...value].slice(0, LENGTH).map(([key, item]) => `${print(key, depth + 1)} => ${print(item, depth + 1)}`),
      value.size,
    )} }`
  if (value instanceof Set)
    return `Set { ${list(
      [...value].slice(0, LENGTH).map((item) => print(item, depth + 1)),
      value.size,
    )} }`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength})`
  const text = ownText(value)
  if (text !== undefined) return text
  const entries = Object.entries(value)
  const fields = entries.slice(0, LENGTH).map(([key, item]) => `${key}: ${print(item, depth + 1)}`)
  return fields.length === 0 ? '{}' : `{ ${list(fields, entries.length)} }`
}

/** Whether two values are alike, all the way down. */
export function alike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false
  if (one instanceof Set && other instanceof Set) return alike([...one], [...other])
  if (one instanceof Map && other instanceof Map) return alike([...one], [...other])
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => alike(one[key as keyof typeof one], other[key as keyof typeof other]))
  )
}
