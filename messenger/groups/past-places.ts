/** So far apart they stand at first, so that there is room between them for what comes later. */
const STEP = 1 << 16

export interface Placed {
  readonly position: number
  readonly sent: number
}

/**
 * Positions between `low` and `high` for messages that were sent at these times (`fresh`, rising), among those that are there (`known`, by position): by time, as
 * far as there is room. Rising, and none of them taken.
 */
export function placesFor(known: readonly Placed[], fresh: readonly number[], low: number, high: number): number[] {
  if (known.length === 0) return spread(middleOf(low, high) - (fresh.length - 1) * STEP, STEP, fresh.length)
  const places: number[] = []
  for (let i = 0, next = 0; i <= known.length; i++) {
    const [before, behind] = [known[i - 1], known[i]]
    const from = next
    while (next < fresh.length && (behind === undefined || fresh[next]! < behind.sent)) next++
    const [least, most] = [before?.position ?? low, behind?.position ?? high]
    const step = Math.min(STEP, Math.floor((most - least) / (next - from + 1)))
    // Before all others up to them, behind a message from it on.
    if (step > 0) places.push(...spread(before === undefined ? most - step * (next - from) : least + step, step, next - from))
    else places.push(...Array.from({ length: next - from }, () => Number.NaN))
  }
  return places
}

const middleOf = (low: number, high: number) => low + Math.floor((high - low) / 2)
const spread = (first: number, step: number, count: number) => Array.from({ length: count }, (_, i) => first + i * step)
