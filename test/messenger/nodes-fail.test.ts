import { expect, test } from "vitest"
import { below, exponential } from "../../shared/random.ts"
import { introduce, Person } from "../sim/person.ts"
import { seeded, SimNetwork } from "../sim/sim-network.ts"

const SECONDS = 1000
const MINUTES = 60 * SECONDS

async function two(seed: string, parameters = {}) {
  const network = await SimNetwork.start({ seed, parameters: { meanDelay: 50, ...parameters } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)
  return { network, anna, ben, annaBen, benAnna }
}

async function replicas(person: Person, message: string) {
  const { message: found } = await person.messenger.run("message", { message })
  return [found?.state, found?.replicas?.stored, found?.replicas?.of]
}

test("a message lies in the one dropbox, then in both", async () => {
  const { network, anna, ben, annaBen } = await two("two replicas")
  // Nobody confirms: what is confirmed has no dropbox to be in any more.
  await ben.messenger.stop()
  await network.cut("Ben")
  const sent = await anna.send(annaBen, "to both")
  const seen = new Set<string>()
  anna.messenger.subscribe((event) => {
    if (event.type === "message" && event.message.replicas !== null) seen.add(`${event.message.state} ${event.message.replicas.stored} of ${event.message.replicas.of}`)
  })
  await network.clock.run(30 * SECONDS)
  expect(await replicas(anna, sent)).toEqual(["dropbox", 2, 2])
  expect([...seen]).toEqual(["dropbox 1 of 2", "dropbox 2 of 2"])
})

test.each(["dropbox-a", "dropbox-b"])("with %s dead for long messages arrive, and all is well when it is back", async (name) => {
  const { network, anna, ben, annaBen, benAnna } = await two(`dead ${name}`)
  network.down.add(name)
  for (let i = 0; i < 4; i++) {
    await anna.send(annaBen, `a ${i}`)
    await ben.send(benAnna, `b ${i}`)
    await network.clock.run(15 * SECONDS)
  }
  expect(await network.clock.runUntil(() => anna.heard.length === 4 && ben.heard.length === 4, MINUTES)).toBe(true)
  // The other side is not there to confirm, so what it is sent waits for the dropbox that is down.
  await ben.messenger.stop()
  await network.cut("Ben")
  const late = await anna.send(annaBen, "a 4")
  await network.clock.run(MINUTES)
  expect(await replicas(anna, late)).toEqual(["dropbox", 1, 2])
  network.down.delete(name)
  await network.restart(name)
  expect(await network.clock.runUntil(() => anna.replicas(late) === "2 of 2", 5 * MINUTES)).toBe(true)
  await ben.open("Ben again")
  expect(await network.clock.runUntil(() => ben.heard.length === 5 && anna.state(late) === "received", 10 * MINUTES)).toBe(true)
  expect(ben.heard).toEqual([0, 1, 2, 3, 4].map((i) => `a ${i}`))
})

test("nodes that are killed and started again at random lose no message, and none comes twice", async () => {
  const { network, anna, ben, annaBen, benAnna } = await two("killed")
  const random = seeded("killer")
  const [toBen, toAnna]: [string[], string[]] = [[], []]
  for (let i = 0; i < 20; i++) {
    await network.restart(network.names[below(random, network.names.length)]!, 500 + exponential(random, 2000))
    toBen.push(`a ${i}`)
    toAnna.push(`b ${i}`)
    await anna.send(annaBen, `a ${i}`)
    await network.clock.run(exponential(random, 5000))
    await ben.send(benAnna, `b ${i}`)
    await network.clock.run(exponential(random, 5000))
  }
  // Held reads that dropboxes forgot are repeated at their deadlines.
  expect(await network.clock.runUntil(() => anna.heard.length === 20 && ben.heard.length === 20, 40 * MINUTES)).toBe(true)
  await network.clock.run(10 * SECONDS)
  expect([ben.heard, anna.heard]).toEqual([toBen, toAnna])
})
