import { describe, expect, test } from "vitest"
import type { Errand } from "../../messenger/courier.ts"
import type { WriteJob } from "../../messenger/writes.ts"
import { Writes } from "../../messenger/writes.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { sized } from "../../shared/names.ts"
import { flipped } from "../shared/codec.ts"
import { answer, boxAt, dropbox, trip, writtenTo } from "./errands.ts"

interface Kept extends WriteJob {
  readonly events: string[]
}

function job(id: string, index: number, changes: Partial<WriteJob> = {}): Kept {
  const events: string[] = []
  return {
    id,
    box: boxAt(index).id,
    ...writtenTo(boxAt(index)),
    place: () => dropbox,
    sent: async () => void events.push("sent"),
    stored: async () => void events.push("stored"),
    taken: async () => void events.push("taken"),
    events,
    ...changes,
  }
}

function writing(...jobs: readonly WriteJob[]): Writes {
  const writes = new Writes()
  for (const one of jobs) writes.add(one)
  return writes
}

const boxOf = (errand: Errand | null) => (errand === null ? null : toHex(errand.box))
const idOf = ({ box }: WriteJob) => toHex(box)

describe("a write", () => {
  test("carries the block and its signature to the box's dropbox", async () => {
    const one = job("a", 0)
    const writes = writing(one)
    expect(writes.waiting).toBe(true)
    const errand = writes.next()!
    expect(errand).toMatchObject({ carried: "write", operation: "write", hold: 0, dropbox })
    expect(boxOf(errand)).toBe(idOf(one))
    expect(sameBytes(errand.content!, one.content) && sameBytes(errand.signature!, one.signature)).toBe(true)
    await errand.fate!.sent!(trip)
    expect(one.events).toEqual(["sent"])
  })

  test("is over when it is stored, and says so once", async () => {
    const one = job("a", 0)
    const writes = writing(one)
    const errand = writes.next()
    await answer(errand, "stored")
    await answer(errand, "stored")
    expect(one.events).toEqual(["stored"])
    expect(writes.waiting).toBe(false)
    expect(writes.next()).toBeNull()
    expect(writes.count("a")).toBe(0)
  })

  test("is under way once at a time", () => {
    const writes = writing(job("a", 0))
    writes.next()
    expect(writes.waiting).toBe(false)
    expect(writes.next()).toBeNull()
    expect(writes.count("a")).toBe(1)
  })

  test("that was lost goes out again, the same bytes", () => {
    const one = job("a", 0)
    const writes = writing(one)
    const first = writes.next()!
    first.fate!.lost()
    const second = writes.next()!
    expect(sameBytes(first.content!, second.content!) && sameBytes(first.signature!, second.signature!)).toBe(true)
    expect(one.events).toEqual([])
  })

  test("whose answer comes after it was given up is over; if it was refused, one is still under way", async () => {
    const stored = job("a", 0)
    const writes = writing(stored)
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
    const writes = writing(one)
    const errand = writes.next()
    writes.remove("a")
    await answer(errand, "stored")
    expect(one.events).toEqual([])
    expect(writes.waiting).toBe(false)
  })

  test.each(["content", "empty", "refused"] as const)("that is answered by %s goes out again", async (status) => {
    const one = job("a", 0)
    const writes = writing(one)
    await answer(writes.next(), status, writtenTo(boxAt(0)))
    expect(one.events).toEqual([])
    expect(boxOf(writes.next())).toBe(idOf(one))
  })
})

describe("a box that is taken", () => {
  const other = writtenTo(boxAt(0), 1)

  test("ends the write, where other bytes in it are signed with the box's key", async () => {
    const one = job("a", 0)
    const writes = writing(one)
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
    const writes = writing(one)
    await answer(writes.next(), "taken", shown)
    expect(one.events).toEqual([])
    expect(boxOf(writes.next())).toBe(idOf(one))
  })

  test("by our own bytes is not taken", async () => {
    const one = job("a", 0)
    const writes = writing(one)
    await answer(writes.next(), "taken", one)
    expect(one.events).toEqual([])
  })
})

describe("several writes", () => {
  test("go out in the order in which they came, several at a time", async () => {
    const writes = writing(job("a", 0), job("b", 1), job("c", 2))
    expect([0, 1, 2].map(() => boxOf(writes.next()))).toEqual([0, 1, 2].map((index) => toHex(boxAt(index).id)))
    expect(writes.waiting).toBe(false)
  })

  test("of which one is lost again and again do not wait for it: its dropbox may be down", () => {
    const [down, other] = [job("a", 0), job("b", 1)]
    const writes = writing(down, other)
    for (let i = 0; i < 2; i++) {
      const errand = writes.next()
      expect(boxOf(errand)).toBe(idOf(down))
      errand!.fate!.lost()
    }
    expect(boxOf(writes.next())).toBe(idOf(other))
    expect(boxOf(writes.next())).toBe(idOf(down))
  })

  test("of which one was lost repeat that one first", () => {
    const writes = writing(job("a", 0), job("b", 1), job("c", 2))
    const first = writes.next()!
    writes.next()
    first.fate!.lost()
    expect([0, 1].map(() => boxOf(writes.next()))).toEqual([0, 2].map((index) => toHex(boxAt(index).id)))
  })

  test("of which one was refused let the others go first: a full dropbox holds nobody up", async () => {
    const writes = writing(job("a", 0), job("b", 1), job("c", 2))
    await answer(writes.next(), "refused")
    expect([0, 1, 2].map(() => boxOf(writes.next()))).toEqual([1, 2, 0].map((index) => toHex(boxAt(index).id)))
  })

  test("of which one has no dropbox now do not wait for it, nor is anything said to wait", async () => {
    let gone = true
    const lost = job("a", 0, { place: () => (gone ? null : dropbox) })
    const writes = writing(lost, job("b", 1))
    expect(boxOf(writes.next())).toBe(toHex(boxAt(1).id))
    expect(writes.waiting).toBe(false)
    expect(writes.next()).toBeNull()
    gone = false
    expect(writes.waiting).toBe(true)
    expect(boxOf(writes.next())).toBe(idOf(lost))
  })

  test("are counted by the beginning of their names, under way or not", () => {
    const writes = writing(job("box/1/000", 0), job("box/1/001", 1), job("box/12/000", 2))
    writes.next()
    expect(writes.count("box/1/")).toBe(2)
    expect(writes.count("box/")).toBe(3)
    expect(writes.count("decoy/")).toBe(0)
  })
})
