/** Isolates requests. */
export {}
