/** A failure whose message tells a person all there is to know, and what to do: shown without a stack trace. */
export class PlainError extends Error {}
