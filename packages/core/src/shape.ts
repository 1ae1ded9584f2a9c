/**
 * V8 forgets the shape of a class of which no object is left at a collection, and with it the code that it had compiled for that shape.
 * Waiters and permits live so briefly that this happens to them again and again, and what waits and locks is two to three times as slow
 * until the code has been compiled anew. So one object is kept for good of each class that operations create.
 */
const kept: unknown[] = []

export function keepShape(sample: object | null): void {
  kept.push(sample)
}
