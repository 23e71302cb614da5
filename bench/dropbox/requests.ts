import { randomBytes } from "node:crypto"
import { setImmediate } from "node:timers/promises"
import { seededBox } from "../../shared/box.ts"
import { BOX_ID_LENGTH, CONTENT_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import type { Request } from "../../shared/request.ts"
import { noContent, noSignature, noStamp } from "../../shared/request.ts"
import { challenge, encodeStamp, hourAt, solve } from "../../shared/stamp.ts"
import type { Made } from "../nodes/load.ts"
import { surbTo } from "../nodes/packets.ts"
import type { Stage } from "../nodes/stage.ts"
import { STAMP_BITS } from "../nodes/stage.ts"

const AT_ONCE = 16
const random = (length: number) => new Uint8Array(randomBytes(length))

type Parts = Omit<Request, "surb">

/** Reads of boxes in which there is nothing, as nearly all are: answered at once, or held for `hold` seconds. */
export function reads(stage: Stage, count: number, hold = 0): Promise<Made[]> {
  return requests(stage, count, () => ({
    operation: "read",
    hold,
    box: sized("BoxId", random(BOX_ID_LENGTH)),
    signature: noSignature(),
    stamp: noStamp(),
    content: noContent(),
  }))
}

/** Writes that are stored. */
export function writes(stage: Stage, count: number): Promise<Made[]> {
  return requests(stage, count, () => {
    const box = seededBox(random(32), random(32))
    const content = sized("Content", random(CONTENT_LENGTH))
    const hour = hourAt(Date.now())
    const stamp = encodeStamp(hour, solve(challenge(stage.id, hour, box.id, content), STAMP_BITS, 0, Infinity)!)
    return { operation: "write", hold: 0, box: box.id, signature: box.sign(content, random), stamp, content }
  })
}

async function requests({ maker, mark, next }: Stage, count: number, parts: () => Parts): Promise<Made[]> {
  const made: Made[] = []
  for (let i = 0; i < count; i++) {
    const one = mark()
    made.push({ mark: one, delay: 0, packet: maker.final({ ...parts(), surb: surbTo(next, one) }) })
    if (i % AT_ONCE === 0) await setImmediate()
  }
  return made
}
