// How far the run is, on stderr: one line that is rewritten on a terminal; otherwise a line for each row.
const { stderr } = process

export interface Progress {
  /** A new row. */
  begin: (title: string) => void
  step: (text: string) => void
  end: () => void
}

export function progressOn(rows: number): Progress {
  let row = 0
  let title = ''
  let shownAt = 0
  return {
    begin(next) {
      row++
      title = next
      shownAt = 0
      if (!stderr.isTTY) stderr.write(`[${row}/${rows}] ${title}\n`)
    },
    step(text) {
      // Writing costs time of the terminal's, which shares the processor.
      if (!stderr.isTTY || performance.now() - shownAt < 100) return
      shownAt = performance.now()
      stderr.write(`\r\u001B[2K[${row}/${rows}] ${title}: ${text}`.slice(0, (stderr.columns || 80) + 4))
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\u001B[2K')
    },
  }
}
