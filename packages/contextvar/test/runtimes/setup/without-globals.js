/**
 * Imported before the package: takes away all that it could fall back on where it was not given AsyncLocalStorage by its `#backend` import. If a
 * runtime resolved that import to anything but the module which imports it from node:async_hooks, no Context would outlive an await.
 */
globalThis.AsyncLocalStorage = undefined
globalThis.AsyncContext = undefined
process.getBuiltinModule = undefined
