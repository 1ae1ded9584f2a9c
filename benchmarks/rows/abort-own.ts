import { abortRow } from '../abort-row.ts'

export const row = abortRow({
  id: 'abort-own',
  title: 'abort of every waiter, a signal each, in random order',
  work: 'n waiters of a held lock, each with a signal of its own. Making the signals is not timed, aborting them is.',
  order: 100,
  mode: 'own',
  ending: 'abort',
  standings: [
    { label: 'abort 1e5, a signal each, each', table: 'time', column: '1e5 both', measure: 'value', unit: 'ns' },
  ],
})
