/** What propagate.js talks to. */
import { parentPort } from 'node:worker_threads'
import { ContextVar } from '@interlock/contextvar'
import { extract } from '@interlock/contextvar/propagate'

const requestId = new ContextVar('requestId')

parentPort.on('message', (message) => {
  extract(message, [requestId]).run(() => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    setTimeout(() => parentPort.postMessage({ job: message.job, requestId: requestId.get('lost') }))
  })
})
