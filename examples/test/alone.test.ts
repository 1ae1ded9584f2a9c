import { describe, expect, test, vi } from 'vitest'
import { scenarios } from '../scenarios.ts'
import { run, scenarioLines, start } from './command.ts'
import { expectOrderlyStop } from './orderly-stop.ts'
import { record, shapeOf } from './record.ts'

// Processes are slow to start on a busy machine, and threads in them.
vi.setConfig({ testTimeout: 120_000 })

const endingByThemselves = scenarios.filter(({ untilCtrlC }) => !untilCtrlC)

test.for(endingByThemselves.map((scenario) => [scenario.name, scenario] as const))(
  '%s runs alone and ends by itself',
  async ([name, scenario]) => {
    const { code, stdout, stderr } = await run(`${name}.ts`, ['--pace', '1'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').slice(0, 2)).toEqual([name, scenario.description])
    const printed = scenarioLines(stdout)
    const recorded = (await record(scenario)).map(({ text }) => text)
    if (scenario.threads) expect(shapeOf(printed.at(-1))).toBe(shapeOf(recorded.at(-1)))
    else expect(printed).toEqual(recorded)
  },
)

test.for([['--pace', 'slow'], ['--list'], ['queue']])('wrong arguments: %s', async (args) => {
  const { code, stdout, stderr } = await run('lock.ts', args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(args[0])
})

describe('scheduler, with a SIGINT', () => {
  // However late the signal comes, what is asserted holds: no test counts on being fast.
  test.for([1, 3, 7])('sent once run %d has started: nothing new starts, and all that run end', async (seen) => {
    const scheduler = start('scheduler.ts', ['--pace', '20'])
    await scheduler.printed(new RegExp(`run ${seen} starts`))
    scheduler.child.kill('SIGINT')
    const { code, signal, stdout, stderr } = await scheduler.ended
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })

    const { started, inProgress } = expectOrderlyStop(scenarioLines(stdout))
    expect(started.length).toBeGreaterThanOrEqual(seen)
    // Runs overlap without a gap, so some were in progress, and stop() waited for them.
    expect(inProgress).toBeGreaterThan(0)
  })

  test('is not ended by anything else', async () => {
    const scheduler = start('scheduler.ts', ['--pace', '1'])
    // In the tour it would have stopped itself long before.
    await scheduler.printed(/run 20 starts/)
    scheduler.child.kill('SIGINT')
    expect((await scheduler.ended).code).toBe(0)
  })

  test('a second one ends the process, as it does everywhere', async () => {
    const scheduler = start('scheduler.ts', ['--pace', '100000'])
    await scheduler.printed(/run 1 starts/)
    scheduler.child.kill('SIGINT')
    await scheduler.printed(/Ctrl-C: stopping/)
    scheduler.child.kill('SIGINT')
    expect((await scheduler.ended).signal).toBe('SIGINT')
  })
})
