/** How a run looks on a terminal. Where the output is no terminal, or NO_COLOR is set, there are no control codes in it. */
import { stderr, stdout } from 'node:process'
import { styleText } from 'node:util'
import type { Line } from './scenario.ts'

/** As wide as `123.25 s`. */
const TIME_WIDTH = 8

type Style = Parameters<typeof styleText>[0]

const styled = (style: Style, text: string): string => styleText(style, text, { stream: stdout })

export function showHeading(name: string, description: string, place = ''): void {
  stdout.write(`${place}${styled(['bold', 'cyan'], name)}\n${description}\n\n`)
}

export function showLine({ at, text }: Line): void {
  const time = `${Number(at.toFixed(2))} s`.padStart(TIME_WIDTH)
  // A text of several lines stays in its column.
  stdout.write(`${styled('dim', time)}  ${text.replaceAll('\n', `\n${' '.repeat(TIME_WIDTH + 2)}`)}\n`)
}

export function showNote(text: string, style: Style = 'dim'): void {
  stdout.write(`${styled(style, text)}\n`)
}

/** What went wrong, on stderr. */
export function showError(text: string): void {
  stderr.write(`${styleText('red', text, { stream: stderr })}\n`)
}

/** `npm start | head`: whoever reads has read enough. */
export function endWithReader(): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
}
