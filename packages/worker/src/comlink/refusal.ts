/**
 * What must not be sent: it would arrive as a lifeless copy, or not at all, and neither side would hear of it. Comlink asks about each
 * value that it sends, but not about what is in it; so what structured clone would copy is looked through here.
 */
import { Primitive } from '@interlock/core/internal'
import { isCarried } from './carried.ts'

/** Why `value` must not be sent, and what to do instead; undefined when nothing is to be said against it. */
export function refusalOf(value: unknown): string | undefined {
  const found = find(value)
  if (found === undefined) return undefined
  const [culprit, path] = found
  if (isCarried(culprit)) {
    const name = nameOf(culprit)
    return `a ${name} must not be nested in what Comlink sends, got one at ${path}: Comlink does not look into objects. Pass the ${name} as an argument of its own, or nest its .handle and call ${name}.from() on the other side`
  }
  const where = path === '' ? '' : `, got one at ${path}`
  if (culprit instanceof Primitive) {
    return `a ${nameOf(culprit)} that is no object of a space must not be sent to another thread${where}: send one of @interlock/worker, and of a ReadWriteLock the whole`
  }
  if (isSignal(culprit)) {
    return `an AbortSignal must not be sent to another thread, where nobody would hear it${where}: send an Abort, and use its signal there`
  }
  return `a permit must not be sent to another thread${where}: a hold belongs to the thread that acquired it. Send what it is a hold on, and acquire it there`
}

const nameOf = (value: object): string =>
  (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? value.constructor.name

const isSignal = (value: object): boolean => typeof AbortSignal !== 'undefined' && value instanceof AbortSignal

/** A permit of this package, or of core, whichever copy of it. */
const isPermit = (value: object): boolean =>
  'released' in value &&
  'release' in value &&
  typeof value.release === 'function' &&
  typeof value.released === 'boolean'

/** An object that waits to be looked through, and how it is reached. */
interface Branch {
  readonly object: object
  readonly parent: Branch | undefined
  readonly key: string
}

/** The first thing in `value` that must not be sent, and where: '' for `value` itself. */
function find(value: unknown): [culprit: object, path: string] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const seen = new Set<object>([value])
  const branches: Branch[] = [{ object: value, parent: undefined, key: '' }]
  for (let branch = branches.pop(); branch !== undefined; branch = branches.pop()) {
    const { object, parent } = branch
    if (
      (isCarried(object) && parent !== undefined) ||
      object instanceof Primitive ||
      isSignal(object) ||
      isPermit(object)
    ) {
      return [object, pathOf(branch)]
    }
    const add = (child: unknown, key: string): void => {
      if (typeof child !== 'object' || child === null || seen.has(child)) return
      seen.add(child)
      branches.push({ object: child, parent: branch, key })
    }
    if (Array.isArray(object)) for (const [index, child] of object.entries()) add(child, `[${index}]`)
    else if (object instanceof Map) {
      for (const [key, child] of object) {
        add(key, '.keys()')
        add(child, `.get(${typeof key === 'string' ? JSON.stringify(key) : String(key)})`)
      }
    } else if (object instanceof Set) for (const child of object) add(child, '.values()')
    else if (!ArrayBuffer.isView(object)) {
      for (const key of Object.keys(object)) add((object as Record<string, unknown>)[key], `.${key}`)
    }
  }
  return undefined
}

function pathOf(branch: Branch): string {
  let path = ''
  for (let at: Branch | undefined = branch; at !== undefined; at = at.parent) path = at.key + path
  return path.replace(/^\./, '')
}
