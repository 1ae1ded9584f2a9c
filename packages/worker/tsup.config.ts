import { packageConfig } from '../../tsup.base.ts'

// Which of the hosts it is, the package's `imports` say.
export default packageConfig(['src/host/node.ts', 'src/host/deno.ts', 'src/host/web.ts'], {
  external: ['#host', 'node:worker_threads'],
})
