/**
 * A chat server: four users, their sockets in a dictionary, and a lock round the dictionary.
 *
 * messageAllUsers() builds its list of sends while it holds the lock, and it takes a while: each user is greeted in a
 * language that must be looked up. userDisconnect() removes the user and closes the socket under the same lock. So the
 * dictionary does not change while the list is built, and nobody sends on a socket that is closed already.
 *
 * One hazard is left. The lock guards the dictionary, and it is given back when the list is complete: Eric's socket
 * closes while his message is under way. To hold the lock until all messages have arrived would cure it, and nobody
 * could come or go meanwhile. The fix is smaller: a send and a close of one socket take turns, by a lock in that socket.
 * send() takes its place in line while the list is built, ahead of any close() that can come after.
 *
 * Look for: Eric leaves in the midst of the list and waits for its end. In the first part his message is lost; in the
 * second it arrives, then his socket closes.
 */
import { Lock } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'A lock keeps a dictionary of sockets whole; the one hazard that is left is shown, then fixed.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  class Socket {
    readonly user: string
    #closed = false

    constructor(user: string) {
      this.user = user
    }

    async send(text: string): Promise<void> {
      if (this.#closed) throw new Error(`sent on ${this.user}'s closed socket`)
      print(`to ${this.user}: "${text}" is under way`)
      await sleep(1)
      if (this.#closed) throw new Error(`${this.user}'s socket closed while "${text}" was under way`)
      print(`to ${this.user}: "${text}" has arrived`)
    }

    async close(): Promise<void> {
      this.#closed = true
      print(`${this.user}'s socket is closed`)
    }
  }

  class OrderlySocket extends Socket {
    readonly #turn = new Lock()

    override send(text: string): Promise<void> {
      return this.#turn.run(() => super.send(text))
    }

    override close(): Promise<void> {
      return this.#turn.run(() => super.close())
    }
  }

  class ChatServer {
    readonly #lock = new Lock({ name: 'sockets' })
    readonly #sockets: Map<string, Socket>

    constructor(sockets: Socket[]) {
      this.#sockets = new Map(sockets.map((socket) => [socket.user, socket]))
    }

    async messageAllUsers(): Promise<void> {
      let sends: Promise<void>[]
      {
        using _ = await this.#lock.acquire()
        print('building the list of sends')
        sends = await this.#listSends()
        print('the list is complete, the lock is given back')
      }
      for (const send of await Promise.allSettled(sends)) {
        if (send.status === 'rejected') print(`LOST: ${send.reason.message}`)
      }
    }

    async userDisconnect(user: string): Promise<void> {
      print(`${user} disconnects and waits for the lock`)
      let closed: Promise<void> | undefined
      {
        using _ = await this.#lock.acquire()
        closed = this.#sockets.get(user)?.close()
        this.#sockets.delete(user)
        print(`${user} is out of the dictionary`)
      }
      await closed
    }

    async #listSends(): Promise<Promise<void>[]> {
      const messages: [Socket, string][] = []
      for (const [user, socket] of this.#sockets) messages.push([socket, await lookUpGreeting(user)])
      return messages.map(([socket, text]) => socket.send(text))
    }
  }

  async function lookUpGreeting(user: string): Promise<string> {
    await sleep(0.5)
    return `Hello ${user}`
  }

  async function ericLeaves(server: ChatServer): Promise<void> {
    await sleep(1.75)
    await server.userDisconnect('Eric')
  }

  const users = ['John', 'Terry', 'Graham', 'Eric']

  const hazardous = new ChatServer(users.map((user) => new Socket(user)))
  await Promise.all([hazardous.messageAllUsers(), ericLeaves(hazardous)])
  print('why: the lock guards the dictionary, and no message that is under way')

  const fixed = new ChatServer(users.map((user) => new OrderlySocket(user)))
  print('again, with sockets that close only after the messages that were sent before')
  await Promise.all([fixed.messageAllUsers(), ericLeaves(fixed)])
})
