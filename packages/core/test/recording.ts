/** What the tests watch: the order of events, the listeners that a signal carries, the ways in which a value is printed. */
import { getEventListeners } from 'node:events'
import { format, inspect } from 'node:util'

/** Adds `label` to `log` once `promise` is fulfilled, `label!` and the reason once it is rejected. */
export function record(log: string[], label: string, promise: PromiseLike<unknown>): void {
  promise.then(
    () => log.push(label),
    (reason: unknown) => log.push(`${label}! ${reason instanceof Error ? reason.name : String(reason)}`),
  )
}

/** How many abort listeners `signal` carries. */
export const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

/** Every distinct text that `value` is printed as: a value that prints well has one. */
export function renderings(value: object): string[] {
  const nested = inspect({ nested: value })
  const texts = [
    String(value),
    `${value}`,
    format('%s', value),
    JSON.parse(JSON.stringify(value)) as string,
    (JSON.parse(JSON.stringify({ nested: value })) as { nested: string }).nested,
    inspect(value),
    nested.slice('{ nested: '.length, -' }'.length),
  ]
  return [...new Set(texts)]
}
