/** isolateHttp() over this runtime's own node:http: concurrent requests whose bodies come late, on connections that are kept alive. */
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { ContextVar } from '@interlock/contextvar'
import { isolateHttp } from '@interlock/contextvar/http'
import { equal, sleep, test } from '../../../../scripts/runtimes/conformance.js'

const REQUESTS = 12

const id = new ContextVar('id', { default: 'none' })

/** What each of many concurrent requests, over few connections, is answered. */
async function answersOf(handler) {
  const server = isolateHttp(createServer(handler))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  try {
    const { port } = server.address()
    return await Promise.all(Array.from({ length: REQUESTS }, (_, at) => post(port, agent, at)))
  } finally {
    agent.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

async function post(port, agent, at) {
  const outgoing = request({ host: '127.0.0.1', port, agent, method: 'POST', headers: { 'x-id': `r${at}` } })
  const answered = once(outgoing, 'response')
  outgoing.write('begin')
  await sleep((at * 7) % 5)
  outgoing.end('end')
  const [response] = await answered
  let text = ''
  for await (const chunk of response) text += chunk
  return text
}

const expected = (suffix) => Array.from({ length: REQUESTS }, (_, at) => `r${at} ${suffix}`)

test('what a handler sets is seen after its awaits, and by no other request', async () => {
  const answers = await answersOf(async (incoming, response) => {
    const before = id.get()
    id.set(incoming.headers['x-id'])
    incoming.resume()
    await sleep(3)
    const after = id.get()
    response.end(`${after} ${before}`)
  })
  equal(answers, expected('none'))
})

test("and by the listeners that it adds: a body's 'data' and 'end'", async () => {
  const answers = await answersOf((incoming, response) => {
    id.set(incoming.headers['x-id'])
    const seen = new Set()
    incoming.on('data', () => seen.add(id.get()))
    incoming.once('end', () => {
      seen.add(id.get())
      response.end(`${[...seen].join()} ${id.get() === incoming.headers['x-id']}`)
    })
  })
  equal(answers, expected('true'))
})

test('and over for await of the body', async () => {
  const answers = await answersOf(async (incoming, response) => {
    id.set(incoming.headers['x-id'])
    let length = 0
    for await (const chunk of incoming) length += chunk.length
    response.end(`${id.get()} ${length}`)
  })
  equal(answers, expected('8'))
})
