/**
 * Starts the tool named first, a TypeScript file of this folder or a path from the root, or says what is missing. Node 24.2 and newer run
 * TypeScript as it stands; an older Node cannot even read it. It can read this file.
 */
import { pathToFileURL } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 2)) {
  console.error(
    [
      `This needs Node 24.2 or newer. This is Node ${process.versions.node} (${process.execPath}).`,
      'On Linux (x64, arm64) the repository brings its own: run `npm ci`, then start this by `npm`, which uses it.',
      'Elsewhere install Node 24 (https://nodejs.org) and try again.',
    ].join('\n'),
  )
  process.exitCode = 1
} else {
  const [tool] = process.argv.splice(2, 1)
  // The tool is the main module in all but name, and is asked to behave as such.
  process.argv[1] = tool
  await import(pathToFileURL(tool).href)
}
