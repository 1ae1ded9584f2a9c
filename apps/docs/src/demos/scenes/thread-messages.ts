import type { Handle } from '@interlock/worker'
import type { State } from '../stage.ts'

/** What a thread is to do. */
export interface Orders {
  readonly role: 'count' | 'query' | 'work' | 'hold'
  readonly turns: number
  /** Milliseconds that a turn takes. */
  readonly ms: number
  readonly handle: Handle
  /** Of what the threads count together. */
  readonly cells: Int32Array
  readonly broken: boolean
}

export type Report =
  | {
      readonly type: 'is'
      readonly state: State
      readonly label: string
      readonly event: string
      readonly en: string
      readonly ru: string
    }
  | { readonly type: 'ended' }
