/**
 * Request ids in the log of a thread.
 *
 * A server gets three requests at once, and has a thread count the orders. The thread logs, too; but it knows nothing of
 * requests, and a Context does not cross to another thread by itself. wrap() sends the values of the variables in `vars`
 * with each call, and no others; expose() runs each call in a Context of its own that has them, across all its awaits.
 *
 * Look for: the three calls are in progress at the same time in one thread, and each line that it logs carries the id of the
 * request that it is about.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as Comlink from 'comlink'
import { ContextVar, logFields } from '@interlock/contextvar'
import { isolateHttp } from '@interlock/contextvar/http'
import { Event } from '@interlock/core'
import { wrap } from '@interlock/worker/comlink'
import { scenario } from './stage/scenario.ts'
import { startThread } from './stage/threads.ts'
import type { Api } from './threads/orders.ts'

const description = 'Requests fan out to a thread: the lines that it logs carry the id of their request.'

const requestId = new ContextVar<string>('requestId')

const NAMES = ['ann', 'bob', 'cid']

export default scenario(
  import.meta,
  description,
  async ({ print, ms }) => {
    const lines: string[] = []

    function write(line: string): void {
      lines.push(line)
      print(line)
    }

    function log(message: string): void {
      write(JSON.stringify({ ...logFields([requestId]), message }))
    }

    await using thread = startThread('orders')
    const orders = wrap<Api>(thread, { vars: [requestId] })
    await orders.logTo(Comlink.proxy(write))

    const allHere = new Event({ name: 'all here' })
    let requests = 0

    async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      requestId.set(String(++requests))
      log(`GET ${request.url}`)
      if (requests === NAMES.length) allHere.set()
      await allHere.wait()
      const count = await orders.countOrders(request.url!.slice(1), Math.max(2, ms(2)))
      log(`200, ${count} orders`)
      response.end()
    }

    // Closed at the end of the block, with its connections: the program can end.
    await using server = createServer((request, response) => {
      handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
    })
    isolateHttp(server).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo

    const answers: Promise<Response>[] = []
    for (const name of NAMES) {
      const answer = fetch(`http://127.0.0.1:${port}/${name}`)
      answers.push(answer)
      // Each is sent when the one before has come in: which is request 1 is not left to the network.
      await Promise.race([once(server, 'request'), answer])
    }
    for (const answer of answers) await (await answer).text()

    const filtered = lines
      .map((line) => JSON.parse(line) as Record<string, string>)
      .filter((line) => line['requestId'] === '2')
    print(`the log, filtered by request 2: ${filtered.length} of ${lines.length} lines`)
    for (const line of filtered) print(`  ${line['message']}`)
  },
  { threads: true },
)
