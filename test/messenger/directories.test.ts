import { expect, test } from "vitest"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const SECONDS = 1000
const MINUTES = 60 * SECONDS
const FAST = { meanDelay: 50 }

const differs = async (person: Person) => (await person.contacts()).map(({ otherDirectory }) => otherDirectory?.epoch ?? null)
const network = async (person: Person) => (await person.messenger.run("view", {})).network

async function restart(person: Person): Promise<void> {
  await person.messenger.stop()
  await person.network.cut(person.name)
  await person.open(`${person.name} again`)
}

test("two people who were shown different networks are both told, and it is not forgotten", async () => {
  const sim = await SimNetwork.start({ seed: "two networks", parameters: FAST })
  const anna = await Person.join(sim, "Anna")
  const another = sim.another()
  sim.shown.set("Ben", another)
  const ben = await Person.join(sim, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)
  const { directoryEpoch } = await network(anna)
  expect((await network(ben)).directoryEpoch).toBe(directoryEpoch)
  await anna.send(annaBen, "hello")
  await ben.send(benAnna, "hello")
  expect(await sim.clock.runUntil(() => anna.heard.length === 1 && ben.heard.length === 1, 2 * MINUTES)).toBe(true)
  expect([await differs(anna), await differs(ben)]).toEqual([[directoryEpoch], [directoryEpoch]])
  await restart(anna)
  expect(await differs(anna)).toEqual([directoryEpoch])
  // What was told is an event, too.
  expect(ben.contact(benAnna)?.otherDirectory?.epoch).toBe(directoryEpoch)
})

test("people who use the same network are told nothing, though one of them learns of an epoch later than the other", async () => {
  const sim = await SimNetwork.start({ seed: "same network", parameters: { ...FAST, documentSeconds: 60 } })
  const anna = await Person.join(sim, "Anna")
  const ben = await Person.join(sim, "Ben")
  const [annaBen] = await introduce(anna, ben)
  for (let i = 0; i < 6; i++) {
    await anna.send(annaBen, `${i}`)
    await sim.clock.run(20 * SECONDS)
  }
  expect(await sim.clock.runUntil(() => ben.heard.length === 6, MINUTES)).toBe(true)
  expect([await differs(anna), await differs(ben)]).toEqual([[null], [null]])
  expect((await network(ben)).warning).toBeNull()
})

test("what a contact said of an epoch is compared when that epoch is learnt", async () => {
  const sim = await SimNetwork.start({ seed: "later", parameters: { ...FAST, documentSeconds: 60 } })
  const anna = await Person.join(sim, "Anna")
  // Documents come each minute, and so do Ben's questions: half a minute behind them.
  await sim.clock.run(30 * SECONDS)
  const ben = await Person.join(sim, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const before = sim.epoch
  expect(await sim.clock.runUntil(() => sim.epoch > before, 3 * MINUTES)).toBe(true)
  // Anna alone is shown another document of the epoch that has just begun.
  sim.shown.set("Anna", sim.another())
  await restart(anna)
  await sim.clock.run(SECONDS)
  const { directoryEpoch } = await network(anna)
  expect(directoryEpoch).toBe(sim.epoch)
  if ((await network(ben)).directoryEpoch === directoryEpoch) throw new Error("Ben has the document already")
  await anna.send(annaBen, "from another network")
  expect(await sim.clock.runUntil(() => ben.heard.length === 1, 30 * SECONDS)).toBe(true)
  expect(await differs(ben)).toEqual([null])
  await restart(ben)
  expect(await sim.clock.runUntil(() => ben.contact(ben.events.findLast((event) => event.type === "contact")!.contact.id)?.otherDirectory?.epoch === directoryEpoch, 3 * MINUTES)).toBe(true)
  expect(await differs(ben)).toEqual([directoryEpoch])
})

test("a second document of the epoch in use is not taken up, but shown as what it is, also after a restart", async () => {
  const sim = await SimNetwork.start({ seed: "second document", parameters: FAST })
  const anna = await Person.join(sim, "Anna")
  await sim.clock.run(5 * SECONDS)
  expect((await network(anna)).warning).toBeNull()
  const first = await anna.store.get("directory")
  sim.shown.set("Anna", sim.another())
  await sim.cut("Anna")
  sim.down.add("mix1a").add("mix1b")
  await sim.clock.run(20 * SECONDS)
  expect((await network(anna)).warning).toBe("two-directories")
  expect(await anna.store.get("directory")).toEqual(first)
  await restart(anna)
  expect((await network(anna)).warning).toBe("two-directories")
})

test("with one of three authorities dead people meet and write as ever, and the directory goes on", async () => {
  const sim = await SimNetwork.start({ seed: "three authorities", authorities: 3, threshold: 2, parameters: { ...FAST, documentSeconds: 120 } })
  const begun = sim.epoch
  sim.down.add("authority-0")
  const anna = await Person.join(sim, "Anna")
  const ben = await Person.join(sim, "Ben")
  const [annaBen] = await introduce(anna, ben)
  await sim.clock.runUntil(() => sim.epoch >= begun + 2, 6 * MINUTES)
  await anna.send(annaBen, "signed by two")
  expect(await sim.clock.runUntil(() => ben.heard.length === 1, MINUTES)).toBe(true)
  expect(sim.epoch).toBeGreaterThan(begun)
  expect((await network(anna)).directoryEpoch).toBeGreaterThan(begun)
  expect([await differs(anna), await differs(ben)]).toEqual([[null], [null]])
})
