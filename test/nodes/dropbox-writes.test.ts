import { ed25519 } from "@noble/curves/ed25519.js"
import { sha512 } from "@noble/hashes/sha2.js"
import { expect, test, vi } from "vitest"
import { concat, fromHex, toHex } from "../../shared/bytes.ts"
import { basePoint, GROUP_ORDER, isPrimeOrderPoint, littleEndian, scalarBytes, verifyEd25519, wideReduce } from "../../shared/ed25519.ts"
import * as geometry from "../../shared/geometry.ts"
import type { BoxId, Content, Signature } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { noStamp } from "../../shared/request.ts"
import { encodeStamp, hourAt } from "../../shared/stamp.ts"
import { utf8 } from "../../shared/text.ts"
import { NOT_CANONICAL, OF_SMALL_ORDER } from "../shared/points.ts"
import { boxOf, contentOf } from "./client.ts"
import { ShardAlone } from "./dropbox-shard.ts"
import { seeded } from "./seeded.ts"

const HOUR = 3_600_000
const messageOf = (id: Uint8Array, content: Content) => concat(utf8("sotto v1 box write"), id, content)

test("a write pays with a stamp for this dropbox, box and content, of the last hour, this or the next", async () => {
  const shard = new ShardAlone({ stampBits: 8 })
  const hour = hourAt(shard.now)
  const write = shard.write("a")
  const stamps = [
    noStamp(),
    new Uint8Array(geometry.STAMP_LENGTH).fill(2),
    encodeStamp(hour, 0),
    shard.stamp(write, 12, hour - 2),
    shard.stamp(write, 12, hour + 2),
    shard.stamp(write, 12, hour, sized("NodeId", seeded("another dropbox")(32))),
    shard.stamp({ ...write, box: boxOf("b").id }, 12),
    shard.stamp({ ...write, content: contentOf("b") }, 12),
  ]
  const refused = await shard.ask(...stamps.map((stamp) => ({ ...write, stamp })))
  expect(refused.map(({ reply }) => reply.status)).toEqual(stamps.map(() => "refused"))
  expect(shard.boxes.size).toBe(0)
  for (const [i, name] of ["a", "b", "c"].entries()) {
    const paid = shard.write(name)
    expect(await shard.statuses({ ...paid, stamp: shard.stamp(paid, 8, hour - 1 + i) })).toEqual(["stored"])
  }
})

test("what is not paid for costs neither a signature's verification nor a point's", async () => {
  const verify = vi.spyOn(crypto.subtle, "verify")
  const shard = new ShardAlone()
  await shard.ask({ ...shard.write("a"), stamp: noStamp() })
  expect(verify).not.toHaveBeenCalled()
  await shard.ask(shard.write("a"))
  expect(verify).toHaveBeenCalledOnce()
  verify.mockRestore()
})

test("what is there already is told without a stamp and without a signature", async () => {
  const shard = new ShardAlone()
  const [first, other] = [shard.write("a"), shard.write("a", "other")]
  await shard.ask(first)
  const bare = { stamp: noStamp(), signature: sized("Signature", new Uint8Array(64)) }
  const replies = (await shard.ask({ ...first, ...bare }, { ...other, ...bare })).map(({ reply }) => reply)
  expect(replies.map(({ status }) => status)).toEqual(["stored", "taken"])
  expect(replies[1]).toMatchObject({ content: first.content, signature: first.signature })
  expect(shard.boxes.size).toBe(1)
})

test("of two writes of one box in one batch, or at the same time, the first wins and the other learns what is there", async () => {
  const shard = new ShardAlone()
  const writes = [shard.write("a", "first"), shard.write("a", "second"), shard.write("a", "first")]
  expect(await shard.statuses(...writes)).toEqual(["stored", "taken", "stored"])
  const [one, two] = [shard.write("b", "one"), shard.write("b", "two")]
  const answers = (await Promise.all([shard.ask(one), shard.ask(two)])).flat().map(({ reply }) => reply)
  expect(answers.map(({ status }) => status).sort()).toEqual(["stored", "taken"])
  const winner = shard.boxes.get(one.box)!
  expect(answers.find(({ status }) => status === "taken")).toMatchObject({ content: winner.content, signature: winner.signature })
  expect(shard.boxes.size).toBe(2)
})

test("points of small order, and such that are not canonically encoded, are no boxes, whatever was signed", async () => {
  const shard = new ShardAlone()
  const content = contentOf("a")
  for (const hex of [...OF_SMALL_ORDER, ...NOT_CANONICAL]) {
    const box = sized("BoxId", fromHex(hex))
    // For some verifiers R = B, s = 1 is by any point of small order where the challenge is a multiple of its order.
    const signature = sized("Signature", concat(basePoint(1n), scalarBytes(1n)))
    expect(await shard.statuses(shard.write("a", "a", { box, content, signature })), hex).toEqual(["refused"])
  }
  expect(shard.boxes.size).toBe(0)
})

test("a point of mixed order is no box, though a signature under it verifies", async () => {
  const shard = new ShardAlone()
  const content = contentOf("a")
  const { box, signature } = await signedUnderMixedOrder(content)
  expect(isPrimeOrderPoint(box)).toBe(false)
  expect(await verifyEd25519(box, messageOf(box, content), signature)).toBe(true)
  expect(await shard.statuses(shard.write("a", "a", { box, content, signature }))).toEqual(["refused"])
  expect(shard.boxes.size).toBe(0)
})

test("a signature has one encoding only: S is below the group order, R canonical", async () => {
  const shard = new ShardAlone()
  const good = shard.write("a")
  const [r, s] = [good.signature.slice(0, 32), littleEndian(good.signature.slice(32))]
  const bad = [
    concat(r, scalarBytes(s + GROUP_ORDER)),
    concat(fromHex(NOT_CANONICAL[0]!), good.signature.slice(32)),
    concat(fromHex(OF_SMALL_ORDER[0]!), good.signature.slice(32)),
    good.signature.map((byte, i) => (i === 63 ? byte | 0x80 : byte)),
  ]
  for (const signature of bad) {
    expect(await shard.statuses({ ...good, signature: sized("Signature", signature) }), toHex(signature)).toEqual(["refused"])
  }
  expect(await shard.statuses(good)).toEqual(["stored"])
})

test("every reply says what the next write costs, and in which hour of the dropbox", async () => {
  const shard = new ShardAlone({ stampBits: 7 })
  const write = shard.write("a")
  const requests = [write, write, shard.write("a", "other"), shard.read("a"), shard.read("b"), { ...shard.write("c"), stamp: noStamp() }]
  const terms = await shard.terms(...requests)
  expect(terms).toEqual(requests.map(() => ({ bits: 7, hour: hourAt(shard.now) })))
})

test("a full shard refuses, says more than anybody pays, and takes again when boxes expire", async () => {
  const shard = new ShardAlone({ room: 20_000, stampBits: 1 })
  const [signature, content] = [sized("Signature", new Uint8Array(64)), contentOf("old")]
  const expires = hourAt(shard.now) + 1
  for (let i = 0; i < 20_000; i++) shard.boxes.put(sized("BoxId", seeded(`old ${i}`)(32)), signature, content, expires)
  expect(shard.bits).toBe(64)
  expect(await shard.statuses(shard.write("a", "a", { stamp: noStamp() }), shard.read("a"))).toEqual(["refused", "empty"])
  shard.now += HOUR
  for (let left = 19_500; left >= 0; left -= 500) {
    shard.shard.onExpiry(shard.now)
    expect(shard.boxes.size).toBe(left)
  }
  expect(await shard.statuses(shard.write("a"))).toEqual(["stored"])
})

/** For half the challenges a point x·B + T of mixed order passes where T has order 2: h·T is nothing where h is even. */
async function signedUnderMixedOrder(content: Content): Promise<{ box: BoxId; signature: Signature }> {
  const scalar = wideReduce(seeded("mixed")(64))
  const ofOrderTwo = ed25519.Point.fromBytes(fromHex(OF_SMALL_ORDER[1]!))
  const box = sized("BoxId", ed25519.Point.BASE.multiply(scalar).add(ofOrderTwo).toBytes())
  for (let i = 1n; ; i++) {
    const commitment = basePoint(i)
    const h = wideReduce(sha512(concat(commitment, box, messageOf(box, content))))
    if (h % 2n === 1n) continue
    const signature = sized("Signature", concat(commitment, scalarBytes((i + h * scalar) % GROUP_ORDER)))
    return { box, signature }
  }
}
