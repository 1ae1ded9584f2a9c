/** A host that has AsyncContext: its own, before anything else. */
import type { Frame } from '../frame.ts'
import type { Backend } from './backend.ts'
import type { Storage } from './storage.ts'

export interface NativeHost {
  AsyncContext?: { Variable: new () => { get(): Frame | undefined; run: Storage['run'] } }
}

export function nativeBackend({ AsyncContext }: NativeHost): Backend | undefined {
  if (AsyncContext === undefined) return undefined
  const variable = new AsyncContext.Variable()
  return { current: () => variable.get(), run: (frame, fn, ...args) => variable.run(frame, fn, ...args) }
}
