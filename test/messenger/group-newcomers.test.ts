import { beforeAll, expect, test } from "vitest"
import type { ParcelKind } from "../../messenger/content/parcels.ts"
import { Post } from "../../messenger/groups/post.ts"
import { encodeIntroduction, markOf } from "../../messenger/introductions/parcel.ts"
import { keys } from "../../messenger/stored.ts"
import type { Sitter } from "../sim/desk.ts"
import { GroupDesk, heardIn, receiptsOf, standingOf } from "../sim/group-desk.ts"

const MINUTES = 60_000

/** Four people, of whom the first has all others as contacts. */
let four: GroupDesk

beforeAll(async () => {
  four = await GroupDesk.start("newcomers", ["Anna", "Ben", "Carol", "Dan"])
}, 900_000)

type Four = readonly [Sitter, Sitter, Sitter, Sitter]

test("what a member has not confirmed yet is kept for them, and not said to whoever came meanwhile", async () => {
  const group = await four.again()
  const { desk, people, own } = group
  const [anna, ben, carol, dan] = people as Four
  const conversation = await group.found("Walkers", [1, 2])
  // Who was never heard in a group is not waited for.
  for (const one of [ben, carol]) await one.send(conversation, "here")
  for (let i = 0; i < 30 && (await heardIn(anna, conversation)).length < 2; i++) await desk.run(MINUTES)
  await group.agree(conversation, [anna, ben, carol])
  carol.present = false
  const message = await anna.send(conversation, "before Dan")
  const received = async () => (await receiptsOf(anna, message)).map(({ name, received: has }) => `${name} ${has}`).join()
  for (let i = 0; i < 90 && (await received()) !== "Ben true,Carol false"; i++) await desk.run(2 * MINUTES)
  expect(await received()).toBe("Ben true,Carol false")
  await anna.run("group-invite", { conversation, contacts: [own[3]!] })
  await group.settle([dan], conversation, "invited")
  await dan.run("group-accept", { conversation })
  await anna.send(conversation, "with Dan")
  const reads = async (one: Sitter, text: string) => {
    for (let i = 0; i < 30 && !(await heardIn(one, conversation)).includes(text); i++) await desk.run(2 * MINUTES)
    return (await heardIn(one, conversation)).filter((some) => some.endsWith("Dan"))
  }
  expect(await reads(dan, "with Dan")).toEqual(["with Dan"])
  await carol.open()
  expect(await reads(carol, "with Dan")).toEqual(["before Dan", "with Dan"])
  await desk.run(30 * MINUTES)
  expect(await heardIn(dan, conversation)).toEqual(["with Dan"])
  expect((await dan.run("quarantine", {})).lines).toEqual([])
  // He is none of those to whom it went, also when nothing is kept of it any more.
  for (let i = 0; i < 60 && (await received()) !== "Ben true,Carol true"; i++) await desk.run(2 * MINUTES)
  expect([anna.engine.conversations.get(conversation)!.outgoing.size, await received()]).toEqual([0, "Ben true,Carol true"])
})

test("what all have confirmed who are waited for is received, and not by a member who was never heard", async () => {
  const group = await four.again()
  const { desk, people } = group
  const [anna, ben, carol] = people as Four
  const conversation = await group.found("Walkers", [1, 2])
  carol.present = false
  await ben.send(conversation, "here")
  for (let i = 0; i < 30 && (await heardIn(anna, conversation)).length < 1; i++) await desk.run(MINUTES)
  const message = await anna.send(conversation, "good evening")
  const state = async () => (await anna.run("message", { message })).message!.state
  for (let i = 0; i < 60 && (await state()) !== "received"; i++) await desk.run(2 * MINUTES)
  const received = async () => (await receiptsOf(anna, message)).map(({ name, received: has }) => `${name} ${has}`).join()
  expect([await state(), await received()]).toEqual(["received", "Ben true,Carol false"])
  await carol.open()
  for (let i = 0; i < 60 && (await received()) !== "Ben true,Carol true"; i++) await desk.run(2 * MINUTES)
  expect(await received()).toBe("Ben true,Carol true")
})

test("a KeyPackage lets somebody into one group: the next takes another, and an invitation by one that was used is none", async () => {
  const group = await four.again()
  const { desk, people, own } = group
  const [anna, , , dan] = people as Four
  const key = keys.packages(own[3]!)
  const unused = (await anna.store.get(key))!
  const found = async (name: string) => (await anna.run("group-new", { name, members: [own[3]!] })).conversation
  const [first, second] = [await found("First"), await found("Second")]
  for (const one of [first, second]) await group.settle([dan], one, "invited")
  // As if Anna had her KeyPackages of before once more.
  await anna.store.commit([[key, unused]])
  const again = await found("Again")
  const refused = async () => (await dan.run("quarantine", {})).lines.reduce((sum, { count }) => sum + count, 0)
  for (let i = 0; i < 60 && (await refused()) === 0; i++) await desk.run(2 * MINUTES)
  expect([standingOf(dan, again), await refused()]).toEqual(["nothing", 1])
  expect([first, second].map((one) => standingOf(dan, one))).toEqual(["invited", "invited"])
})

test("who is in a group with somebody is let in by that to nothing else: what only contacts may say comes to nothing", async () => {
  const group = await four.again()
  const { desk, people } = group
  const [anna, ben, carol] = people as Four
  const conversation = await group.found("Walkers", [1, 2])
  await group.agree(conversation, [anna, ben, carol])
  const talk = ben.engine.conversations.get(conversation)!
  const { identityPublic } = ben.engine.profile
  const id = desk.random(16)
  const packages = (await ben.store.list("packages/"))[0]![1]
  const said: readonly (readonly [ParcelKind, Uint8Array])[] = [
    ["introduction", encodeIntroduction({ step: "offer", id, isHost: true, mark: markOf(id, identityPublic), name: "Ben" })],
    ["keypackages", packages],
    ["invitation", desk.random(200)],
    ["plea", new Uint8Array([1, ...talk.stored.groupId])],
  ]
  for (const [kind, bytes] of said) await new Post(ben.engine.conversations).send(talk, kind, bytes)
  await ben.settle()
  const refused = async () => (await carol.run("quarantine", {})).lines.map(({ contact, reason, count }) => [contact, reason, count])
  for (let i = 0; i < 60 && (await refused())[0]?.[2] !== said.length; i++) await desk.run(MINUTES)
  expect(await refused()).toEqual([[conversation, "malformed", said.length]])
  expect([(await carol.run("introductions", {})).introductions, carol.engine.contacts.all().map(({ name }) => name)]).toEqual([[], ["Anna"]])
  expect([...carol.engine.conversations.talks.keys()].length).toBe(2)
  // And in the group itself they are heard as before.
  await ben.send(conversation, "good evening")
  for (let i = 0; i < 30 && (await heardIn(carol, conversation)).length === 0; i++) await desk.run(MINUTES)
  expect(await heardIn(carol, conversation)).toEqual(["good evening"])
})
