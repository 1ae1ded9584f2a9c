/** A thread of propagate/index.test.ts: takes requests, and answers each with what it reads of the variables, here, after an await, and where it knows them by another name. */
import { parentPort } from 'node:worker_threads'
import { Context, ContextVar } from '@interlock/contextvar'
import { extract } from '@interlock/contextvar/propagate'

const requestId = new ContextVar<string>('requestId')
const tenant = new ContextVar<unknown>('tenant')
const secret = new ContextVar<string>('secret', { default: 'none' })

interface Call {
  readonly id: number
  readonly baggage?: string
}

async function handle({ id }: Call): Promise<void> {
  const atOnce = requestId.get('unset')
  await new Promise((resolve) => setImmediate(resolve))
  parentPort?.postMessage(
    { id, atOnce, requestId: requestId.get('unset'), tenant: tenant.get('unset'), secret: secret.get() },
    [],
  )
}

parentPort?.on('message', (call: Call) => {
  void new Context().run(() => extract({ ...call }, [requestId, tenant]).run(handle, call))
})
