import type { Stage } from './stage.ts'

export interface Words {
  readonly en: string
  readonly ru: string
}

export interface Scene {
  /** What is going on, in a sentence. */
  readonly about: Words
  /** What the switch does away with; no switch where nothing can be broken. */
  readonly breaks?: Words
  /** Whether it takes real time, which cannot be held or stepped: its timers and threads are the host's. */
  readonly real?: boolean
  /** Whether it needs shared memory, hence a page that is cross-origin isolated. */
  readonly shared?: boolean
  build(stage: Stage): void
}
