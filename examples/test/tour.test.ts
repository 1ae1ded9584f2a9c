import { describe, expect, test, vi } from 'vitest'
import { scenarios } from '../scenarios.ts'
import { nearest } from '../stage/nearest.ts'
import { run, scenarioLines, start } from './command.ts'
import { expectOrderlyStop } from './orderly-stop.ts'
import { record, shapeOf } from './record.ts'

// Processes are slow to start on a busy machine, and threads in them.
vi.setConfig({ testTimeout: 120_000 })

// Time must pass in these, since they are the program itself; a scenario's second takes as little as will do.
const FAST = ['--pace', '1']
const NAMES = scenarios.map(({ name }) => name)
// eslint-disable-next-line no-control-regex
const CONTROL_CODES = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

describe('the tour', () => {
  test('plays every scenario in order, each line as it is on the clock of the tests, and exits 0', async () => {
    const { code, stdout, stderr } = await run('tour.ts', FAST)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const headings = [...stdout.matchAll(/^\[(\d+)\/(\d+)\] (.*)$/gm)].map((match) => match.slice(1))
    expect(headings).toEqual(NAMES.map((name, index) => [String(index + 1), String(NAMES.length), name]))
    const parts = stdout.split(/^\[\d+\/\d+\] .*$/m).slice(1)
    for (const [index, scenario] of scenarios.entries()) {
      const printed = scenarioLines(parts[index]!)
      if (scenario.threads) expect(shapeOf(printed.at(-1))).toBe(shapeOf((await record(scenario)).at(-1)?.text))
      else if (scenario.leastPace === 0) expect(printed).toEqual((await record(scenario)).map(({ text }) => text))
      else expectOrderlyStop(printed)
    }
    for (const { description } of scenarios) expect(stdout).toContain(description)
  })

  test('waits: it is never ahead of the pace', async () => {
    const lines = await record(scenarios[0]!)
    const began = performance.now()
    await run('tour.ts', ['--pace', '100', NAMES[0]!])
    expect(performance.now() - began).toBeGreaterThanOrEqual(lines.at(-1)!.at * 100)
  })

  test('is what `npm start` runs', async () => {
    const { code, stdout } = await run('start.js', ['--pace', '1', 'lock'])
    expect(code).toBe(0)
    expect(stdout).toContain('[1/1] lock')
  })

  test('plays the scenarios that are named, in that order', async () => {
    const { code, stdout } = await run('tour.ts', ['queue', 'lock', ...FAST])
    expect(code).toBe(0)
    expect(stdout.match(/^\[.*$/gm)).toEqual(['[1/2] queue', '[2/2] lock'])
  })

  test('ends quietly when its reader does', async () => {
    const running = start('test/fixtures/failing-tour.ts', ['endless', ...FAST])
    await running.printed(/and so on/)
    running.child.stdout?.destroy()
    const { code, stderr } = await running.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('has a name and a description of one line for each scenario', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length)
    for (const { name, description } of scenarios) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(description).toMatch(/^[A-Z].*\.$/)
      expect(description.length).toBeLessThanOrEqual(120)
    }
  })
})

describe('its output', () => {
  test('has no colour and no control codes when piped', async () => {
    const ends = [await run('tour.ts', FAST), await run('tour.ts', ['--list']), await run('tour.ts', ['nonsense'])]
    for (const { stdout, stderr } of ends) {
      expect(stdout).not.toMatch(CONTROL_CODES)
      expect(stderr).not.toMatch(CONTROL_CODES)
    }
  })

  test('has colour on a terminal, but for NO_COLOR', async () => {
    const preload = 'fixtures/terminal.js'
    const args = [...FAST, 'lock']
    const env = { TERM: 'xterm-256color' }
    const coloured = await run('tour.ts', args, { preload, env })
    const plain = await run('tour.ts', args, { preload, env: { ...env, NO_COLOR: '1' } })
    expect(coloured.stdout).toMatch(CONTROL_CODES)
    expect(plain.stdout).not.toMatch(CONTROL_CODES)
    expect(scenarioLines(coloured.stdout)).toEqual(scenarioLines(plain.stdout))
  })
})

describe('its arguments', () => {
  test('--list names every scenario with its description, in order, and plays none', async () => {
    const { code, stdout, stderr } = await run('tour.ts', ['--list'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const listed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^(\S+) +(.*)$/.exec(line)?.slice(1))
    expect(listed).toEqual(scenarios.map(({ name, description }) => [name, description]))
  })

  test.for(['--help', '-h'])('%s names the options', async (flag) => {
    const { code, stdout } = await run('tour.ts', [flag])
    expect(code).toBe(0)
    for (const option of ['--list', '--pace', '--help']) expect(stdout).toContain(option)
  })

  test('unknown names are named, each with the nearest one; what there is is listed, and nothing is played', async () => {
    const { code, stdout, stderr } = await run('tour.ts', ['lock', 'evnt', 'xylophone', 'chisp'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('no scenario "evnt". Did you mean "event"?')
    expect(stderr).toContain('no scenario "chisp". Did you mean "chips"?')
    expect(stderr).toContain('no scenario "xylophone".\n')
    expect(stderr).not.toContain('scenario "lock"')
    for (const name of NAMES) expect(stderr).toContain(name)
  })

  test.for([
    ['lokc', 'lock'],
    ['Queue', 'queue'],
    ['shceduler', 'scheduler'],
    ['limiter', 'database-limiter'],
    ['semaphore', 'bounded-semaphore'],
    ['slow_api', 'slow-api'],
    ['xylophone', undefined],
    ['', undefined],
  ] as const)('"%s" is nearest to "%s"', ([typed, meant]) => {
    expect(nearest(typed, NAMES)).toBe(meant)
  })

  test.for([['--fast'], ['--pace', 'fast'], ['--pace=-1'], ['--pace']])('wrong options: %s', async (args) => {
    const { code, stdout, stderr } = await run('tour.ts', args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(args[0]!.split('=')[0])
    expect(stderr).not.toContain('    at ')
  })
})

describe('a scenario that fails', () => {
  test.for([
    ['rejecting', 'rejected on purpose'],
    ['forgetting', 'forgotten on purpose'],
    ['throwing', 'thrown on purpose'],
    ['stuck', 'never ends'],
  ] as const)('%s: exit code 1, the tour says which and why, and goes on', async ([name, why]) => {
    const { code, stdout, stderr } = await run('test/fixtures/failing-tour.ts', [name, 'good', ...FAST])
    expect(code).toBe(1)
    expect(stderr).toContain(`${name} failed:`)
    expect(stderr).toContain(why)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`failed: ${name}`)
    expect(stdout).toContain('good has ended')
  })

  test('prints nothing into the next one', async () => {
    const { stdout } = await run('test/fixtures/failing-tour.ts', ['rambling', 'good', ...FAST])
    expect(stdout).toContain('good has ended')
    expect(stdout).not.toContain('printed after the failure')
  })

  test('a tour on which none fails exits 0', async () => {
    expect((await run('test/fixtures/failing-tour.ts', ['good', ...FAST])).code).toBe(0)
  })
})

describe('an old Node', () => {
  test('is told what to do, by a file that it can read', async () => {
    const { code, stdout, stderr } = await run('start.js', [], { preload: 'fixtures/old-node.js' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('20.20.2')
    expect(stderr).toContain('Node 24')
    expect(stderr).toContain('npm ci')
  })
})
