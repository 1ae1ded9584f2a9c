/** Finds a runtime, or installs it from npm into the cache: each in a folder of its own, complete or not there. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Runtime } from './catalogue.ts'
import { npmInstall } from './npm.ts'
import type { Host } from './run.ts'

/** undefined where npm has none for this machine, and the Node that runs here is no replacement. */
export async function hostOf(runtime: Runtime, cache: string, say: (text: string) => void): Promise<Host | undefined> {
  const { id, kind, version, args } = runtime
  if (kind === 'node' && process.versions.node === version) {
    say(`${id}: ${version}, which runs this script`)
    return { kind, version, command: process.execPath, args }
  }
  const platform = `${process.platform}-${process.arch}`
  const binary = runtime.packages[platform]
  if (binary === undefined) return hereInstead(runtime, platform, say)

  const folder = join(cache, `${id}-${version}-${platform}`)
  const command = join(folder, 'node_modules', binary.name, binary.path)
  if (existsSync(command)) {
    say(`${id}: ${version}, from the cache`)
  } else {
    say(`${id}: installing ${binary.name}@${version} …`)
    const begin = performance.now()
    await installInto(folder, `${binary.name}@${version}`)
    if (!existsSync(command)) throw new Error(`${binary.name}@${version} has no ${binary.path}`)
    say(`${id}: installed in ${((performance.now() - begin) / 1000).toFixed(1)} s`)
  }
  return { kind, version, command, args }
}

function hereInstead({ id, kind, args }: Runtime, platform: string, say: (text: string) => void): Host | undefined {
  const { node } = process.versions
  if (kind === 'node' && `node-${node.split('.')[0]}` === id) {
    say(`${id}: npm has none for ${platform}; ${node}, which runs this script, takes its place`)
    return { kind, version: node, command: process.execPath, args }
  }
  say(`${id}: npm has none for ${platform}; left out`)
  return undefined
}

/** Under another name until it is complete: what was interrupted is never taken for installed. */
async function installInto(folder: string, what: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  try {
    await npmInstall(unfinished, [what])
    rmSync(folder, { recursive: true, force: true })
    renameSync(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}
