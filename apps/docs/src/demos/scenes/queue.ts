import { Queue } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { queueScene } from './queues.ts'

export const scene: Scene = {
  about: {
    en: 'P and Q put jobs, X and Y take them, in the order in which they came. There is room for three: who puts a fourth waits.',
    ru: 'P и Q кладут работу, X и Y берут её в порядке поступления. Места на три; кто кладёт четвёртую, ждёт.',
  },
  build(stage) {
    queueScene(
      stage,
      new Queue<number>(3, { name: 'jobs' }),
      (count) => count,
      (items) => items,
    )
  },
}
