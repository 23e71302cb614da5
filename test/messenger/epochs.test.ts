import { expect, test } from "vitest"
import { exponential } from "../../shared/random.ts"
import { introduce, Person } from "../sim/person.ts"
import type { SimOptions } from "../sim/sim-network.ts"
import { seeded, SimNetwork } from "../sim/sim-network.ts"

const SECONDS = 1000
const MINUTES = 60 * SECONDS
const NOON = Date.UTC(2026, 10, 20, 12)

interface Talk {
  readonly network: SimNetwork
  readonly anna: Person
  readonly ben: Person
  readonly ids: readonly [string, string]
}

async function two(options: SimOptions, skews: readonly [number, number] = [0, 0]): Promise<Talk> {
  const network = await SimNetwork.start({ ...options, parameters: { meanDelay: 50, ...options.parameters } })
  const anna = await Person.join(network, "Anna", "fast", skews[0])
  const ben = await Person.join(network, "Ben", "fast", skews[1])
  return { network, anna, ben, ids: await introduce(anna, ben) }
}

/** Both write now and then for so long, and everything arrives once and in order. */
async function talk({ network, anna, ben, ids }: Talk, duration: number, gap: number): Promise<void> {
  const random = seeded("talk")
  const [before, beforeAnna] = [ben.heard.length, anna.heard.length]
  const [toBen, toAnna]: [string[], string[]] = [[], []]
  for (const end = network.clock.now() + duration; network.clock.now() < end; ) {
    toBen.push(`a ${toBen.length}`)
    await anna.send(ids[0], toBen.at(-1)!)
    await network.clock.run(exponential(random, gap))
    toAnna.push(`b ${toAnna.length}`)
    await ben.send(ids[1], toAnna.at(-1)!)
    await network.clock.run(exponential(random, gap))
  }
  const done = () => ben.heard.length === before + toBen.length && anna.heard.length === beforeAnna + toAnna.length
  expect(await network.clock.runUntil(done, 20 * MINUTES)).toBe(true)
  await network.clock.run(30 * SECONDS)
  expect([ben.heard.slice(before), anna.heard.slice(beforeAnna)]).toEqual([toBen, toAnna])
}

/** Virtual time costs a packet every fifteen seconds only. */
async function slow({ anna, ben }: Talk): Promise<void> {
  for (const person of [anna, ben]) await person.messenger.run("speed", { speed: "saver" })
}

const lost = async ({ anna, ben }: Talk) => (await Promise.all([anna, ben].map(({ messenger }) => messenger.run("view", {})))).map(({ network }) => network.lost)

test("fifty key epochs pass under traffic: no message is lost, none comes twice, and no node refuses anything", async () => {
  const people = await two({ seed: "fifty epochs", parameters: { keyEpochSeconds: 120, documentSeconds: 120 } })
  await slow(people)
  const begun = people.network.epoch
  await talk(people, 50 * 120 * SECONDS, 180 * SECONDS)
  expect(people.network.epoch - begun).toBeGreaterThanOrEqual(50)
  expect(people.network.refused).toEqual({})
  expect(await lost(people)).toEqual([0, 0])
}, 900_000)

test("without a document for two key epochs everything goes on", async () => {
  const people = await two({ seed: "no document", parameters: { keyEpochSeconds: 300, documentSeconds: 300 } })
  await slow(people)
  people.network.down.add("authority")
  const { epoch } = people.network
  await talk(people, 11 * MINUTES, 120 * SECONDS)
  expect(people.network.epoch).toBe(epoch)
  people.network.down.delete("authority")
  await talk(people, 6 * MINUTES, 120 * SECONDS)
  expect(people.network.epoch).toBeGreaterThan(epoch)
  expect(people.network.refused).toEqual({})
})

// Over the change of the hour, and with it of the key epoch.
const BEFORE_ONE = NOON + 50 * MINUTES

test.each([
  ["slow", -10 * MINUTES],
  ["fast", 10 * MINUTES],
])("a clock that is ten minutes %s does no harm, and its owner is told", async (_, skew) => {
  const people = await two({ seed: `clock ${skew}`, start: BEFORE_ONE }, [skew, 0])
  await slow(people)
  await talk(people, 16 * MINUTES, 120 * SECONDS)
  const [anna, ben] = await Promise.all([people.anna, people.ben].map(async ({ messenger }) => (await messenger.run("view", {})).network))
  expect(Math.abs(anna!.clockOff! - skew / 1000)).toBeLessThan(2)
  expect(ben!.clockOff).toBeNull()
  expect(people.network.refused).toEqual({})
})

test.each([
  ["slow", -10 * MINUTES],
  ["fast", 10 * MINUTES],
])("nodes whose clocks are ten minutes %s do no harm", async (_, skew) => {
  const people = await two({ seed: `nodes ${skew}`, start: BEFORE_ONE, skew: { mix1a: skew, mix2a: skew, "dropbox-b": skew } })
  await slow(people)
  await talk(people, 16 * MINUTES, 120 * SECONDS)
  expect(people.network.refused).toEqual({})
})
