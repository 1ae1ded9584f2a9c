/** What the tests watch: the order of events, the listeners of a signal, the ways in which a value is printed. */
export { listeners, record, renderings } from '../../core/test/recording.ts'
