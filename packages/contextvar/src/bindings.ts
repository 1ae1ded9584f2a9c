/**
 * Bindings: which variable has which value. Immutable, so that copying a Context is copying a reference.
 *
 * A radix trie over the variables' numbers, 32 branches a node. The numbers are given out in turn and are unique: there is nothing to
 * hash, and nothing can collide. Up to 32 variables it is one array, up to 1024 two levels.
 */
import type { ContextVar } from './context-var.ts'

/** A variable and its value. */
export interface Binding<T = unknown> {
  readonly variable: ContextVar<T>
  readonly value: T
}

type Node = readonly (Node | Binding | undefined)[]

const BITS = 5
const MASK = 2 ** BITS - 1

/** An empty array of V8's kind for objects, as all nodes are: [] alone is one for small numbers, and reading either kind takes longer. */
const NONE: Node & readonly undefined[] = [undefined].slice(1)

export class Bindings {
  readonly size: number
  private readonly root: Node
  /** How far a number is shifted at the root: 0 if the root is a leaf. */
  private readonly shift: number

  constructor(root: Node, shift: number, size: number) {
    this.root = root
    this.shift = shift
    this.size = size
  }

  /** All there is, if that is one array: the binding of `id` stands at `id`, as find() has it. Else nothing, and find() knows. */
  get leaf(): readonly (Binding | undefined)[] {
    return this.shift === 0 ? (this.root as readonly (Binding | undefined)[]) : NONE
  }

  find(id: number): Binding | undefined {
    let { root: node, shift } = this
    if (shift === 0) return id < node.length ? (node[id] as Binding | undefined) : undefined
    if (id >>> shift > MASK) return undefined
    for (; shift > 0; shift -= BITS) {
      const child = node[(id >>> shift) & MASK] as Node | undefined
      if (child === undefined) return undefined
      node = child
    }
    return node[id & MASK] as Binding | undefined
  }

  /** `isNew`: whether the variable is not bound as yet, for who knows it. */
  with(binding: Binding, isNew: boolean = this.find(binding.variable.id) === undefined): Bindings {
    const { id } = binding.variable
    let { root, shift } = this
    for (; id >>> shift > MASK; shift += BITS) root = [root]
    return new Bindings(put(root, shift, id, binding), shift, isNew ? this.size + 1 : this.size)
  }

  without(id: number): Bindings {
    if (this.find(id) === undefined) return this
    return new Bindings(put(this.root, this.shift, id, undefined), this.shift, this.size - 1)
  }

  /** In the order in which the variables were created. */
  [Symbol.iterator](): Generator<Binding> {
    return walk(this.root, this.shift)
  }
}

/** A node like `node` in which `id` is bound so. Only the path to it is copied. */
function put(node: Node | undefined, shift: number, id: number, binding: Binding | undefined): Node {
  const copy = node === undefined ? [] : node.slice()
  const at = (id >>> shift) & MASK
  // Filled up, as an array with holes would be slower to read.
  while (copy.length < at) copy.push(undefined)
  copy[at] = shift === 0 ? binding : put(copy[at] as Node | undefined, shift - BITS, id, binding)
  return copy
}

function* walk(node: Node, shift: number): Generator<Binding> {
  for (const child of node) {
    if (child === undefined) continue
    if (shift === 0) yield child as Binding
    else yield* walk(child as Node, shift - BITS)
  }
}

export const EMPTY: Bindings = /* @__PURE__ */ new Bindings(NONE, 0, 0)
