import { abortRow } from '../abort-row.ts'

const shared = { table: 'time', unit: 'ns', measure: 'value' } as const
const growth = { table: 'time', unit: 'times', measure: 'value', versusPeers: false } as const

export const row = abortRow({
  id: 'abort-shared',
  title: 'abort of every waiter, one shared signal',
  work: 'n waiters of a held lock share one signal. Parking them is timed, then its abort until the last waiter knows.',
  order: 90,
  mode: 'shared',
  ending: 'abort',
  standings: [
    { ...shared, label: 'abort 1e5 of one signal, each', column: '1e5 end', bar: 1000 },
    { ...growth, label: 'abort, of the cost at 1e3', column: 'growth end', bar: 1.5 },
    { ...shared, label: 'park and abort 1e5, each', column: '1e5 both', bar: 1000 },
    { ...growth, label: 'park and abort, of the cost at 1e3', column: 'growth both', bar: 1.5 },
  ],
})
