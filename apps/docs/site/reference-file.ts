/** What the reference leaves for the tables that pages embed. */
import { join } from 'node:path'
import { app } from './pages.ts'

export interface Member {
  readonly name: string
  readonly signature: string
  readonly summary: string
}

/** By `@interlock/core Lock`. */
export type Api = Readonly<Record<string, { readonly address: string; readonly members: readonly Member[] }>>

export const generated: string = join(app, '.generated')

export const apiFile: string = join(generated, 'api.json')
