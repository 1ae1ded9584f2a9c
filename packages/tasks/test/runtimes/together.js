/** gather, wait, timeout, shield, taskGroup and Scheduler in this runtime. */
import { Context, ContextVar } from '@interlock/contextvar'
import { createTask, gather, gatherSettled, Scheduler, shield, sleep, taskGroup, timeout, wait } from '@interlock/tasks'
import { drain, equal, rejects, same, test } from '../../../../scripts/runtimes/conformance.js'

test('a task has a copy of the Context of whoever created it', async () => {
  const variable = new ContextVar('variable', { default: 'nothing' })
  await new Context().run(async () => {
    variable.set('outer')
    const task = createTask(async () => {
      await sleep(1)
      const seen = variable.get()
      variable.set('inner')
      return seen
    })
    variable.set('later')
    equal([await task, variable.get()], ['outer', 'later'])
  })
})

test('sleep() resolves with its value', async () => {
  same(await sleep(1, 'value'), 'value')
})

test('gather() answers in the order of its arguments', async () => {
  const job = (ms, value) => () => sleep(ms, value)
  equal(await gather(job(3, 'a'), job(1, 'b'), () => 'c'), ['a', 'b', 'c'])
})

test('gather() rejects with the first error at once, and the others go on', async () => {
  const log = []
  const error = new Error('first')
  const slow = async () => {
    await sleep(3)
    log.push('slow ended')
  }
  const failing = async () => {
    await sleep(1)
    throw error
  }
  await rejects(gather(slow, failing, failing), error)
  equal(log, [])
  await sleep(5)
  equal(log, ['slow ended'])
})

test('gatherSettled() answers every outcome', async () => {
  const error = new Error('no')
  const failing = () => {
    throw error
  }
  equal(await gatherSettled(() => 1, failing), [
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: error },
  ])
})

test('wait() answers what is done and what is pending, and cancels nothing', async () => {
  const quick = createTask(() => sleep(1, 'quick'))
  const slow = createTask(() => sleep(5, 'slow'))
  const { done, pending } = await wait([quick, slow], { until: 'first' })
  equal([done.has(quick), pending.has(slow), done.size, pending.size], [true, true, 1, 1])
  same(await slow, 'slow')
})

test('timeout() cancels its job, waits for the clean-up, and rejects with a TimeoutError', async () => {
  const log = []
  const job = async () => {
    try {
      await sleep(2 ** 30)
    } finally {
      await sleep(1)
      log.push('cleaned up')
    }
  }
  const error = await timeout(3, job).catch((reason) => reason)
  equal([error instanceof DOMException, error.name, ...log], [true, 'TimeoutError', 'cleaned up'])
  same(await timeout(2 ** 30, () => 'in time'), 'in time')
})

test('an outer cancel is never turned into a TimeoutError', async () => {
  const task = createTask(() => timeout(2 ** 30, () => sleep(2 ** 30)))
  await drain()
  task.cancel('outer')
  await rejects(task, { name: 'CancelledError', cause: 'outer' })
})

test('shield() lets what it runs finish though its caller is cancelled', async () => {
  const inner = createTask(() => sleep(3, 'finished'))
  const outer = createTask(() => shield(inner))
  await drain()
  outer.cancel()
  await rejects(outer, { name: 'CancelledError' })
  equal([inner.cancelled, await inner], [false, 'finished'])
})

test('one failure in a taskGroup() cancels the rest, and all are awaited', async () => {
  const log = []
  const error = new Error('one failed')
  const body = (group) => {
    group.spawn(async () => {
      try {
        await sleep(2 ** 30)
      } finally {
        await sleep(1)
        log.push('sibling cleaned up')
      }
    })
    group.spawn(async () => {
      await sleep(1)
      throw error
    })
  }
  const thrown = await taskGroup(body).catch((reason) => reason)
  equal([thrown instanceof AggregateError, thrown.errors.length, thrown.errors[0] === error], [true, 1, true])
  equal(log, ['sibling cleaned up'])
})

test('taskGroup() answers what its body answers, once all children have ended', async () => {
  const log = []
  const answer = await taskGroup((group) => {
    group.spawn(async () => {
      await sleep(2)
      log.push('child ended')
    })
    return 'answer'
  })
  equal([answer, ...log], ['answer', 'child ended'])
})

test('a Scheduler stops after the runs in progress', async () => {
  const log = []
  const job = async () => {
    log.push('begins')
    await sleep(5)
    log.push('ends')
  }
  const scheduler = new Scheduler(2 ** 30, job).start()
  await drain()
  await scheduler.stop()
  equal([...log, scheduler.running, scheduler.started], ['begins', 'ends', 0, false])
  await scheduler.stop()
})
