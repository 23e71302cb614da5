import { expect, test } from "vitest"
import { introduce, Person } from "../sim/person.ts"
import type { Passing } from "../sim/sim-network.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const RUN = 16
const STEP = 8
const PACKET = 4461

/** Packets of one passing: a frame has a type byte before its packet, a link request a header before its packets. */
function packets({ bytes }: Passing): Uint8Array[] {
  const start = bytes.length % PACKET
  return Array.from({ length: Math.floor(bytes.length / PACKET) }, (_, i) => bytes.subarray(start + i * PACKET, start + (i + 1) * PACKET))
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** The pairs of packets that share at least 16 bytes in a row, at whatever offsets. */
function common(all: readonly Uint8Array[]): number {
  // 16 equal bytes hold eight of them that begin at a multiple of eight in the one packet.
  const windows = new Map<number, { packet: number; at: number }[]>()
  all.forEach((bytes, packet) => {
    for (let at = 0; at + STEP <= bytes.length; at += STEP) {
      const key = u32(bytes, at)
      const entry = windows.get(key)
      if (entry === undefined) windows.set(key, [{ packet, at }])
      else entry.push({ packet, at })
    }
  })
  let found = 0
  all.forEach((bytes, packet) => {
    for (let at = 0; at + STEP <= bytes.length; at++) {
      for (const other of windows.get(u32(bytes, at)) ?? []) {
        if (other.packet < packet && runLength(bytes, at, all[other.packet]!, other.at) >= RUN) found++
      }
    }
  })
  return found
}

/** Length of the equal run around two positions. */
function runLength(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  let before = 0
  while (i - before > 0 && j - before > 0 && a[i - before - 1] === b[j - before - 1]) before++
  let after = 0
  while (i + after < a.length && j + after < b.length && a[i + after] === b[j + after]) after++
  return before + after
}

async function recorded(): Promise<Passing[]> {
  const passings: Passing[] = []
  const network = await SimNetwork.start({ seed: "unlinkable", record: (passing) => passings.push(passing) })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)
  for (let i = 0; i < 3; i++) {
    await anna.send(annaBen, `the same words each time`)
    await ben.send(benAnna, `the same words each time`)
    await network.clock.run(20_000)
  }
  expect(await network.clock.runUntil(() => anna.heard.length === 3 && ben.heard.length === 3, 120_000)).toBe(true)
  return passings
}

test("no 16 bytes in a row are common to what a node receives and sends on, nor to any two packets on any two wires", async () => {
  const passings = (await recorded()).filter(({ bytes }) => bytes.length >= PACKET)
  const seen = new Set(passings.flatMap(({ from, to }) => [from, to]))
  // Two people, all layers, both dropboxes took part, so the claim is about all of them.
  expect(seen.size).toBe(10)
  const all = passings.flatMap(packets)
  expect(all.length).toBeGreaterThan(300)
  expect(common(all)).toBe(0)
})

test("the comparison finds sixteen common bytes wherever they are", () => {
  const random = (seed: number) => Uint8Array.from({ length: PACKET }, (_, i) => (Math.imul(i + 1, seed) >>> 13) & 0xff)
  const a = random(0x9e3779b1)
  const b = random(0x85ebca6b)
  expect(common([a, b])).toBe(0)
  b.set(a.subarray(1003, 1019), 2222)
  expect(common([a, b])).toBeGreaterThan(0)
})
