import { randomBytes } from "node:crypto"
import { setImmediate } from "node:timers/promises"
import { exponential } from "../../shared/random.ts"
import type { Made } from "../nodes/load.ts"
import type { Stage } from "../nodes/stage.ts"

const AT_ONCE = 64
const random = (length: number) => new Uint8Array(randomBytes(length))

/** Packets that a mix passes on to the node behind it, or to `next`, after delays of `meanDelay` ms on average; or, `fixed`, of just that. */
export async function packetsThrough({ maker, mark, next }: Stage, count: number, meanDelay: number, { to = next, fixed = false }: { to?: Uint8Array; fixed?: boolean } = {}): Promise<Made[]> {
  const made: Made[] = []
  for (let i = 0; i < count; i++) {
    const one = { mark: mark(), delay: fixed ? meanDelay : exponential(random, meanDelay) }
    made.push({ ...one, packet: maker.forward(to, one.delay, one.mark) })
    if (i % AT_ONCE === 0) await setImmediate()
  }
  return made
}
