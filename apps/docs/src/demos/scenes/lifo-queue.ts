import { LifoQueue } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { queueScene } from './queues.ts'

export const scene: Scene = {
  about: {
    en: 'The newest leaves first: a stack that can be waited for.',
    ru: 'Первым выходит самое новое: стек, у которого можно ждать.',
  },
  build(stage) {
    queueScene(
      stage,
      new LifoQueue<number>(4, { name: 'stack' }),
      (count) => count,
      (items) => items.toReversed(),
    )
  },
}
