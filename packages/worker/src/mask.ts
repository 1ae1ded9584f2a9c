/** A mask: a set of seats in K words, 32 to a word. */

export function setBit(view: Int32Array, mask: number, id: number): void {
  Atomics.or(view, mask + (id >>> 5), 1 << (id & 31))
}

export function clearBit(view: Int32Array, mask: number, id: number): void {
  Atomics.and(view, mask + (id >>> 5), ~(1 << (id & 31)))
}

export const hasBit = (view: Int32Array, mask: number, id: number): boolean =>
  (Atomics.load(view, mask + (id >>> 5)) & (1 << (id & 31))) !== 0

/** The first seat in it after seat `id`, going round, so that none is passed over for ever; -1 when it is empty. */
export function nextAfter(view: Int32Array, mask: number, words: number, id: number): number {
  const own = id >>> 5
  // Bits above `id` in its own word; then the other words in their order; then its own word whole.
  for (let step = 0; step <= words; step++) {
    const word = (own + step) % words
    let bits = Atomics.load(view, mask + word)
    if (step === 0) bits &= (id & 31) === 31 ? 0 : -1 << ((id & 31) + 1)
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits)
  }
  return -1
}

/** Whether nobody is in it but, perhaps, seat `id`. */
export function emptyBut(view: Int32Array, mask: number, words: number, id: number): boolean {
  for (let word = 0; word < words; word++) {
    const bits = Atomics.load(view, mask + word)
    if ((word === id >>> 5 ? bits & ~(1 << (id & 31)) : bits) !== 0) return false
  }
  return true
}

/** Calls `fn` for each seat in it. */
export function eachIn(view: Int32Array, mask: number, words: number, fn: (id: number) => void): void {
  for (let word = 0; word < words; word++) {
    for (let bits = Atomics.load(view, mask + word); bits !== 0; bits &= bits - 1)
      fn(word * 32 + 31 - Math.clz32(bits & -bits))
  }
}
