import { beforeAll, beforeEach, expect, test } from "vitest"
import { makeStatement } from "../../messenger/statement.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { seeded } from "../sim/sim-network.ts"
import type { Beginning } from "./victim.ts"
import { begin, Victim } from "./victim.ts"

const random = seeded("identity")
const later = { secret: random(32) }
const key = publicEd25519(later.secret)
let beginning: Beginning
let anna: Victim

beforeAll(async () => {
  beginning = await begin("identity")
}, 900_000)

beforeEach(async () => {
  anna = await Victim.start(beginning)
})

const view = async (contact: string) => (await anna.run("view", {})).contacts.find(({ id }) => id === contact)!
const stopped = async (contact: string) => (await anna.run("view", {})).conversations.find(({ id }) => id === contact)!.stopped
const others = (contact: string, identity: Uint8Array) => {
  const { stream } = anna.engine.conversations.get(contact)!.stored.readers[0]!
  return [{ identity, stream }]
}

function state(from = beginning.secrets.eve, to = later.secret, revoked: readonly Uint8Array[] = []): void {
  const bytes = makeStatement({ from: publicEd25519(from), to: publicEd25519(to), revoked }, { from, to }, anna.now)
  anna.eve.records({ type: "statement", bytes })
}

test("a contact that states another identity key is shown as changed; until that is accepted nothing is sent and nothing read, and nothing is lost", async () => {
  const { eve, ben } = anna
  const before = await view(eve.contact)
  expect(before).toMatchObject({ trust: "compared", identityChange: null })
  state()
  eve.records(await eve.text("it is me"))
  ben.records(await ben.text("honest"))
  await anna.read()
  const changed = await view(eve.contact)
  expect(changed).toMatchObject({ trust: "changed", safetyNumber: before.safetyNumber, identityChange: { signed: true } })
  expect(changed.identityChange!.safetyNumber).not.toBe(before.safetyNumber)
  expect([await stopped(eve.contact), await stopped(ben.contact)]).toEqual(["identity", null])
  expect([await anna.texts(eve.contact), await anna.texts(ben.contact)]).toEqual([[], ["honest"]])
  await anna.run("send", { conversation: eve.contact, text: "who are you?" })
  expect(await anna.seal()).not.toContain(eve.contact)
  await expect(anna.run("trust-contact", { contact: eve.contact, trust: "compared" })).rejects.toThrow("accepted first")
  await anna.restart()
  expect(await view(eve.contact)).toMatchObject({ trust: "changed", identityChange: { signed: true } })
  expect(await anna.seal()).not.toContain(eve.contact)

  // What the user had in sight was the number of before.
  await expect(anna.run("accept-identity", { contact: eve.contact, compared: true, safetyNumber: changed.safetyNumber! })).rejects.toThrow("another one by now")
  expect((await view(eve.contact)).identityChange).not.toBe(null)
  await anna.run("accept-identity", { contact: eve.contact, compared: false, safetyNumber: changed.identityChange!.safetyNumber })
  await anna.read()
  expect(await anna.texts(eve.contact)).toEqual(["it is me"])
  expect(await anna.seal()).toContain(eve.contact)
  expect(await view(eve.contact)).toMatchObject({ trust: "changed", identityChange: null, safetyNumber: changed.identityChange!.safetyNumber })
  expect(await stopped(eve.contact)).toBe(null)
  await expect(anna.run("trust-contact", { contact: eve.contact, trust: "compared", safetyNumber: changed.safetyNumber! })).rejects.toThrow("another one by now")
  await anna.run("trust-contact", { contact: eve.contact, trust: "compared", safetyNumber: changed.identityChange!.safetyNumber })
  expect((await view(eve.contact)).trust).toBe("compared")
})

test("who has compared the new number is told nothing of a change any more; who blocks reads nothing, and sends nothing to the new key", async () => {
  const { eve } = anna
  state()
  await anna.read()
  await anna.run("block", { contact: eve.contact, blocked: true })
  eve.records(await eve.text("unseen"))
  await anna.read()
  expect(await anna.texts(eve.contact)).toEqual([])
  await anna.run("send", { conversation: eve.contact, text: "never" })
  expect(await anna.seal()).not.toContain(eve.contact)
  await anna.run("accept-identity", { contact: eve.contact, compared: true })
  expect(await view(eve.contact)).toMatchObject({ trust: "compared", identityChange: null, blocked: true })
})

test.each([
  ["of somebody else's key", random(32)],
  ["that comes again after it was followed", null],
])("a statement %s changes nothing, and is kept out", async (_, secret) => {
  const { eve } = anna
  if (secret === null) {
    state()
    await anna.read()
    await anna.run("accept-identity", { contact: eve.contact, compared: true })
    state(later.secret, beginning.secrets.eve)
  }
  state(secret ?? undefined)
  await anna.read()
  expect(await view(eve.contact)).toMatchObject({ trust: "compared", identityChange: null })
  expect(await anna.kept(eve.contact)).toEqual({ malformed: secret === null ? 2 : 1 })
})

test("a member with another identity than the contact's is a change that nobody has signed, and none where it is theirs", async () => {
  const { eve } = anna
  const { identities } = anna.engine.contacts
  const old = publicEd25519(beginning.secrets.eve)
  identities.check(eve.contact, others(eve.contact, old))
  expect((await view(eve.contact)).identityChange).toBe(null)
  identities.check(eve.contact, others(eve.contact, key))
  expect(await view(eve.contact)).toMatchObject({ trust: "changed", identityChange: { signed: false } })
  await anna.run("accept-identity", { contact: eve.contact, compared: true })
  // The leaf of before may stand until it is renewed; a new one of the old key is a change.
  identities.check(eve.contact, others(eve.contact, old))
  expect((await view(eve.contact)).identityChange).toBe(null)
  identities.check(eve.contact, [{ identity: old, stream: random(32) }])
  expect(await view(eve.contact)).toMatchObject({ trust: "changed", identityChange: { signed: false } })
})

test("what a device writes that its owner has said is theirs no more is dropped and counted, also after the new key was accepted; nothing is sent to it", async () => {
  const { eve, ben } = anna
  const { device } = anna.engine.conversations.get(eve.contact)!.stored.readers[0]!
  eve.records(await eve.text("before"))
  state(undefined, undefined, [device])
  eve.records(await eve.text("from whoever has the device"))
  ben.records(await ben.text("honest"))
  await anna.read()
  await anna.run("accept-identity", { contact: eve.contact, compared: true })
  await anna.restart()
  await anna.read()
  expect([await anna.texts(eve.contact), await anna.texts(ben.contact)]).toEqual([["before"], ["honest"]])
  expect(await anna.kept(eve.contact)).toEqual({ revoked: 1 })
  await anna.run("send", { conversation: eve.contact, text: "never" })
  expect(await anna.seal()).not.toContain(eve.contact)
  expect([await stopped(eve.contact), await stopped(ben.contact)]).toEqual(["identity", null])
})
