import { afterEach, expect, test, vi } from "vitest"
import { Places } from "../../messenger/places.ts"
import { keys } from "../../messenger/stored.ts"
import { Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const MINUTES = 60_000

afterEach(() => {
  vi.restoreAllMocks()
})

/** From here on directories list one dropbox only; invitations are found where they lie all the same. */
function loseOneDropbox(): void {
  const list = Places.prototype.list
  vi.spyOn(Places.prototype, "list").mockImplementation(function (this: Places) {
    return list.call(this).slice(0, 1)
  })
  vi.spyOn(Places.prototype, "current").mockImplementation(function (this: Places, box) {
    return this.among(box, list.call(this))
  })
}

async function restart(person: Person, seed: string): Promise<void> {
  await person.messenger.stop()
  await person.network.cut(person.name)
  await person.open(seed)
}

/** Ben has answered, while the inviter was away. */
async function answered(seed: string) {
  const network = await SimNetwork.start({ seed, parameters: { meanDelay: 50 } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const { contact } = await anna.messenger.run("invite", { name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "waiting", MINUTES)
  const { code } = anna.contact(contact)!
  await anna.messenger.stop()
  await network.cut("Anna")
  const added = await ben.messenger.run("add", { code: code!, name: "" })
  const id = added.ok ? added.contact : ""
  await network.clock.runUntil(() => ben.contact(id)?.state === "answered", 2 * MINUTES)
  return { network, anna, ben, contact, id }
}

test("a conversation lies where its guest placed it, though the inviter's directory has changed since", async () => {
  const { network, anna, ben, contact, id } = await answered("placed")
  loseOneDropbox()
  await anna.open("Anna again")
  await network.clock.runUntil(() => anna.contact(contact)?.state === "ask", 2 * MINUTES)
  await anna.messenger.run("accept", { contact, trust: "met" })
  for (let i = 0; i < 5; i++) {
    await ben.send(id, `${i}`)
    await network.clock.run(5000)
  }
  await network.clock.runUntil(() => anna.heard.length === 5, 2 * MINUTES)
  expect(anna.heard).toEqual(["0", "1", "2", "3", "4"])
})

test("an answer that names dropboxes not yet known is taken when they are", async () => {
  const { network, anna, contact } = await answered("newer")
  for (const [key] of await anna.store.list(keys.placements)) await anna.store.commit([[key, null]])
  loseOneDropbox()
  await anna.open("Anna again")
  await network.clock.run(MINUTES)
  expect((await anna.contacts()).map(({ state }) => state)).toEqual(["waiting"])
  vi.restoreAllMocks()
  await restart(anna, "Anna with a new directory")
  expect(await network.clock.runUntil(() => anna.contact(contact)?.state === "ask", 2 * MINUTES)).toBe(true)
})
