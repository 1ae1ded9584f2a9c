/**
 * Whether anybody listens to a signal: who does is told of a cancellation by it, and is not to be told again at his next wait.
 *
 * Node can say. Elsewhere fetch() and its like are the host's own, and listen without a word; there whoever has been given a signal counts
 * as listening.
 */
interface Host {
  process?: { getBuiltinModule?: (name: string) => { getEventListeners?: GetEventListeners } | undefined }
  Bun?: unknown
  Deno?: unknown
}
type GetEventListeners = (target: EventTarget, type: string) => readonly unknown[]

const { process, Bun, Deno } = globalThis as Host
const getEventListeners =
  Bun === undefined && Deno === undefined ? process?.getBuiltinModule?.('node:events')?.getEventListeners : undefined

export const isHeard = (signal: AbortSignal): boolean =>
  getEventListeners === undefined || getEventListeners(signal, 'abort').length > 0
