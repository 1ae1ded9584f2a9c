import { PriorityQueue } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { queueScene } from './queues.ts'

export const scene: Scene = {
  about: {
    en: 'The smallest number leaves first, however late it came.',
    ru: 'Первым выходит наименьшее число, когда бы оно ни пришло.',
  },
  build(stage) {
    queueScene(
      stage,
      new PriorityQueue<number>(4, { name: 'urgent' }),
      () => stage.between(1, 99),
      (items) => items.toSorted((one, other) => one - other),
    )
  },
}
