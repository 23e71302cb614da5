import { CLIENT_PACKET_FRAME_LENGTH } from "../../shared/geometry.ts"
import { afterEach, expect, test, vi } from "vitest"
import { Writes } from "../../messenger/writes.ts"
import { introduce, Person } from "../sim/person.ts"
import type { Passing } from "../sim/sim-network.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const PACKET_FRAME = CLIENT_PACKET_FRAME_LENGTH
/** A packet is built so many ms before it leaves. */
const LEAD = 250

afterEach(() => {
  vi.restoreAllMocks()
})

/** When packets left Anna's device over some minutes, during which she wrote `count` messages. */
async function departures(count: number): Promise<number[]> {
  const passings: Passing[] = []
  const network = await SimNetwork.start({ seed: "clock", record: (passing) => passings.push(passing) })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const start = network.clock.now()
  for (let i = 0; i < count; i++) {
    await anna.send(annaBen, `message ${i} ${"long ".repeat(20 * (i % 7))}`)
    await network.clock.run(1000)
  }
  await network.clock.run(start + 200_000 - network.clock.now())
  expect(ben.heard.length).toBe(count)
  return passings.filter(({ from, bytes }) => from === "Anna" && bytes.length === PACKET_FRAME).map(({ time }) => time)
}

test("the times at which packets leave are the same, whether nothing or a hundred messages are written", async () => {
  const quiet = await departures(0)
  const busy = await departures(100)
  expect(quiet.length).toBeGreaterThan(150)
  expect(busy).toEqual(quiet)
})

test("everything a client sends after its greeting is one packet of one size", async () => {
  const sizes = new Map<number, number>()
  const network = await SimNetwork.start({
    seed: "sizes",
    record: ({ from, bytes }) => {
      if (from === "Anna") sizes.set(bytes.length, (sizes.get(bytes.length) ?? 0) + 1)
    },
  })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  await anna.send(annaBen, "a text of several boxes ".repeat(600))
  await network.clock.runUntil(() => ben.heard.length === 1, 300_000)
  expect(ben.heard.length).toBe(1)
  // The greeting: type, version and secret.
  expect([...sizes.keys()].sort((a, b) => a - b)).toEqual([34, PACKET_FRAME])
  expect(sizes.get(34)).toBe(1)
})

test("stamps are worked on only while no other packet waits to leave: how long that takes moves none", async () => {
  const left: number[] = []
  const network = await SimNetwork.start({
    seed: "work",
    parameters: { decoySeconds: 10 },
    record: ({ time, from, bytes }) => {
      if (from === "Anna" && bytes.length === PACKET_FRAME) left.push(time)
    },
  })
  const worked: number[] = []
  const work = Writes.prototype.work
  vi.spyOn(Writes.prototype, "work").mockImplementation(function (this: Writes, tries) {
    worked.push(network.clock.now())
    return work.call(this, tries)
  })
  await Person.join(network, "Anna")
  await network.clock.run(120_000)
  const soon = worked.map((at) => left.filter((time) => time > at && time < at + LEAD - 1).length)
  expect(worked.length).toBeGreaterThan(60)
  expect(soon.filter((count) => count > 0)).toEqual([])
  // Some slots lie so near to each other.
  expect(worked.length).toBeLessThan(left.length - 5)
})
