/** What the runner tells the page. Times are milliseconds since the program began. */
export type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'line'; readonly level: 'log' | 'warn' | 'error'; readonly at: number; readonly text: string }
  | {
      readonly type: 'shown'
      readonly line: number
      readonly at: number
      readonly text: string
      readonly expected: string
      readonly same: boolean
    }
  | { readonly type: 'parked'; readonly wait: number; readonly at: number; readonly what: string; readonly who: string }
  | { readonly type: 'over'; readonly wait: number; readonly at: number; readonly how: 'woken' | 'cancelled' }
  | { readonly type: 'ended'; readonly at: number; readonly failed: boolean }
