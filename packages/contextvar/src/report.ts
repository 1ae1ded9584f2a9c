/** What a program is told, once for all copies of this package in a realm. */
const key: unique symbol = Symbol.for('@interlock/contextvar/reported@1') as never

const reported: Set<string> = ((globalThis as { [key]?: Set<string> })[key] ??= new Set())

/** By the host's own warnings where it has them, else on the console. */
export function reportOnce(code: string, message: string): void {
  if (reported.has(code)) return
  reported.add(code)
  const { process } = globalThis as { process?: { emitWarning?: (message: string, options: object) => void } }
  if (typeof process?.emitWarning === 'function') process.emitWarning(message, { type: 'ContextVarWarning', code })
  else console.warn(`${code}: ${message}`)
}
