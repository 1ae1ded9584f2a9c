/** Carries values. */
export {}
