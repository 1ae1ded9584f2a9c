/**
 * V8 forgets the shape of a class of which no object is left at a collection, and with it the code that it had compiled for that shape.
 * Waiters and permits live so briefly that an idle program loses them at every other collection, and is two to five times as slow
 * until the code has been compiled anew. So one object of each class is kept for good.
 */
const kept: unknown[] = []

export function keepShape(sample: object | null): void {
  kept.push(sample)
}
