/**
 * V8 forgets the shape of a class of which no object is left at a collection, and with it the code that it had compiled for that shape.
 * What a task or a set() makes lives so briefly that this would happen again and again. So one object of each such class is kept for good.
 */
const kept: unknown[] = []

export function keepShape(sample: object): void {
  kept.push(sample)
}
