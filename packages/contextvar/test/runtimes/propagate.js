/** inject() and extract() in this runtime: over Headers, and to a worker and back. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Context, ContextVar } from '@interlock/contextvar'
import { extract, inject } from '@interlock/contextvar/propagate'
import { equal, same, test, throws } from '../../../../scripts/runtimes/conformance.js'

const requestId = new ContextVar('requestId')
const tenant = new ContextVar('tenant')
const secret = new ContextVar('secret')

/** Runs `body` where all three are set. */
const inRequest = (body) =>
  new Context().run(() => {
    requestId.set('a/42 é')
    tenant.set({ id: 7 })
    secret.set('not for others')
    return body()
  })

test('chosen variables travel by Headers, and no others', () => {
  const headers = inRequest(() => inject(new Headers({ baggage: 'vendor=x' }), [requestId, tenant]))
  same(headers.get('baggage').startsWith('vendor=x,'), true)
  const context = extract(headers, [requestId, tenant, secret])
  equal([context.get(requestId), context.get(tenant), context.has(secret)], ['a/42 é', { id: 7 }, false])
})

test('chosen variables travel to a worker and its answer comes back', async () => {
  const worker = new Worker(new URL('programs/worker.js', import.meta.url))
  try {
    const answer = once(worker, 'message')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage(inRequest(() => inject({ job: 'draw' }, [requestId])))
    equal(await answer, [{ job: 'draw', requestId: 'a/42 é' }])
  } finally {
    await worker.terminate()
  }
})

test('what is not well-formed, or too large, is refused', () => {
  throws(() => extract({ baggage: 'requestId=%E0%A4%A' }, [requestId]), { code: 'ERR_BAD_BAGGAGE' })
  throws(() => extract({ baggage: `requestId=${'a'.repeat(9000)}` }, [requestId]), { code: 'ERR_BAD_BAGGAGE' })
  throws(() => inRequest(() => inject({}, [secret], { limit: 10 })), { name: 'RangeError' })
})
