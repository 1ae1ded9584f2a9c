/** What the playground offers to begin with. */
export interface Program {
  readonly id: string
  readonly en: string
  readonly ru: string
  readonly code: string
}

export const programs: readonly Program[] = [
  {
    id: 'lock',
    en: 'A lock, four tasks',
    ru: 'Блокировка, четыре задачи',
    code: `import { Lock } from '@interlock/core'
import { gather, sleep } from '@interlock/tasks'

const lock = new Lock({ name: 'account' })
let balance = 0

async function pay(amount: number) {
  using permit = await lock.acquire()
  const read = balance
  await sleep(120)
  balance = read + amount
  console.log(\`\${lock}, the balance is \${balance}\`)
}

await gather(() => pay(1), () => pay(2), () => pay(3), () => pay(4))
balance // => 10
`,
  },
  {
    id: 'semaphore',
    en: 'Three at a time',
    ru: 'По трое',
    code: `import { Semaphore } from '@interlock/core'
import { sleep, taskGroup } from '@interlock/tasks'

const database = new Semaphore(3, { name: 'database' })
let most = 0
let now = 0

await taskGroup((group) => {
  for (let query = 1; query <= 8; query++) {
    group.spawn(() =>
      database.run(async () => {
        most = Math.max(most, ++now)
        await sleep(150)
        now--
        console.log(\`query \${query} is done\`)
      }),
    )
  }
})
most // => 3
`,
  },
  {
    id: 'queue',
    en: 'A boss and two workers',
    ru: 'Начальник и два работника',
    code: `import { Queue } from '@interlock/core'
import { createTask, sleep } from '@interlock/tasks'

const jobs = new Queue<string>(2, { name: 'jobs' })

const worker = (name: string) =>
  createTask(async () => {
    for await (const job of jobs) {
      await sleep(180)
      console.log(\`\${name} has done \${job}\`)
      jobs.taskDone()
    }
  }, { name })

const workers = [worker('Ann'), worker('Bob')]
for (const job of ['bake', 'brew', 'fry', 'wash', 'sweep']) {
  await jobs.put(job) // waits while there is no room
  console.log(\`put \${job}: \${jobs}\`)
}
await jobs.join()
jobs.shutdown()
for (const task of workers) await task
String(jobs) // => 'Queue "jobs" <size: 0, maxsize: 2, shut down>'
`,
  },
  {
    id: 'cancel',
    en: 'Cancelling a wait',
    ru: 'Отмена ожидания',
    code: `import { Lock } from '@interlock/core'
import { createTask, sleep } from '@interlock/tasks'

const lock = new Lock({ name: 'file' })
const permit = await lock.acquire()

const task = createTask(() => lock.run(() => 'never'), { name: 'impatient' })
const patient = createTask(() => lock.run(() => 'at last'), { name: 'patient' })

await sleep(200)
task.cancel('the user left')
await task.catch((error) => error.cause) // => 'the user left'
String(lock) // => 'Lock "file" <locked, waiting: 1>'

permit.release()
await patient // => 'at last'
`,
  },
  {
    id: 'condition',
    en: 'Waiting for a change',
    ru: 'Ожидание перемены',
    code: `import { Condition } from '@interlock/core'
import { createTask, sleep } from '@interlock/tasks'

const counter = new Condition(undefined, { name: 'counter' })
let plates = 0

const guest = (name: string) =>
  createTask(async () => {
    using permit = await counter.acquire()
    await counter.waitFor(() => plates > 0)
    plates--
    console.log(\`\${name} takes a plate\`)
  }, { name })

const guests = [guest('Ann'), guest('Bob')]
for (let i = 0; i < 2; i++) {
  await sleep(200)
  using permit = await counter.acquire()
  plates++
  counter.notify()
}
for (const task of guests) await task
plates // => 0
`,
  },
  {
    id: 'barrier',
    en: 'All or nobody',
    ru: 'Все или никто',
    code: `import { Barrier } from '@interlock/core'
import { gather, sleep } from '@interlock/tasks'

const hut = new Barrier(3, { name: 'hut' })

async function hike(name: string, ms: number) {
  await sleep(ms)
  console.log(\`\${name} has arrived: \${hut}\`)
  return hut.wait()
}

const places = await gather(
  () => hike('Ann', 80),
  () => hike('Bob', 240),
  () => hike('Cyd', 160),
)
places // => [0, 2, 1]
`,
  },
]
