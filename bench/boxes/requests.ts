import { memoryBoxes } from "../../dropbox/memory-boxes.ts"
import { Shard } from "../../dropbox/shard.ts"
import type { ShardRules } from "../../dropbox/shard.ts"
import { seededBox } from "../../shared/box.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import type { Request } from "../../shared/request.ts"
import { noStamp } from "../../shared/request.ts"
import { challenge, encodeStamp, hourAt, solve } from "../../shared/stamp.ts"

const REQUESTS = 500
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

/** SHA-256 of noble as clients work for stamps, in hashes per second. */
export function hashesPerSecond(): number {
  const work = random(32)
  solve(work, 60, 0, 100_000)
  const start = performance.now()
  solve(work, 60, 0, 500_000)
  return (500_000 / (performance.now() - start)) * 1000
}

/** µs that a shard needs for a request of each kind, its boxes in memory. */
export async function costOfRequests(): Promise<Record<string, number>> {
  const rules: ShardRules = {
    dropbox: sized("NodeId", random(32)),
    room: 1e9,
    heldReads: 10_000,
    boxDays: 30,
    meanDelay: 500,
    maxHold: 1800,
    stampBits: 1,
  }
  const shard = new Shard({ boxes: memoryBoxes(), random })
  const now = Date.now()
  const writes = Array.from({ length: REQUESTS }, (): Request => {
    const box = seededBox(random(32), random(32))
    const content = sized("Content", random(geometry.CONTENT_LENGTH))
    const nonce = solve(challenge(rules.dropbox, hourAt(now), box.id, content), rules.stampBits, 0, Infinity)!
    const stamp = encodeStamp(hourAt(now), nonce)
    const surb = sized("Surb", random(geometry.SURB_LENGTH))
    return { surb, operation: "write", hold: 0, box: box.id, signature: box.sign(content, random), stamp, content }
  })
  const reads = writes.map((write): Request => ({ ...write, operation: "read" }))
  const cost = async (requests: readonly Request[]) => {
    const start = performance.now()
    await shard.onRequests(requests, rules, now)
    return (1000 * (performance.now() - start)) / requests.length
  }
  await cost(writes.map((write) => ({ ...write, stamp: noStamp() })))
  return {
    "read of an empty box": await cost(reads),
    "held read": await cost(reads.map((read) => ({ ...read, hold: 600 }))),
    "write without a stamp": await cost(writes.map((write) => ({ ...write, stamp: noStamp() }))),
    "write with a stamp, of another's signature": await cost(writes.map((write, i) => ({ ...write, signature: writes[(i + 1) % REQUESTS]!.signature }))),
    "write that is stored": await cost(writes),
    "the same write again": await cost(writes),
    "read of a written box": await cost(reads),
  }
}
