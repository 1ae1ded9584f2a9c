import { abortRow } from '../abort-row.ts'

export const row = abortRow({
  id: 'abort-live',
  title: 'live shared signal never aborted, hand-off',
  work: 'n waiters share a signal that never aborts: what it costs to be able to. They get the lock one after the other.',
  order: 110,
  mode: 'live',
  ending: 'hand-off',
  standings: [
    { label: 'hand-off under a live signal, 1e5', table: 'time', column: '1e5 both', measure: 'value', unit: 'ns' },
  ],
})
