/** The build of msgpackr that makes no code at run time: pages with a Content-Security-Policy may forbid that. It comes without declarations. */
// @ts-expect-error -- none to be found
import { Packr as Undeclared } from 'msgpackr/index-no-eval'

export interface Packr {
  pack(value: unknown, mode: number): Uint8Array
  unpack(bytes: Uint8Array, end: number): unknown
}

export const Packr: new (options: Readonly<Record<string, unknown>>) => Packr = Undeclared
