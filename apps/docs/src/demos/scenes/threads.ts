/** Real threads as rows: each says what it does, and its row shows it. */
import type { Row, Stage } from '../stage.ts'
import type { Orders, Report } from './thread-messages.ts'

export function startThread(stage: Stage, row: Row, orders: Orders, ended: () => void = () => undefined): Worker {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module', name: row.name })
  worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
    if (data.type === 'ended') {
      ended()
      return
    }
    row.become(data.state, data.label)
    row.say(data.event, stage.language === 'ru' ? data.ru : data.en)
  })
  worker.addEventListener('error', (event) => {
    row.become('failed', 'Error')
    row.say('failed', event.message)
  })
  stage.onEnd(() => worker.terminate())
  worker.postMessage(orders)
  return worker
}
