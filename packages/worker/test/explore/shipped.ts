/** What of the package the explorer's threads are given: its sources as they are. See source.ts. */
export * from '../../src/index.ts'
export { Found } from '../../src/shared.ts'
export { found, Territory } from '../../src/territory.ts'
