import { packageConfig } from '../../tsup.base.ts'

// Which of the two backends it is, the package's `imports` say, by the host.
export default packageConfig(['src/backend/async-hooks.ts', 'src/backend/detect.ts'], {
  external: ['#backend', 'node:async_hooks'],
})
