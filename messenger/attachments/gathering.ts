import type { Group, Layout } from "./layout.ts"
import { BOX } from "./stored-attachment.ts"

/** What is still to be read of a file, by what is known of its boxes. */
export interface Wanted {
  /** In the order in which they were written. */
  readonly boxes: readonly number[]
  /** Groups of which enough is here to make the rest. */
  readonly repairable: readonly Group[]
  /** Of some group not enough is in the dropboxes. */
  readonly isHopeless: boolean
  readonly done: number
}

export function wantedOf({ groups }: Layout, boxes: Uint8Array): Wanted {
  const wanted: number[] = []
  const repairable: Group[] = []
  let [done, isHopeless] = [0, false]
  for (const group of groups) {
    const { first, pieces, spares } = group
    const own = range(first, pieces)
    const spare = range(first + pieces, spares)
    const count = (some: readonly number[], state: number) => some.filter((box) => boxes[box] === state).length
    const here = count(own, BOX.done)
    const enough = here + count(spare, BOX.done)
    done += Math.min(pieces, enough)
    if (here === pieces) continue
    if (enough >= pieces) {
      repairable.push(group)
      continue
    }
    const needed = count(own, BOX.lost) - count(spare, BOX.done)
    const left = spare.filter((box) => boxes[box] === BOX.open)
    if (needed > left.length) isHopeless = true
    wanted.push(...own.filter((box) => boxes[box] === BOX.open), ...left.slice(0, Math.max(0, needed)))
  }
  return { boxes: wanted, repairable, isHopeless, done }
}

export function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}
