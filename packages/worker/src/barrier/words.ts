import type { Place } from '../place.ts'
export function recoverBarrier(_place: Place, _dead: number): void {}
