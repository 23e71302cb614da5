import { expect, test } from "vitest"
import type { StoredProfile } from "../../messenger/stored.ts"
import { keys, pack, unpack } from "../../messenger/stored.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const MINUTES = 60_000

/** What is kept under a key, changed behind the messenger's back. */
async function tamper<T extends object>(person: Person, key: string, change: (value: T) => T): Promise<void> {
  await person.messenger.stop()
  await person.network.cut(person.name)
  await person.store.commit([[key, pack(change(unpack<T>((await person.store.get(key))!)))]])
  await person.open(`${person.name} again`)
}

/** A code of the inviter that can be given away. */
async function codeOf(inviter: Person): Promise<{ contact: string; code: string }> {
  const { contact } = await inviter.messenger.run("invite", { name: "" })
  await inviter.network.clock.runUntil(() => inviter.contact(contact)?.state === "waiting", 2 * MINUTES)
  return { contact, code: inviter.contact(contact)!.code! }
}

async function stored(person: Person, conversation: string): Promise<StoredConversation> {
  return unpack<StoredConversation>((await person.store.get(keys.conversation(conversation)))!)
}

test("a guest whose name turns the text around it is not let in", async () => {
  const network = await SimNetwork.start({ seed: "name" })
  const anna = await Person.join(network, "Anna")
  const eve = await Person.join(network, "Eve")
  await tamper<StoredProfile>(eve, keys.profile, (profile) => ({ ...profile, name: "\u202EnneB" }))
  const { contact, code } = await codeOf(anna)
  await eve.messenger.run("add", { code, name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state !== "waiting", 20 * MINUTES)
  expect(anna.contact(contact)).toMatchObject({ state: "failed", problem: "not-genuine", theirName: null })
})

test("who is blocked stays blocked when they come again by another code", async () => {
  const network = await SimNetwork.start({ seed: "blocked again" })
  const anna = await Person.join(network, "Anna")
  const eve = await Person.join(network, "Eve")
  const [first] = await introduce(anna, eve)
  await anna.messenger.run("block", { contact: first, blocked: true })
  const { contact, code } = await codeOf(anna)
  const added = await eve.messenger.run("add", { code, name: "again" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "ask", 20 * MINUTES)
  expect(anna.contact(contact)).toMatchObject({ state: "ask", blocked: true })
  await anna.messenger.run("accept", { contact, trust: "link" })
  await eve.send(added.ok ? added.contact : "", "here I am")
  await network.clock.run(1.5 * MINUTES)
  expect(anna.heard).toEqual([])
  await anna.messenger.run("block", { contact, blocked: false })
  expect((await anna.contacts()).map(({ blocked }) => blocked)).toEqual([false, false])
})

test("a blocked sender is confirmed nothing, neither with a message nor after a restart, and their keys move on", async () => {
  const network = await SimNetwork.start({ seed: "unconfirmed", parameters: { meanDelay: 50 } })
  const anna = await Person.join(network, "Anna")
  const eve = await Person.join(network, "Eve")
  const [annaEve, eveAnna] = await introduce(anna, eve)
  await anna.messenger.run("block", { contact: annaEve, blocked: true })
  const before = await stored(anna, annaEve)
  const sent = await eve.send(eveAnna, "did you get this?")
  await network.clock.run(MINUTES / 2)
  const after = await stored(anna, annaEve)
  expect(after.readers[0]!.at.index).toBeGreaterThan(before.readers[0]!.at.index)
  // The key of the message that nobody saw is used up: the state before would open it again.
  expect(after.mls).not.toEqual(before.mls)
  await anna.send(annaEve, "leave me alone")
  expect(await network.clock.runUntil(() => eve.heard.length === 1, MINUTES)).toBe(true)
  await tamper<StoredConversation>(anna, keys.conversation(annaEve), (conversation) => conversation)
  await network.clock.run(1.5 * MINUTES)
  expect(eve.state(sent)).toBe("dropbox")
  expect(anna.heard).toEqual([])
})
