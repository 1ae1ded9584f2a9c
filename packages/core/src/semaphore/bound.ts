/** The most permits that a semaphore can have, by a name that no subclass of a user's can take. */
export const BOUND: unique symbol = Symbol('bound')
