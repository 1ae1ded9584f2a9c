/** Where this machine keeps its browsers, or how to get them. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export type BrowserName = 'chromium' | 'firefox'
export const browserNames: readonly BrowserName[] = ['chromium', 'firefox']

interface Kind {
  /** The environment variable that names another binary. */
  readonly variable: string
  /** Commands looked for in PATH, the first that is there. */
  readonly commands: readonly string[]
  /** Where it is when it is in no PATH. */
  readonly places: readonly string[]
  readonly debian: string
}

const kinds: Record<BrowserName, Kind> = {
  chromium: {
    variable: 'CHROMIUM',
    commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    ],
    debian: 'chromium',
  },
  firefox: {
    variable: 'FIREFOX',
    commands: ['firefox-esr', 'firefox'],
    places: ['/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
    debian: 'firefox-esr',
  },
}

export class BrowserMissingError extends Error {
  override readonly name = 'BrowserMissingError'
  readonly code = 'ERR_BROWSER_MISSING'
}

function runnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of the browser's binary. BrowserMissingError, which says how to get it, when there is none. */
export function findBrowser(name: BrowserName, environment: NodeJS.ProcessEnv = process.env): string {
  const { variable, commands, places, debian } = kinds[name]
  const told = environment[variable]
  if (told) {
    if (runnable(told)) return told
    throw new BrowserMissingError(`${variable} names ${told}, which cannot be run`)
  }
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean)
  const found = [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...places].find(
    runnable,
  )
  if (found !== undefined) return found
  throw new BrowserMissingError(
    `No ${name} on this machine. On Debian: apt-get update && apt-get install -y --no-install-recommends ${debian}. ` +
      `Elsewhere install it, or set ${variable} to the path of its binary.`,
  )
}
