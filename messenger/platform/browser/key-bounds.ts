/** Keys are ASCII, so nothing that begins with a prefix sorts behind prefix + U+FFFF. */
const LAST = "\uffff"

export interface KeyBounds {
  readonly lower: string
  readonly upper: string
  /** Whether the bounds themselves are left out. */
  readonly open: readonly [boolean, boolean]
}

/** The keys of a listing as bounds that IndexedDB understands, or null where there can be none. */
export function keyBounds(prefix: string, from: string | undefined, reverse: boolean): KeyBounds | null {
  let [lower, upper] = [prefix, prefix + LAST]
  const open: [boolean, boolean] = [false, true]
  if (from !== undefined && !reverse && from >= lower) [lower, open[0]] = [from, true]
  if (from !== undefined && reverse && from <= upper) [upper, open[1]] = [from, true]
  return lower < upper ? { lower, upper, open } : null
}
