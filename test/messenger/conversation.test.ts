import { expect, test } from "vitest"
import { introduce, Person } from "../sim/person.ts"
import { platformX25519, SimNetwork } from "../sim/sim-network.ts"

test("two people who exchanged a code write to each other through three mixes and a dropbox", async () => {
  const network = await SimNetwork.start({ x25519: platformX25519, seed: "two" })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)

  const hello = await anna.send(annaBen, "Hello Ben")
  expect(await network.clock.runUntil(() => ben.heard.length === 1, 60_000)).toBe(true)
  expect(ben.heard).toEqual(["Hello Ben"])
  await ben.send(benAnna, "Hello Anna")
  expect(await network.clock.runUntil(() => anna.heard.length === 1 && anna.state(hello) === "received", 120_000)).toBe(true)
  expect(anna.heard).toEqual(["Hello Anna"])

  const [shown] = await anna.messages(annaBen)
  expect(shown!.journey!.out.map(({ layer }) => layer)).toEqual([1, 2, 3, 0])
  expect(shown!.journey!.back.map(({ layer }) => layer)).toEqual([1, 2, 3, 1])
})
