/**
 * Request ids in the log of a server.
 *
 * A real server gets three requests at once. Each needs two databases, in which it waits for its turn, and everybody on
 * the way writes to one log. The databases know nothing of requests, so nobody hands them an id: they log, and the line
 * has the id of the request on whose behalf they work. isolateHttp() gives each request a Context of its own, the
 * handler sets the ContextVar, and logFields() reads it for each line: with pino, `mixin: () => logFields([requestId])`.
 *
 * The requests are held until all three are there, so that they are in progress together in every run.
 *
 * Look for: first the id is in a global variable. By the time that the first request comes to the databases it is the id
 * of the third, and the log of request 2 is a single line. Then the ContextVar: filtered by its id, the log tells all of
 * request 2 and nothing else.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Event, Lock, Semaphore } from '@interlock/core'
import { ContextVar, logFields } from '@interlock/contextvar'
import { isolateHttp } from '@interlock/contextvar/http'
import { scenario } from './stage/scenario.ts'

const description = 'A server logs three requests at once: each line carries the id of its request, by a ContextVar.'

const requestId = new ContextVar<string>('requestId')

const ORDERS: Record<string, number> = { ann: 3, bob: 8, cid: 5 }

type Fields = Record<string, unknown>

export default scenario(import.meta, description, async ({ print, sleep }) => {
  /** `begin` keeps a request's id, `fields` is what each line of the log has besides its message. */
  async function logOfThree(begin: (id: string) => void, fields: () => Fields): Promise<Fields[]> {
    const lines: Fields[] = []

    function log(message: string): void {
      const line = { ...fields(), message }
      lines.push(line)
      print(JSON.stringify(line))
    }

    const oneAtATime = new Lock({ name: 'users' })
    const twoAtATime = new Semaphore(2, { name: 'orders' })

    async function findUser(name: string): Promise<void> {
      using _ = await oneAtATime.acquire()
      log(`users: reading ${name}`)
      await sleep(1)
    }

    async function countOrders(name: string): Promise<number> {
      using _ = await twoAtATime.acquire()
      log(`orders: counting those of ${name}`)
      await sleep(2.5)
      return ORDERS[name]!
    }

    const allHere = new Event({ name: 'all here' })
    let requests = 0

    async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      begin(String(++requests))
      log(`GET ${request.url}`)
      await allHere.wait()
      const name = request.url!.slice(1)
      await findUser(name)
      const orders = await countOrders(name)
      log(`200, ${name} has ${orders} orders`)
      response.end(`${name} has ${orders} orders`)
    }

    // Closed at the end of the block, with its connections: the program can end.
    await using server = createServer((request, response) => {
      handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
    })
    isolateHttp(server).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo

    const answers: Promise<Response>[] = []
    for (const name of Object.keys(ORDERS)) {
      const answer = fetch(`http://127.0.0.1:${port}/${name}`)
      answers.push(answer)
      // Each is sent when the one before has come in: which is request 1 is not left to the network.
      await Promise.race([once(server, 'request'), answer])
    }
    await sleep(1)
    allHere.set()
    const texts = await Promise.all(answers.map(async (answer) => await (await answer).text()))
    print(`the clients were told: ${texts.join('; ')}`)
    return lines
  }

  function printFiltered(lines: Fields[], id: string): void {
    const filtered = lines.filter((line) => line['requestId'] === id)
    print(`the log, filtered by request ${id}: ${filtered.length} of ${lines.length} lines`)
    for (const line of filtered) print(`  ${line['message']}`)
  }

  print('with a global variable')
  let globalId = ''
  printFiltered(
    await logOfThree(
      (id) => (globalId = id),
      () => ({ requestId: globalId }),
    ),
    '2',
  )

  print('with a ContextVar')
  printFiltered(
    await logOfThree(
      (id) => requestId.set(id),
      () => logFields([requestId]),
    ),
    '2',
  )
})
