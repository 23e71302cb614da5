import { describe, expect, test } from "vitest"
import type { Errand } from "../../messenger/courier.ts"
import type { Spread, WriteJob } from "../../messenger/writes.ts"
import { Writes } from "../../messenger/writes.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { sized } from "../../shared/names.ts"
import { challenge, decodeStamp, encodeTerms, holds, hourAt } from "../../shared/stamp.ts"
import { seeded } from "../nodes/seeded.ts"
import { flipped } from "../shared/codec.ts"
import { answer, boxAt, dropbox, dropboxNumber, trip, writtenTo } from "./errands.ts"

const NOON = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000

interface Kept extends WriteJob {
  readonly events: string[]
}

function job(id: string, index: number, changes: Partial<WriteJob> = {}): Kept {
  const events: string[] = []
  return {
    id,
    box: boxAt(index).id,
    ...writtenTo(boxAt(index)),
    places: () => [dropbox],
    sent: async () => void events.push("sent"),
    stored: async () => void events.push("stored"),
    taken: async () => void events.push("taken"),
    full: async () => void events.push("full"),
    events,
    ...changes,
  }
}

let now = 0
const isGood = false

/** Nothing is asked for, so that stamps are there as soon as they are worked on. */
async function writing(...jobs: readonly WriteJob[]): Promise<Writes> {
  now = NOON
  const writes = new Writes({ random: seeded("writes"), now: () => now, stampBits: () => 0, isGood: () => isGood })
  for (const one of jobs) writes.add(one)
  writes.work(1000)
  return writes
}

const boxOf = (errand: Errand | null) => (errand === null ? null : toHex(errand.box))
const idOf = ({ box }: WriteJob) => toHex(box)

describe("a write", () => {
  test("carries the block and its signature to the box's dropbox", async () => {
    const one = job("a", 0)
    const writes = await writing(one)
    expect(writes.waiting).toBe(true)
    const errand = writes.next()!
    expect(errand).toMatchObject({ carried: "write", operation: "write", hold: 0, dropbox })
    expect(boxOf(errand)).toBe(idOf(one))
    expect(sameBytes(errand.write!.content, one.content) && sameBytes(errand.write!.signature, one.signature)).toBe(true)
    await errand.fate!.sent!(trip)
    expect(one.events).toEqual(["sent"])
  })

  test("is over when it is stored, and says so once", async () => {
    const one = job("a", 0)
    const writes = await writing(one)
    const errand = writes.next()
    await answer(errand, "stored")
    await answer(errand, "stored")
    expect(one.events).toEqual(["stored"])
    expect(writes.waiting).toBe(false)
    expect(writes.next()).toBeNull()
    expect(writes.count("a")).toBe(0)
  })

  test("of a part of a file goes behind all others, whenever those came, and keeps nothing from being sealed", async () => {
    const part = job("file", 0, { bulk: true })
    const writes = await writing(part)
    expect([writes.waiting, writes.busy]).toEqual([true, false])
    const text = job("text", 1, { places: () => [dropbox, dropboxNumber(2)] })
    writes.add(text)
    expect(writes.busy).toBe(true)
    writes.work(1000)
    const order = [writes.next(), writes.next()]
    expect(order.map(boxOf)).toEqual([idOf(text), idOf(text)])
    // Lost once more than in place, it is still before the file.
    for (const errand of order) errand!.fate!.lost()
    for (const errand of [writes.next(), writes.next()]) {
      expect(boxOf(errand)).toBe(idOf(text))
      errand!.fate!.lost()
    }
    now += 24 * HOUR
    writes.work(1000)
    expect([boxOf(writes.next()), boxOf(writes.next()), boxOf(writes.next())]).toEqual([idOf(text), idOf(text), idOf(part)])
    expect(writes.following).toBe(false)
  })

  test("of a part of a file goes in every second slot, however much decoys say, and not before what people say", async () => {
    const writes = await writing(...[0, 1, 2].map((i) => job(`file ${i}`, i, { bulk: true })))
    for (let i = 3; i < 12; i++) writes.add(job(`decoy ${i}`, i, { decoy: true }))
    writes.work(1000)
    const next = () => writes.next()!.box
    const kinds = Array.from({ length: 6 }, next).map((box) => (sameBytes(box, boxAt(0).id) || sameBytes(box, boxAt(1).id) || sameBytes(box, boxAt(2).id) ? "file" : "decoy"))
    expect(kinds).toEqual(["decoy", "file", "decoy", "file", "decoy", "file"])
    writes.add(job("file 12", 12, { bulk: true }))
    expect(sameBytes(next(), boxAt(6).id)).toBe(true)
    writes.add(job("text", 13))
    writes.work(1000)
    expect(Array.from({ length: 6 }, next).map(toHex)).toEqual([7, 8, 9, 10, 11, 13].map((i) => toHex(boxAt(i).id)))
    expect(toHex(next())).toBe(toHex(boxAt(12).id))
  })

  test("is under way once at a time", async () => {
    const writes = await writing(job("a", 0))
    writes.next()
    expect(writes.waiting).toBe(false)
    expect(writes.next()).toBeNull()
    expect(writes.count("a")).toBe(1)
  })

  test("that was lost goes out again, the same bytes", async () => {
    const one = job("a", 0)
    const writes = await writing(one)
    const first = writes.next()!
    first.fate!.lost()
    const second = writes.next()!
    expect(sameBytes(first.write!.content, second.write!.content) && sameBytes(first.write!.signature, second.write!.signature)).toBe(true)
    expect(one.events).toEqual([])
  })

  test("whose answer comes after it was given up is over; if it was refused, one is still under way", async () => {
    const stored = job("a", 0)
    const writes = await writing(stored)
    const first = writes.next()!
    first.fate!.lost()
    const second = writes.next()
    await answer(first, "refused")
    expect(writes.waiting).toBe(false)
    expect(writes.next()).toBeNull()
    await answer(first, "stored")
    expect(stored.events).toEqual(["stored"])
    await answer(second, "stored")
    expect(stored.events).toEqual(["stored"])
  })

  test("that was taken back says nothing any more", async () => {
    const one = job("a", 0)
    const writes = await writing(one)
    const errand = writes.next()
    writes.remove("a")
    await answer(errand, "stored")
    expect(one.events).toEqual([])
    expect(writes.waiting).toBe(false)
  })

  test.each(["content", "empty"] as const)("that is answered by %s goes out again", async (status) => {
    const one = job("a", 0)
    const writes = await writing(one)
    await answer(writes.next(), status, writtenTo(boxAt(0)))
    expect(one.events).toEqual([])
    expect(boxOf(writes.next())).toBe(idOf(one))
  })
})

describe("a box that is taken", () => {
  const other = writtenTo(boxAt(0), 1)

  test("ends the write, where other bytes in it are signed with the box's key", async () => {
    const one = job("a", 0)
    const writes = await writing(one)
    await answer(writes.next(), "taken", other)
    expect(one.events).toEqual(["taken"])
    expect(writes.next()).toBeNull()
  })

  test.each([
    ["nothing", undefined],
    ["what is not signed by its owner", { ...other, signature: sized("Signature", flipped(other.signature, 1)) }],
    ["what was written to another box", writtenTo(boxAt(1), 1)],
  ])("is only the dropbox's word where it shows %s: the write goes out again", async (_, shown) => {
    const one = job("a", 0)
    const writes = await writing(one)
    await answer(writes.next(), "taken", shown)
    expect(one.events).toEqual([])
    expect(boxOf(writes.next())).toBe(idOf(one))
  })

  test("by our own bytes is not taken", async () => {
    const one = job("a", 0)
    const writes = await writing(one)
    await answer(writes.next(), "taken", one)
    expect(one.events).toEqual([])
  })
})

describe("several writes", () => {
  test("go out in the order in which they came, several at a time", async () => {
    const writes = await writing(job("a", 0), job("b", 1), job("c", 2))
    expect([0, 1, 2].map(() => boxOf(writes.next()))).toEqual([0, 1, 2].map((index) => toHex(boxAt(index).id)))
    expect(writes.waiting).toBe(false)
  })

  test("of which one is lost again and again do not wait for it: its dropbox may be down", async () => {
    const [down, other] = [job("a", 0), job("b", 1)]
    const writes = await writing(down, other)
    for (let i = 0; i < 2; i++) {
      const errand = writes.next()
      expect(boxOf(errand)).toBe(idOf(down))
      errand!.fate!.lost()
    }
    expect(boxOf(writes.next())).toBe(idOf(other))
    expect(writes.next()).toBeNull()
    now += HOUR
    writes.work(1000)
    expect(boxOf(writes.next())).toBe(idOf(down))
  })

  test("of which one was lost repeat that one first", async () => {
    const writes = await writing(job("a", 0), job("b", 1), job("c", 2))
    const first = writes.next()!
    writes.next()
    first.fate!.lost()
    expect([0, 1].map(() => boxOf(writes.next()))).toEqual([0, 2].map((index) => toHex(boxAt(index).id)))
  })

  test("of which one was refused let the others go first: a full dropbox holds nobody up", async () => {
    const writes = await writing(job("a", 0), job("b", 1), job("c", 2))
    await answer(writes.next(), "refused")
    expect([0, 1].map(() => boxOf(writes.next()))).toEqual([1, 2].map((index) => toHex(boxAt(index).id)))
    expect(writes.next()).toBeNull()
    now += HOUR
    writes.work(1000)
    expect(boxOf(writes.next())).toBe(toHex(boxAt(0).id))
  })

  test("of which one has no dropbox now do not wait for it, nor is anything said to wait", async () => {
    let gone = true
    const lost = job("a", 0, { places: () => (gone ? [] : [dropbox]) })
    const writes = await writing(lost, job("b", 1))
    expect(boxOf(writes.next())).toBe(toHex(boxAt(1).id))
    expect(writes.waiting).toBe(false)
    expect(writes.next()).toBeNull()
    gone = false
    writes.work(1000)
    expect(writes.waiting).toBe(true)
    expect(boxOf(writes.next())).toBe(idOf(lost))
  })

  test("are counted by the beginning of their names, under way or not", async () => {
    const writes = await writing(job("box/1/000", 0), job("box/1/001", 1), job("box/12/000", 2))
    writes.next()
    expect(writes.count("box/1/")).toBe(2)
    expect(writes.count("box/")).toBe(3)
    expect(writes.count("decoy/")).toBe(0)
  })
})

describe("a write to two replicas", () => {
  const [one, two] = [dropboxNumber(1), dropboxNumber(2)]
  const places = () => [one, two]
  const at = (errand: Errand | null) => (errand === null ? null : errand.dropbox.id[0])

  async function spreading(changes: Partial<WriteJob> = {}) {
    const spreads: Spread[] = []
    let full = 0
    const made = job("a", 0, { places, stored: async (_, spread) => void spreads.push(spread), full: async () => void full++, ...changes })
    return { writes: await writing(made), spreads, made, full: () => full }
  }

  test("whose answer was lost waits, where another copy is stored, for what lies nowhere yet, and holds up no sealing", async () => {
    const places = () => [dropboxNumber(1), dropboxNumber(2)]
    const [one, other] = [job("a", 0, { places }), job("b", 1, { places })]
    const writes = await writing(one)
    const copies = [writes.next(), writes.next()]
    copies[1]!.fate!.lost()
    expect([writes.busy, writes.following]).toEqual([true, false])
    await answer(copies[0]!, "stored")
    expect([writes.busy, writes.following]).toEqual([false, false])
    writes.add(other)
    writes.work(1000)
    expect([writes.next(), writes.next()].map(boxOf)).toEqual([idOf(other), idOf(other)])
    expect(boxOf(writes.next())).toBe(idOf(one))
    // Where the first replica decides, the others are waited for.
    const deciding = job("c", 2, { places, firstDecides: true })
    writes.add(deciding)
    writes.work(1000)
    await answer(writes.next(), "stored")
    writes.work(1000)
    writes.next()!.fate!.lost()
    expect(writes.busy).toBe(true)
  })

  test("is a request for each, one behind the other, and is over when both have it", async () => {
    const { writes, spreads } = await spreading()
    expect(writes.following).toBe(false)
    const first = writes.next()
    expect(writes.following).toBe(true)
    const second = writes.next()
    expect([at(first), at(second)]).toEqual([1, 2])
    expect(writes.next()).toBeNull()
    await answer(second, "stored")
    expect(writes.count("a")).toBe(0)
    await answer(first, "stored")
    expect(spreads.map((spread) => [spread.at.length, spread.of])).toEqual([[1, 2], [2, 2]])
    expect(writes.next()).toBeNull()
  })

  test("of which one is down goes on being sent to that one, behind everything else, less and less often", async () => {
    const { writes } = await spreading()
    await answer(writes.next(), "stored")
    for (let i = 0; i < 2; i++) writes.next()!.fate!.lost()
    writes.add(job("b", 1, { places: () => [one] }))
    expect(writes.busy).toBe(true)
    writes.work(1000)
    await answer(writes.next(), "stored")
    expect([writes.busy, writes.waiting, writes.next()]).toEqual([false, false, null])
    now += HOUR
    writes.work(1000)
    expect(at(writes.next())).toBe(2)
  })

  test("is taken up again after a restart where it stopped", async () => {
    const { writes, spreads } = await spreading({ at: [toHex(one.id)] })
    const errand = writes.next()
    expect(at(errand)).toBe(2)
    await answer(errand, "stored")
    expect(spreads.map((spread) => [spread.at.length, spread.of])).toEqual([[2, 2]])
    const done = await spreading({ at: [toHex(one.id), toHex(two.id)] })
    expect(done.writes.next()).toBeNull()
  })

  test("goes to the first alone where that one decides, and is copied when it has won", async () => {
    const { writes } = await spreading({ firstDecides: true })
    const first = writes.next()
    expect([at(first), writes.next()]).toEqual([1, null])
    await answer(first, "stored")
    writes.work(1000)
    expect(at(writes.next())).toBe(2)
  })

  test("that the first took is won, whatever lies at the second", async () => {
    const other = writtenTo(boxAt(0), 1)
    const { writes, made, spreads } = await spreading({ firstDecides: true })
    await answer(writes.next(), "stored")
    writes.work(1000)
    await answer(writes.next(), "taken", other)
    expect(made.events).toEqual([])
    expect(spreads.at(-1)).toMatchObject({ of: 1 })
    expect(writes.next()).toBeNull()
    const lost = await spreading({ firstDecides: true })
    await answer(lost.writes.next(), "taken", other)
    expect(lost.made.events).toEqual(["taken"])
    expect(lost.writes.next()).toBeNull()
  })

  test("where there is one dropbox only goes to that", async () => {
    const { writes, spreads } = await spreading({ places: () => [two] })
    await answer(writes.next(), "stored")
    expect(spreads).toMatchObject([{ of: 1 }])
    expect(writes.next()).toBeNull()
  })

  test("that one replica has no room for says so, goes to the other, and is tried again later", async () => {
    const { writes, spreads, full } = await spreading()
    await answer(writes.next(), "refused")
    expect(full()).toBe(1)
    await answer(writes.next(), "stored")
    expect(spreads.map((spread) => [spread.at.length, spread.of])).toEqual([[1, 2]])
    expect(writes.next()).toBeNull()
    now += HOUR
    writes.work(1000)
    expect(at(writes.next())).toBe(1)
  })
})

describe("the stamp of a write", () => {
  const hour = hourAt(NOON)

  function stamping(bits: number): { writes: Writes; made: Kept } {
    now = NOON
    const writes = new Writes({ random: seeded("stamps"), now: () => now, stampBits: () => bits, isGood: () => true })
    const made = job("a", 0)
    writes.add(made)
    return { writes, made }
  }
  const paid = (errand: Errand | null, bits: number) => {
    const stamp = decodeStamp(errand!.write!.stamp)
    return { hour: stamp.hour, holds: holds(challenge(dropbox.id, stamp.hour, errand!.box, errand!.write!.content), stamp.nonce, bits) }
  }

  test("pays what the network asks for, whatever its dropbox said in answer to another request", async () => {
    const { writes } = stamping(9)
    writes.work(100_000)
    const errand = writes.next()
    expect(paid(errand, 9)).toEqual({ hour, holds: true })
    await answer(errand, "stored", undefined, encodeTerms({ bits: 24, hour: hour - 5 }))
    writes.add(job("b", 1))
    writes.work(10_000)
    expect(paid(writes.next(), 9)).toEqual({ hour, holds: true })
  })

  test("is worked on a little at a time, and its write waits for it", async () => {
    const { writes } = stamping(10)
    let slices = 0
    for (; !writes.waiting; slices++) {
      expect([writes.next(), writes.busy]).toEqual([null, true])
      writes.work(16)
    }
    expect(slices).toBeGreaterThan(2)
    expect(paid(writes.next(), 10).holds).toBe(true)
  })

  test("that pays too little is made anew, for what is asked now", async () => {
    const { writes, made } = stamping(4)
    writes.work(10_000)
    await answer(writes.next(), "refused", undefined, encodeTerms({ bits: 10, hour }))
    expect([writes.waiting, writes.busy]).toEqual([false, false])
    writes.work(100_000)
    const errand = writes.next()
    expect(paid(errand, 10)).toEqual({ hour, holds: true })
    await answer(errand, "stored")
    expect(made.events).toEqual(["stored"])
  })

  test("for which a dropbox wants much holds up no other write, nor the sealing of the next", async () => {
    const { writes } = stamping(4)
    writes.work(10_000)
    await answer(writes.next(), "refused", undefined, encodeTerms({ bits: 24, hour }))
    writes.work(1000)
    expect(writes.busy).toBe(false)
    const [second, third] = [job("b", 1), job("c", 2)]
    writes.add(second)
    writes.work(1000)
    const errand = writes.next()
    expect(boxOf(errand)).toBe(idOf(second))
    await answer(errand, "refused", undefined, encodeTerms({ bits: 8, hour }))
    writes.add(third)
    writes.work(10_000)
    expect([writes.next(), writes.next(), writes.next()].map(boxOf)).toEqual([idOf(third), idOf(second), null])
  })

  test("of an hour that is long past is made anew before it is sent; that of the hour before is good", async () => {
    const { writes } = stamping(4)
    writes.work(10_000)
    now += HOUR
    expect(writes.waiting).toBe(true)
    now += HOUR
    expect(writes.waiting).toBe(false)
    writes.work(10_000)
    expect(paid(writes.next(), 4)).toEqual({ hour: hour + 2, holds: true })
  })

  test("is not worked for where so much is asked that it is no offer: later it is tried again with what the network asks for", async () => {
    const { writes, made } = stamping(4)
    writes.work(10_000)
    await answer(writes.next(), "refused", undefined, encodeTerms({ bits: 60, hour }))
    writes.work(10_000)
    expect([writes.waiting, writes.busy]).toEqual([false, false])
    expect(made.events).toEqual(["full"])
    now += HOUR
    writes.work(10_000)
    expect(paid(writes.next(), 4).holds).toBe(true)
  })
})

describe("a box of a stream that no replica takes", () => {
  const MINUTES = 60_000
  const [a, b] = [dropboxNumber(1), dropboxNumber(2)]

  /** Lets time pass in which what goes out to these is answered so, and cover by somebody; null: nothing is answered at all. */
  async function pass(writes: Writes, minutes: number, fate: "lost" | "refused" | null): Promise<void> {
    for (const end = now + minutes * MINUTES; now < end; now += 5000) {
      writes.work(1000)
      const errand = writes.next()
      if (fate !== null) writes.heard()
      if (errand === null) continue
      if (fate === "refused") await answer(errand, "refused", undefined, encodeTerms({ bits: 0, hour: hourAt(now) }))
      else errand.fate!.lost()
    }
  }

  test.each(["lost", "refused"] as const)("is void after ten minutes of being %s, and holds up nothing any more", async (fate) => {
    const one = job("box/1/0", 0, { places: () => [a, b], mayBeVoid: true })
    const writes = await writing(one, job("box/2/0", 1, { places: () => [a, b] }))
    await pass(writes, 9, fate)
    expect(writes.voided("box/")).toEqual([])
    expect([writes.count("box/1/"), writes.oldest("box/1/")]).toEqual([1, "box/1/0"])
    // A dropbox that has no room is asked less and less often.
    await pass(writes, 21, fate)
    expect(writes.voided("box/")).toEqual(["box/1/0"])
    expect([writes.count("box/1/"), writes.oldest("box/1/")]).toEqual([0, null])
    expect(writes.count("box/2/")).toBe(1)
  })

  test("is not void for time in which nothing was answered at all, nor while one replica has it", async () => {
    const one = job("box/1/0", 0, { places: () => [a, b], mayBeVoid: true })
    const writes = await writing(one)
    await pass(writes, 600, null)
    expect(writes.voided("box/")).toEqual([])
    await pass(writes, 9, "lost")
    expect(writes.voided("box/")).toEqual([])
    for (let errand: Errand | null = null; one.events.length === 0; now += 5000) {
      writes.work(1000)
      errand = writes.next()
      if (errand !== null) await answer(errand, "stored")
    }
    await pass(writes, 600, "lost")
    expect(writes.voided("box/")).toEqual([])
  })

  test("is void, too, where the directory lists none of them any more", async () => {
    const writes = await writing(job("box/1/0", 0, { places: () => [], mayBeVoid: true }))
    expect(writes.voided("box/")).toEqual([])
    await pass(writes, 11, "lost")
    expect(writes.voided("box/")).toEqual(["box/1/0"])
  })
})
