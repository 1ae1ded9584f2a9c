/**
 * Starts the tour, or says what is missing. The examples are TypeScript that Node runs as it stands, with `using`: an
 * older Node cannot even read them. It can read this file.
 */
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 2)) {
  console.error(
    [
      `The examples need Node 24.2 or newer. This is Node ${process.versions.node} (${process.execPath}).`,
      'On Linux the repository brings its own: run `npm ci`, then `npm start`, which uses it.',
      'Elsewhere install Node 24 (https://nodejs.org) and try again.',
    ].join('\n'),
  )
  process.exitCode = 1
} else {
  const { tour } = await import('./tour.ts')
  process.exitCode = await tour(process.argv.slice(2))
}
