/** How far a long exploration is: a line on stderr that is written over, if that is a terminal. */

interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Runs between two looks at the clock. */
const OFTEN = 256
/** What takes less than this, in milliseconds, needs no progress. */
const LONG = 1000
const EVERY = 200

export class Progress {
  readonly #terminal = (globalThis as { process?: { stderr?: Terminal } }).process?.stderr
  readonly #began = performance.now()
  #shown = 0

  tell(runs: number, share: number): void {
    if (runs % OFTEN !== 0 || this.#terminal?.isTTY !== true) return
    const now = performance.now()
    if (now - this.#began < LONG || now - this.#shown < EVERY) return
    this.#shown = now
    const rate = Math.round(runs / ((now - this.#began) / 1000))
    this.#terminal.write(
      `\r\x1b[Kexplored ${runs.toLocaleString('en')} orders, ${rate.toLocaleString('en')} a second, ${(share * 100).toFixed(share < 0.1 ? 2 : 0)} % `,
    )
  }

  end(): void {
    if (this.#shown > 0) this.#terminal?.write('\r\x1b[K')
  }
}
