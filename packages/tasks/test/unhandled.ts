/** Which rejections a piece of a program leaves unhandled: core's own aid. */
export { unhandled } from '../../core/test/unhandled.ts'
