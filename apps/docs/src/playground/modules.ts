/** What a program of the playground may import. */
export const modules = [
  '@interlock/core',
  '@interlock/core/observe',
  '@interlock/contextvar',
  '@interlock/contextvar/backend',
  '@interlock/contextvar/propagate',
  '@interlock/tasks',
  '@interlock/loop',
  '@interlock/worker',
] as const

/** Whether the program imports nothing else. Whether it comes to the end that it promises in a browser, too, only a run can tell. */
export function importsOnlyModules(program: string): boolean {
  return [...program.matchAll(/^import\b[^'"]*(['"])([^'"]+)\1/gm)].every(([, , from]) =>
    (modules as readonly (string | undefined)[]).includes(from),
  )
}
