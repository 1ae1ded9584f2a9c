/** Comlink has declarations for none of the paths by which Node finds its adapter. */
declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink'
  import type { MessagePort, Worker } from 'node:worker_threads'
  export default function nodeEndpoint(endpoint: Worker | MessagePort): Endpoint
}
