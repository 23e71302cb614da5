import { describe, expect, test } from "vitest"
import type { Errand } from "../../messenger/courier.ts"
import type { Found, Watch } from "../../messenger/watches.ts"
import { Watches } from "../../messenger/watches.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"
import { flipped } from "../shared/codec.ts"
import { answer, boxAt, dropbox, dropboxNumber, writtenTo } from "./errands.ts"

let now = 0

interface Kept extends Watch {
  readonly all: Found[]
  empties: number
}

function watch(id: string, index: number, changes: Partial<Watch> = {}): Kept {
  const all: Found[] = []
  const kept: Kept = {
    id,
    box: boxAt(index),
    places: () => [dropbox],
    found: async (found) => void all.push(found),
    empty: () => kept.empties++,
    all,
    empties: 0,
    ...changes,
  }
  return kept
}

function watching(...watches: readonly Watch[]): Watches {
  const made = new Watches({ random: seeded("watches"), now: () => now, isGood: () => true, polling: () => false, lossy: () => false })
  for (const one of watches) made.begin(one)
  return made
}

const boxOf = (errand: Errand | null) => (errand === null ? null : toHex(errand.box))
const idOf = ({ box }: Watch) => toHex(box.id)

describe("a watched box", () => {
  test("is looked at quickly once, and then waited at", async () => {
    const one = watch("a", 0)
    const watches = watching(one)
    expect(watches.wantsQuick).toBe(true)
    expect(watches.next("held", 60)).toBeNull()
    const look = watches.next("quick", 60)
    expect(look).toMatchObject({ carried: "read", operation: "read", hold: 0, dropbox, write: null })
    expect(boxOf(look)).toBe(idOf(one))
    await answer(look, "empty")
    expect(one.empties).toBe(1)
    expect(watches.wantsQuick).toBe(false)
    expect(watches.next("quick", 0)).toBeNull()
    expect(watches.next("held", 60)).toMatchObject({ hold: 60 })
  })

  test("has one read under way at a time", async () => {
    const watches = watching(watch("a", 0))
    const look = watches.next("quick", 0)
    expect(watches.wantsQuick).toBe(false)
    expect(watches.next("quick", 0)).toBeNull()
    expect(watches.next("held", 60)).toBeNull()
    await answer(look, "empty")
    expect(watches.next("held", 60)).not.toBeNull()
    expect(watches.next("held", 60)).toBeNull()
  })

  test("of a file waits for all that is to be looked at quickly, takes turns with what else could be, and is never held", async () => {
    now = 0
    const lost: string[] = []
    const [stream, held] = [watch("stream", 0), watch("held", 1)]
    const files = [watch("file", 2, { lost: () => lost.push("file") }), watch("another", 3)]
    const watches = watching(stream)
    for (const one of files) watches.begin(one, "bulk")
    watches.begin(held, "held")
    expect(watches.fresh).toBe(1)
    now = 100 * 3_600_000
    const first = watches.next("quick", 0)
    expect(boxOf(first)).toBe(idOf(stream))
    const others = [watches.next("quick", 0), watches.next("quick", 0), watches.next("quick", 0)]
    expect(others.map(boxOf)).toEqual([idOf(files[0]!), idOf(held), idOf(files[1]!)])
    expect(watches.next("quick", 0)).toBeNull()
    // Empty, it is asked for as before; lost, too, and it says so.
    await answer(others[0]!, "empty")
    expect(files[0]!.empties).toBe(1)
    expect(watches.next("held", 60, true)).toBeNull()
    const again = watches.next("quick", 0)
    expect(boxOf(again)).toBe(idOf(files[0]!))
    again!.fate!.lost()
    expect(lost).toEqual(["file"])
    watches.refresh()
    expect(boxOf(watches.next("quick", 0))).toBe(idOf(files[0]!))
    await answer(others[2]!, "content", writtenTo(boxAt(3)))
    expect(files[1]!.all).toHaveLength(1)
  })

  test("that is not answered, asked three times at each dropbox, takes turns with those that are looked at now and then", async () => {
    now = 0
    const dead = [watch("dead", 0), watch("dead too", 1)]
    const watches = watching(...dead)
    const spares = [watch("spare at a dead one", 2), watch("spare", 3)]
    for (const spare of spares) watches.begin(spare, "spare")
    now = 100 * 3_600_000
    const ids = new Map([...dead, ...spares].map((one) => [idOf(one), one.id]))
    const lose = () => {
      now++
      const read = watches.next("quick", 0)
      read!.fate!.lost()
      return ids.get(boxOf(read)!)!
    }
    // Until then those are no more than other reads that were lost.
    for (let i = 0; i < 6; i++) expect(lose()).toMatch(/^dead/)
    const asked = Array.from({ length: 8 }, lose)
    expect(asked.filter((id) => id.startsWith("dead"))).toHaveLength(4)
    // A look that gets lost holds up no other.
    for (const one of ids.values()) expect(asked.filter((id) => id === one)).toHaveLength(2)
    // What has not been asked for goes before all of them, and so does what is answered again.
    watches.begin(watch("new", 4))
    expect(boxOf(watches.next("quick", 0))).toBe(toHex(boxAt(4).id))
    watches.refresh()
    for (let i = 0; i < 6; i++) expect(lose()).toMatch(/^dead/)
    now = 0
  })

  test("whose read was lost is read again, as before", async () => {
    const watches = watching(watch("a", 0))
    watches.next("quick", 0)!.fate!.lost()
    const look = watches.next("quick", 0)
    await answer(look, "empty")
    watches.next("held", 60)!.fate!.lost()
    expect(watches.next("quick", 0)).toBeNull()
    expect(watches.next("held", 60)).not.toBeNull()
  })

  test("of which a reply comes after its read was given up has still one read under way", async () => {
    const watches = watching(watch("a", 0))
    const first = watches.next("quick", 0)!
    first.fate!.lost()
    const second = watches.next("quick", 0)
    await answer(first, "empty")
    expect(watches.next("held", 60)).toBeNull()
    await answer(second, "empty")
    expect(watches.next("held", 60)).not.toBeNull()
  })

  test("that is only looked at quickly is never waited at", async () => {
    const one = watch("a", 0, { quickOnly: true })
    const watches = watching(one)
    for (let i = 1; i <= 3; i++) {
      await answer(watches.next("quick", 0), "empty")
      expect(one.empties).toBe(i)
      expect(watches.next("held", 60)).toBeNull()
    }
    expect(watches.wantsQuick).toBe(true)
  })
})

describe("what lies in a box", () => {
  test("is found once, and the watch is over", async () => {
    const one = watch("a", 0)
    const watches = watching(one)
    const written = writtenTo(boxAt(0))
    await answer(watches.next("quick", 0), "content", written)
    expect(one.all).toHaveLength(1)
    expect(sameBytes(one.all[0]!.content, written.content)).toBe(true)
    expect(sameBytes(one.all[0]!.signature, written.signature)).toBe(true)
    expect(watches.has("a")).toBe(false)
    expect(watches.next("quick", 0)).toBeNull()
    expect(watches.next("held", 60)).toBeNull()
  })

  test("is found when a held read brings it, and when it comes after its read was given up", async () => {
    for (const late of [false, true]) {
      const one = watch("a", 0)
      const watches = watching(one)
      await answer(watches.next("quick", 0), "empty")
      const held = watches.next("held", 60)!
      if (late) held.fate!.lost()
      await answer(held, "content", writtenTo(boxAt(0)))
      expect(one.all).toHaveLength(1)
    }
  })

  test("is nothing where its owner did not write it: the box is watched on", async () => {
    const written = writtenTo(boxAt(0))
    const forged = [
      { ...written, content: sized("Content", flipped(written.content, 3)) },
      { ...written, signature: sized("Signature", flipped(written.signature, 3)) },
      writtenTo(boxAt(1)),
    ]
    const one = watch("a", 0)
    const watches = watching(one)
    await answer(watches.next("quick", 0), "content", forged[0])
    await answer(watches.next("held", 60), "content", forged[1])
    await answer(watches.next("held", 60), "content", forged[2])
    expect(one.all).toEqual([])
    expect(one.empties).toBe(0)
    await answer(watches.next("held", 60), "content", written)
    expect(one.all).toHaveLength(1)
  })

  test.each(["stored", "taken", "refused"] as const)("is nothing in the answer %s, which is none to a read", async (status) => {
    const one = watch("a", 0)
    const watches = watching(one)
    await answer(watches.next("quick", 0), status, writtenTo(boxAt(0)))
    expect(one.all).toEqual([])
    expect(one.empties).toBe(0)
    expect(watches.next("held", 60)).not.toBeNull()
  })

  test("may be followed by the next box under the same name; late answers of the old one change nothing", async () => {
    const next = watch("a", 1)
    const one = watch("a", 0, { found: async () => watches.begin(next) })
    const watches = watching(one)
    const first = watches.next("quick", 0)!
    first.fate!.lost()
    await answer(watches.next("quick", 0), "content", writtenTo(boxAt(0)))
    const look = watches.next("quick", 0)
    expect(boxOf(look)).toBe(idOf(next))
    await answer(first, "content", writtenTo(boxAt(0)))
    await answer(first, "empty")
    first.fate!.lost()
    expect(next.all).toEqual([])
    expect(next.empties).toBe(0)
    expect(watches.next("quick", 0)).toBeNull()
    await answer(look, "content", writtenTo(boxAt(1)))
    expect(next.all).toHaveLength(1)
  })
})

describe("several watched boxes", () => {
  test("take turns: the one that has waited longest is read first", async () => {
    const watches = watching(watch("a", 0), watch("b", 1), watch("c", 2))
    const order: (string | null)[] = []
    for (let i = 0; i < 3; i++) {
      const look = watches.next("quick", 0)
      order.push(boxOf(look))
      await answer(look, "empty")
    }
    expect(order).toEqual([0, 1, 2].map((index) => toHex(boxAt(index).id)))
    const held = [0, 1, 2].map(() => watches.next("held", 60)!)
    // Answered in another order, they are read again in that one.
    for (const index of [1, 2, 0]) await answer(held[index]!, "empty")
    expect([0, 1, 2].map(() => boxOf(watches.next("held", 60)))).toEqual([1, 2, 0].map((index) => toHex(boxAt(index).id)))
  })

  test("are looked at in this order: those that lead on, those that are known to lie there, the likely ones, the next of each stream, those behind it", async () => {
    const named = (["beyond", "next", "likely", "known", "leading"] as const).map((order, i) => watch(order, i, { order: () => order }))
    const watches = watching(...named, watch("plain", 5))
    const asked = named.concat(watch("", 5)).map(() => boxOf(watches.next("quick", 0)))
    expect(asked).toEqual([4, 3, 2, 1, 5, 0].map((index) => toHex(boxAt(index).id)))
  })

  test("of which one leads on have a held read there first, and else take turns", async () => {
    const some = [watch("known", 0, { order: () => "known" }), watch("plain", 1), watch("leading", 2, { order: () => "leading" })]
    const watches = watching()
    for (const one of some) watches.begin(one, "held")
    expect(some.map(() => boxOf(watches.next("held", 60)))).toEqual([2, 0, 1].map((index) => toHex(boxAt(index).id)))
  })

  test("have every other held read where something is known to lie, and the others where they have waited longest", async () => {
    const plain = [0, 1, 2, 3].map((index) => watch(`plain ${index}`, index))
    const known = [4, 5].map((index) => watch(`known ${index}`, index, { order: () => (index === 4 ? "known" : "likely") }))
    const watches = watching()
    for (const one of [...plain, ...known]) watches.begin(one, "held")
    expect([...plain, ...known].map(() => boxOf(watches.next("held", 60)))).toEqual([4, 0, 5, 1, 2, 3].map((index) => toHex(boxAt(index).id)))
  })

  test("say whether there are any of which it is known that something lies there", () => {
    const [plain, known] = [watch("plain", 0), watch("known", 1, { order: () => "known" })]
    expect(watching(plain).isBehind).toBe(false)
    const watches = watching(plain, known)
    expect(watches.isBehind).toBe(true)
    watches.next("quick", 0)
    expect(watches.isBehind).toBe(false)
  })

  test("are looked at quickly where somebody says that they lie there", async () => {
    const watches = watching()
    watches.begin(watch("a", 0), "held")
    watches.begin(watch("b", 1), "spare")
    expect(watches.wantsQuick).toBe(false)
    for (const id of ["a", "b", "c"]) watches.hasten(id)
    expect(boxOf(watches.next("quick", 0))).toBe(toHex(boxAt(0).id))
    expect(watches.wantsQuick).toBe(false)
  })

  test("of which one has no dropbox now do not wait for it", async () => {
    let gone = true
    const lost = watch("a", 0, { places: () => (gone ? [] : [dropbox]) })
    const other = watch("b", 1)
    const watches = watching(lost, other)
    expect(boxOf(watches.next("quick", 0))).toBe(idOf(other))
    expect(watches.wantsQuick).toBe(false)
    expect(watches.next("quick", 0)).toBeNull()
    gone = false
    expect(watches.wantsQuick).toBe(true)
    expect(boxOf(watches.next("quick", 0))).toBe(idOf(lost))
  })

  test("are ended one by one, or all with one beginning", () => {
    const watches = watching(watch("stream/1/0", 0), watch("stream/1/1", 1), watch("stream/12/0", 2), watch("answer/1", 3))
    watches.endAll("stream/1/")
    expect(["stream/1/0", "stream/1/1", "stream/12/0", "answer/1"].map((id) => watches.has(id))).toEqual([false, false, true, true])
    watches.end("answer/1")
    watches.end("answer/1")
    expect(boxOf(watches.next("quick", 0))).toBe(toHex(boxAt(2).id))
    expect(watches.next("quick", 0)).toBeNull()
  })

  test("that were ended find nothing any more", async () => {
    const one = watch("a", 0)
    const watches = watching(one)
    const look = watches.next("quick", 0)
    watches.end("a")
    await answer(look, "content", writtenTo(boxAt(0)))
    expect(one.all).toEqual([])
    expect(watches.has("a")).toBe(false)
  })
})

describe("how much is behind", () => {
  test("is counted until each box has been answered once", async () => {
    const watches = watching(watch("a", 0), watch("b", 1))
    expect(watches.fresh).toBe(2)
    const [a, b] = [watches.next("quick", 0)!, watches.next("quick", 0)]
    a.fate!.lost()
    expect(watches.fresh).toBe(2)
    await answer(b, "empty")
    expect(watches.fresh).toBe(1)
    await answer(watches.next("quick", 0), "content", writtenTo(boxAt(0)))
    expect(watches.fresh).toBe(0)
  })

  test("is everything again with a new session: each box is looked at quickly", async () => {
    const watches = watching(watch("a", 0), watch("b", 1))
    for (let i = 0; i < 2; i++) await answer(watches.next("quick", 0), "empty")
    expect(watches.fresh).toBe(0)
    watches.refresh()
    expect(watches.fresh).toBe(2)
    expect(watches.next("held", 60)).toBeNull()
    for (let i = 0; i < 2; i++) await answer(watches.next("quick", 0), "empty")
    expect(watches.fresh).toBe(0)
  })
})

describe("a box with two replicas", () => {
  const places = () => [dropboxNumber(1), dropboxNumber(2)]
  const at = (errand: Errand | null) => errand!.dropbox.id[0]

  test("is first looked for at either, as chance has it", () => {
    const watches = new Watches({ random: seeded("either"), now: () => now, isGood: () => true, polling: () => false, lossy: () => false })
    const count = [0, 0, 0]
    for (let i = 0; i < 400; i++) {
      watches.begin(watch(`${i}`, 0, { places }))
      count[at(watches.next("quick", 0))!]!++
    }
    // Five standard errors.
    expect(Math.abs(count[1]! - 200)).toBeLessThan(50)
  })

  test("is looked for at the other after an empty answer, and after none", async () => {
    const watches = watching(watch("a", 0, { places }))
    const look = watches.next("quick", 0)
    const first = at(look)
    await answer(look, "empty")
    const held = watches.next("held", 60)
    expect(at(held)).toBe(3 - first!)
    held!.fate!.lost()
    expect(at(watches.next("held", 60))).toBe(first)
  })
})

describe("a dropbox that is dead or full", () => {
  const [one, two] = [dropboxNumber(1), dropboxNumber(2)]
  const places = () => [one, two]

  test("is not read at, and what waits there goes to the other; alone, it is asked all the same", async () => {
    let bad: readonly unknown[] = []
    const watches = new Watches({ random: seeded("dead"), now: () => now, isGood: (dropbox) => !bad.includes(dropbox), polling: () => false, lossy: () => false })
    watches.begin(watch("a", 0, { places }), "held")
    const held = watches.next("held", 600)!
    expect(watches.next("held", 600)).toBeNull()
    bad = [held.dropbox]
    const again = watches.next("held", 600)!
    expect(again.dropbox).not.toBe(held.dropbox)
    await answer(again, "empty")
    expect(watches.next("held", 600)!.dropbox).toBe(again.dropbox)
    bad = [one, two]
    // Neither is good: what waits goes on waiting.
    expect(watches.next("held", 600)).toBeNull()
    watches.begin(watch("b", 1, { places: () => [one] }), "held")
    expect(watches.next("held", 600)!.dropbox).toBe(one)
  })
})

describe("a box behind which another was found", () => {
  test("has been written: its read is given up after a while, and it is looked for quickly at the other replica", async () => {
    now = 0
    const places = () => [dropboxNumber(1), dropboxNumber(2)]
    const watches = watching(watch("a", 0, { places }))
    await answer(watches.next("quick", 0), "empty")
    const held = watches.next("held", 600)!
    watches.expect("a", 15_000)
    now = 14_999
    expect(watches.wantsQuick).toBe(false)
    now = 15_000
    const look = watches.next("quick", 0)!
    expect(look.dropbox.id).not.toEqual(held.dropbox.id)
    // The one that was given up changes nothing any more, unless it brings what was looked for.
    held.fate!.lost()
    expect(watches.next("quick", 0)).toBeNull()
    await answer(look, "empty")
    expect(watches.next("held", 60)).not.toBeNull()
  })
})

describe("what waits and is not held", () => {
  const MINUTES = 60_000

  function polled(mode: { polling?: boolean; lossy?: boolean }, ...all: readonly Watch[]): Watches {
    now = 0
    const made = new Watches({ random: seeded("polled"), now: () => now, isGood: () => true, polling: () => mode.polling === true, lossy: () => mode.lossy === true })
    for (const one of all) made.begin(one, "held")
    return made
  }

  test("is polled where nothing is to be held, switchable at any time; held slots get nothing then", async () => {
    const mode = { polling: true }
    const watches = polled(mode, watch("a", 0))
    expect(watches.next("held", 60)).toBeNull()
    expect(watches.next("held", 60, true)).toBeNull()
    for (let i = 0; i < 5; i++) {
      now += 1000
      await answer(watches.next("quick", 0), "empty")
    }
    mode.polling = false
    expect(watches.next("quick", 0)).toBeNull()
    const held = watches.next("held", 60)
    expect(boxOf(held)).toBe(toHex(boxAt(0).id))
    mode.polling = true
    // What waits already can still be answered; it is looked for all the same.
    now += 1000
    expect(boxOf(watches.next("quick", 0))).toBe(toHex(boxAt(0).id))
  })

  test("is polled the more often the later its stream spoke, and each is", async () => {
    const spoke = [0, -2, -20, -Infinity, -Infinity]
    const watches = polled({ polling: true }, ...spoke.map((at, i) => watch(`${i}`, i, { spoke: () => at * MINUTES })))
    const count = [0, 0, 0, 0, 0]
    const names = spoke.map((_, i) => toHex(boxAt(i).id))
    for (let i = 0; i < 100; i++) {
      now += 10
      const look = watches.next("quick", 0)
      count[names.indexOf(boxOf(look)!)]!++
      await answer(look, "empty")
    }
    expect(count[0]).toBeGreaterThan(1.5 * count[1]!)
    expect(count[1]).toBeGreaterThan(1.5 * count[2]!)
    expect(Math.min(...count)).toBeGreaterThan(8)
  })

  test("is polled beside its held read where so much is lost that this is no promise", async () => {
    const mode = { lossy: false }
    const watches = polled(mode, watch("a", 0))
    const held = watches.next("held", 600)
    now = 10 * MINUTES
    expect(watches.next("quick", 0)).toBeNull()
    mode.lossy = true
    const look = watches.next("quick", 0)
    expect(boxOf(look)).toBe(boxOf(held))
    // One of each kind.
    expect([watches.next("quick", 0), watches.next("held", 60)]).toEqual([null, null])
    await answer(look, "empty")
    expect(watches.next("quick", 0)).not.toBeNull()
  })

  test("has one read of each kind under way at each replica where much gets lost, and held slots look at once, too", async () => {
    const mode = { lossy: true }
    const places = () => [dropboxNumber(1), dropboxNumber(2)]
    const watches = polled(mode, watch("a", 0, { places }))
    const at = (errand: Errand | null) => errand!.dropbox.id[0]
    const quick = [watches.next("quick", 0), watches.next("quick", 0)]
    const held = [watches.next("held", 600), watches.next("held", 600)]
    for (const reads of [quick, held]) expect(reads.map(at).sort()).toEqual([1, 2])
    expect([watches.next("quick", 0), watches.next("held", 600)]).toEqual([null, null])
    // What is lost or answered at one replica is asked again at that one.
    quick[0]!.fate!.lost()
    await answer(held[1]!, "empty")
    expect(at(watches.next("quick", 0))).toBe(at(quick[0]!))
    expect(at(watches.next("held", 600))).toBe(at(held[1]!))
    // Where nothing gets lost any more, all of them are waited for before the next.
    mode.lossy = false
    await answer(quick[1]!, "empty")
    expect([watches.next("quick", 0), watches.next("held", 600)]).toEqual([null, null])
    mode.lossy = true
    watches.begin(watch("b", 1, { places }))
    expect(boxOf(watches.next("held", 600))).toBe(toHex(boxAt(1).id))
    expect(watches.fresh).toBe(1)
  })

  test("is polled where held slots do not come round to it", () => {
    const watches = polled({}, watch("a", 0), watch("b", 1))
    expect(watches.next("quick", 0)).toBeNull()
    const held = watches.next("held", 600)
    now = 2 * MINUTES
    const look = watches.next("quick", 0)
    expect(look).not.toBeNull()
    expect(boxOf(look)).not.toBe(boxOf(held))
    expect(watches.next("quick", 0)).toBeNull()
  })
})
