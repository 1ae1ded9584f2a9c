/**
 * Requests that overlap for certain: each handler says that it has begun, and waits for all the others; the client keeps the end of each body back until the handlers let it
 * come. Nothing here waits for a time to pass.
 */
import { Agent, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Barrier } from '@interlock/core'

export const COUNT = 6

export const ids: readonly string[] = Array.from({ length: COUNT }, (_, at) => `r${at}`)

/** What a handler saw of its own id, at each stage. */
export type Seen = Record<string, string>

export const allBegan = (): Barrier => new Barrier(COUNT)

export const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port

export async function listening<S extends Server>(server: S): Promise<S> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return server
}

/** COUNT requests at once over connections that are kept: each ends its body when it reads `100 Continue`. */
export class Client implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: COUNT })
  readonly #port: number

  constructor(server: { address(): unknown }) {
    this.#port = portOf(server)
  }

  /** The answers, and whether every connection was one from an earlier round. */
  async round(): Promise<{ seen: Seen[]; reused: boolean }> {
    const answers = await Promise.all(ids.map((id) => this.#post(id)))
    return { seen: answers.map(({ seen }) => seen), reused: answers.every(({ reused }) => reused) }
  }

  async #post(id: string): Promise<{ seen: Seen; reused: boolean }> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const headers = { 'content-type': 'text/plain' }
    const outgoing = request(
      { host: '127.0.0.1', port: this.#port, path: `/${id}`, method: 'POST', agent: this.#agent, headers },
      resolve,
    )
    outgoing.once('error', reject)
    outgoing.once('continue', () => outgoing.end('the end'))
    outgoing.write('the beginning, ')
    const text = (await (await promise).toArray()).join('')
    return { seen: JSON.parse(text) as Seen, reused: outgoing.reusedSocket }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

/** How many of the answers, in the order of `ids`, show another id at `stage`. */
export const wrong = (seen: readonly Seen[], stage: string): number =>
  seen.filter((one, at) => one[stage] !== ids[at]).length
