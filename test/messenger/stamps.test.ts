import { expect, test } from "vitest"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { introduce, Person } from "../sim/person.ts"
import type { SimOptions } from "../sim/sim-network.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const SECONDS = 1000
const MINUTES = 60 * SECONDS

async function two(options: SimOptions) {
  const network = await SimNetwork.start({ ...options, parameters: { meanDelay: 50, ...options.parameters } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  return { network, anna, ben, annaBen }
}

test("at the price that networks ask for by default messages arrive within seconds, over the change of the hour, too", async () => {
  const { stampBits } = defaultParameters
  const { network, anna, ben, annaBen } = await two({ seed: "real price", start: Date.UTC(2026, 10, 20, 12, 58), parameters: { stampBits } })
  for (let i = 0; network.clock.now() < Date.UTC(2026, 10, 20, 13, 1); i++) {
    await anna.send(annaBen, `${i}`)
    expect(await network.clock.runUntil(() => ben.heard.length === i + 1, MINUTES)).toBe(true)
    await network.clock.run(10 * SECONDS)
  }
  expect(ben.heard.length).toBeGreaterThan(5)
})

test("a dropbox that is full is told of, and the other has the message", async () => {
  const { network, anna, ben, annaBen } = await two({ seed: "full dropbox", parameters: { meanHold: 60, maxHold: 300 } })
  network.room.set("dropbox-b", 1)
  await network.restart("dropbox-b")
  await ben.messenger.stop()
  await network.cut("Ben")
  const sent = [await anna.send(annaBen, "one"), await anna.send(annaBen, "two")]
  await network.clock.run(2 * MINUTES)
  for (const id of sent) {
    const { message } = await anna.messenger.run("message", { message: id })
    expect(message).toMatchObject({ state: "dropbox", replicas: { stored: 1, of: 2 }, problem: "no-room" })
  }
  await ben.open("Ben again")
  expect(await network.clock.runUntil(() => ben.heard.length === 2, 5 * MINUTES)).toBe(true)
  expect(await network.clock.runUntil(() => anna.state(sent[1]!) === "received", 5 * MINUTES)).toBe(true)
  expect((await anna.messenger.run("message", { message: sent[0]! })).message?.problem).toBeNull()
})
