import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Shard } from "../../dropbox/shard.ts"
import { toHex } from "../../shared/bytes.ts"
import type * as create from "../../messenger/mls/create.ts"
import { SimNetwork } from "../sim/sim-network.ts"
import type { Crash } from "./mortal.ts"
import { Mortal } from "./mortal.ts"

vi.mock("../../messenger/mls/create.ts", async (original) => {
  const { createMls } = await original<typeof create>()
  const { watched } = await import("./ledger.ts")
  return { createMls: (parts: Parameters<typeof createMls>[0]) => watched(createMls(parts), parts.random) }
})

/**
 * Every point takes a run of its own, so that all of them are tried by hand only: CRASHES=all, and CRASHES=from,step a part of them.
 * Otherwise some, at even distances from a random first.
 */
const { CRASHES } = process.env
const SAMPLES = 10
const SECONDS = 1000
const PATIENCE = 20 * 60 * SECONDS
const LONG = "a text of several boxes ".repeat(250)
const PLAN: readonly (readonly [who: 0 | 1, text: string, pause: number])[] = [
  [0, "a0", 300],
  [0, "a1", 4 * SECONDS],
  [1, "b0", 6 * SECONDS],
  [0, LONG, 900],
  [1, "b1", 3 * SECONDS],
  [1, "b2", 3 * SECONDS],
  [0, "a2", 0],
]

/** What was ever put, or tried to be put, into each box. */
const written = new Map<string, Set<string>>()

beforeEach(() => {
  written.clear()
  const onRequests = Shard.prototype.onRequests
  vi.spyOn(Shard.prototype, "onRequests").mockImplementation(function (this: Shard, requests, rules, now) {
    for (const { operation, box, content } of requests) {
      if (operation !== "write") continue
      const name = toHex(box)
      written.set(name, (written.get(name) ?? new Set()).add(toHex(content)))
    }
    return onRequests.call(this, requests, rules, now)
  })
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Two people get to know each other and write to each other, one of whom may be stopped once. */
async function conversation(who: 0 | 1, crash: Crash | null): Promise<readonly [Mortal, Mortal]> {
  written.clear()
  const network = await SimNetwork.start({ seed: "crash", parameters: { meanDelay: 50, decoySeconds: 15 } })
  const people = [new Mortal(network, "Anna", { crash: who === 0 ? crash : null }), new Mortal(network, "Ben", { crash: who === 1 ? crash : null })] as const
  const [anna, ben] = people
  for (const person of people) {
    await person.open()
    await person.insist(async () => (await person.run("view", {})).profile !== null, () => person.run("create-profile", { name: person.name }))
    await person.insist(async () => (await person.run("view", {})).profile!.speed === "fast", () => person.run("speed", { speed: "fast" }))
  }
  await anna.insist(async () => (await anna.contact()) !== undefined, () => anna.run("invite", { name: "" }))
  await anna.until("code", async () => (await anna.contact())?.state === "waiting", PATIENCE)
  let code = ""
  await anna.until("code", async () => (code = (await anna.contact())?.code ?? "") !== "", PATIENCE)
  await ben.insist(async () => (await ben.contact()) !== undefined, () => ben.run("add", { code, name: "" }))
  await anna.until("answer", async () => (await anna.contact())!.state === "ask", PATIENCE)
  const { id } = (await anna.contact())!
  await anna.insist(async () => (await anna.contact())!.state === "ready", () => anna.run("accept", { contact: id, trust: "met" }))
  await ben.until("way in", async () => (await ben.contact())!.state === "ready", PATIENCE)
  for (const [by, text, pause] of PLAN) {
    const writer = people[by]
    const isThere = async () => (await writer.messages()).some((message) => message.own && message.text === text)
    await writer.insist(isThere, async () => writer.run("send", { conversation: (await writer.contact())!.id, text }))
    await network.clock.run(pause)
  }
  for (const [i, person] of people.entries()) {
    const expected = PLAN.filter(([by]) => by !== i).length
    await person.until("message", async () => (await person.messages()).filter(({ own }) => !own).length >= expected, PATIENCE)
  }
  // Confirmations of the last words would take another minute; those before travelled with them.
  await anna.until("confirmation", async () => (await anna.messages()).filter(({ own, state }) => own && state !== "received").length <= 2, PATIENCE)
  return people
}

/** Nothing lost, nothing twice, nothing that was shown has gone, no box and no step of a ratchet used for two things. */
async function check(people: readonly [Mortal, Mortal]): Promise<void> {
  for (const [i, person] of people.entries()) {
    const there = await person.messages()
    const texts = (own: boolean) => there.filter((message) => message.own === own).map(({ text }) => text)
    const planned = (own: boolean) => PLAN.filter(([by]) => (by === i) === own).map(([, text]) => text)
    expect(texts(false)).toEqual(planned(false))
    expect(texts(true)).toEqual(planned(true))
    expect(there.map(({ problem }) => problem)).toEqual(there.map(() => null))
    const kept = new Map(there.map(({ id, position, text }) => [id, `${position} ${text}`]))
    for (const { id, position, text } of person.shown.values()) expect(kept.get(id)).toBe(`${position} ${text}`)
    expect(person.vanished).toEqual([])
    expect(person.ledger.reused).toEqual([])
    expect(person.ledger.size).toBeGreaterThanOrEqual(planned(true).length)
  }
  expect([...written.values()].filter((contents) => contents.size > 1)).toEqual([])
}

test("wherever an engine is stopped, nothing is lost, shown twice or taken back, and no box and no ratchet step is used twice", { timeout: 7_200_000 }, async () => {
  const undisturbed = await conversation(0, null)
  await check(undisturbed)
  const points: [0 | 1, Crash][] = ([0, 1] as const).flatMap((who) =>
    (["commit", "send"] as const).flatMap((kind) =>
      Array.from({ length: undisturbed[who].counts[kind] }, (_, i) => (["before", "after"] as const).map((moment) => [who, { kind, at: i + 1, moment }] as [0 | 1, Crash])).flat(),
    ),
  )
  expect(points.length).toBeGreaterThan(300)
  // Odd, or only one of the two moments would be met.
  const step = Math.floor(points.length / SAMPLES) | 1
  const [first, every] = CRASHES === "all" ? [0, 1] : (CRASHES?.split(",").map(Number) ?? [Math.floor(Math.random() * step), step])
  for (let i = first!; i < points.length; i += every!) {
    const [who, crash] = points[i]!
    const name = `point ${i} of ${points.length} (CRASHES=${i},${points.length}): ${crash.moment} ${crash.kind} ${crash.at} of ${["Anna", "Ben"][who]}`
    try {
      const people = await conversation(who, crash)
      expect(people[who].hasCrashed).toBe(true)
      await check(people)
    } catch (error) {
      throw new Error(name, { cause: error })
    }
    if (CRASHES !== undefined) console.log(`${name}: well`)
  }
})
