/** Each scene is loaded when a page has it. */
import type { DemoKind } from '../kinds.ts'
import type { Scene } from '../scene.ts'

export type Load = () => Promise<{ readonly scene: Scene }>

export const scenes: Record<DemoKind, Load> = {
  lock: () => import('./lock.ts'),
  event: () => import('./event.ts'),
  semaphore: () => import('./semaphore.ts'),
  'bounded-semaphore': () => import('./bounded-semaphore.ts'),
  condition: () => import('./condition.ts'),
  barrier: () => import('./barrier.ts'),
  queue: () => import('./queue.ts'),
  'priority-queue': () => import('./priority-queue.ts'),
  'lifo-queue': () => import('./lifo-queue.ts'),
  'read-write-lock': () => import('./read-write-lock.ts'),
  contextvar: () => import('./contextvar.ts'),
  'task-group': () => import('./task-group.ts'),
  timeout: () => import('./timeout.ts'),
  cancel: () => import('./cancel.ts'),
  loop: () => import('./loop.ts'),
  explore: () => import('./explore.ts'),
  'worker-lock': () => import('./worker-lock.ts'),
  'worker-semaphore': () => import('./worker-semaphore.ts'),
  'worker-queue': () => import('./worker-queue.ts'),
  'worker-death': () => import('./worker-death.ts'),
  'keyed-lock': () => import('./keyed-lock.ts'),
}
