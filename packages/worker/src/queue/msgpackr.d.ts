/** The build of msgpackr that makes no code at run time: pages with a Content-Security-Policy may forbid that. It comes without types. */
declare module 'msgpackr/index-no-eval' {
  export class Packr {
    constructor(options: Readonly<Record<string, unknown>>)
    pack(value: unknown, mode: number): Uint8Array
    unpack(bytes: Uint8Array, end: number): unknown
  }
}
