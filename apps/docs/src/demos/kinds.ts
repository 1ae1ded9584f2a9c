/** Every live demo there is. */
export const demoKinds = [
  'lock',
  'event',
  'semaphore',
  'bounded-semaphore',
  'condition',
  'barrier',
  'queue',
  'priority-queue',
  'lifo-queue',
  'read-write-lock',
  'keyed-lock',
  'contextvar',
  'task-group',
  'timeout',
  'cancel',
  'loop',
  'explore',
  'worker-lock',
  'worker-semaphore',
  'worker-queue',
  'worker-death',
] as const

export type DemoKind = (typeof demoKinds)[number]
