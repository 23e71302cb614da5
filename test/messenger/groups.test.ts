import { beforeAll, expect, test } from "vitest"
import { CommandError } from "../../messenger/api.ts"
import { unpack } from "../../messenger/stored.ts"
import { toHex } from "../../shared/bytes.ts"
import type { Sitter } from "../sim/desk.ts"
import { GroupDesk, heardIn, linesIn, membersOf, receiptsOf, roomOf, standingOf, viewOf } from "../sim/group-desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

/** Four people, of whom the first has all others as contacts. */
let four: GroupDesk

beforeAll(async () => {
  four = await GroupDesk.start("four", ["Anna", "Ben", "Carol", "Dan"])
}, 900_000)

type Four = readonly [Sitter, Sitter, Sitter, Sitter]

test("contacts are let into a group while they are not there; each hears all others, once and in order", async () => {
  const group = await four.again()
  const { desk, people, own } = group
  const [anna, ben, carol, dan] = people as Four
  dan.present = false
  const { conversation } = await anna.run("group-new", { name: "Walkers", members: own.slice(1) })
  expect(await viewOf(anna, conversation)).toMatchObject({ kind: "group", title: "Walkers", contact: null, group: { standing: "in", role: "owner", members: 4, by: null, waiting: [] } })
  await group.settle([ben, carol], conversation, "invited")
  await anna.send(conversation, "from Anna")
  await desk.run(5 * MINUTES)
  // Nothing is read before the user has said that they want to be there.
  expect(await heardIn(ben, conversation)).toEqual([])
  expect(await viewOf(ben, conversation)).toMatchObject({ title: "Walkers", group: { standing: "invited", role: "member", members: 4, by: group.ids[1] } })
  expect(await linesIn(ben, group.ids[1]!)).toEqual(["invited into Walkers"])
  for (const one of [ben, carol]) await one.run("group-accept", { conversation })
  await ben.send(conversation, "from Ben")
  await desk.run(5 * MINUTES)
  await dan.open()
  await group.settle([dan], conversation, "invited")
  await dan.run("group-accept", { conversation })
  await dan.send(conversation, "from Dan")
  const heard = async () => Promise.all(people.map(async (one) => (await heardIn(one, conversation)).sort().join(", ")))
  for (let i = 0; i < 50 && (await heard()).join().split("from").length < 10; i++) await desk.run(5 * MINUTES)
  expect(await heard()).toEqual(["from Ben, from Dan", "from Anna, from Dan", "from Anna, from Ben, from Dan", "from Anna, from Ben"])
  // What one confirms to another is no lie to the others.
  for (const one of people) expect((await one.run("quarantine", {})).lines).toEqual([])
  await group.agree(conversation)
  expect(await linesIn(anna, conversation)).toEqual(expect.arrayContaining(["founded Walkers", "Ben joined by I", "Carol joined by I", "Dan joined by I"]))
  expect((await membersOf(anna, conversation)).map(({ name, role, own, trust }) => [name, role, own, trust])).toEqual([
    ["Anna", "owner", true, null], ["Ben", "member", false, "met"], ["Carol", "member", false, "met"], ["Dan", "member", false, "met"],
  ])
  // Ben and Carol are no contacts of each other, and are not let in to each other by being in one group.
  expect((await membersOf(ben, conversation)).map(({ name, contact }) => [name, contact])).toEqual([["Ben", null], ["Anna", group.ids[1]], ["Carol", null], ["Dan", null]])
  expect(ben.engine.contacts.all().length).toBe(1)
  await anna.run("rename-contact", { contact: own[1]!, name: "Benny" })
  const ids = (await membersOf(carol, conversation)).map(({ id, name }) => [name, id] as const)
  const idOf = (name: string) => ids.find(([one]) => one === name)![1]
  const { message } = await carol.run("send", { conversation, text: "who has this, @boss, @B?", mentions: [{ member: idOf("Anna"), from: 14, to: 19 }, { member: idOf("Ben"), from: 21, to: 23 }] })
  await expect(carol.run("send", { conversation, text: "@Eve", mentions: [{ member: "00".repeat(32), from: 0, to: 4 }] })).rejects.toThrow(CommandError)
  await expect(carol.run("send", { conversation, text: "@B", mentions: [{ member: idOf("Ben"), from: 1, to: 9 }] })).rejects.toThrow(CommandError)
  await desk.run(3 * HOURS, () => carol.events.some((event) => event.type === "message" && event.message.id === message && event.message.state === "received"))
  expect((await receiptsOf(carol, message)).every(({ received }) => received)).toBe(true)
  // Whoever is named knows it, by what they call themselves, whatever the writer calls them; a contact goes by the name that this user gave them.
  const read = async (who: Sitter, text: RegExp) => (await who.run("messages", { conversation, limit: 50 })).messages.find((one) => text.test(one.text))
  expect(await read(anna, /who has/)).toMatchObject({ text: "who has this, @Anna, @Ben?", fromName: "Carol", mentions: [{ member: null, from: 14, to: 19 }, { member: idOf("Ben"), from: 21, to: 25 }] })
  expect((await read(ben, /who has/))?.mentions).toEqual([{ member: idOf("Anna"), from: 14, to: 19 }, { member: null, from: 21, to: 25 }])
  // Written anew, it names whom it names then.
  await carol.run("edit", { message, text: "who has this, @A?", mentions: [{ member: idOf("Anna"), from: 14, to: 16 }] })
  await desk.run(30 * MINUTES, () => anna.events.some((event) => event.type === "message" && event.message.id === message && event.message.edited !== undefined))
  expect(await read(anna, /who has/)).toMatchObject({ text: "who has this, @Anna?", mentions: [{ member: null, from: 14, to: 19 }] })
  // It stands beside what is unread until it is read; who is not named is told nothing.
  const asked = (await read(anna, /who has/))!
  expect((await viewOf(anna, conversation))?.named).toBe(asked.position)
  expect((await viewOf(dan, conversation))?.named).toBeUndefined()
  await anna.run("mark-read", { conversation, position: asked.position })
  expect((await viewOf(anna, conversation))?.named).toBeUndefined()
  expect((await viewOf(ben, conversation))?.named).toBe((await read(ben, /who has/))!.position)
  await ben.run("delete-message", { message })
  expect((await viewOf(ben, conversation))?.named).toBeUndefined()
  // Muting is this user's own affair, and so is whether who is named is told all the same; that stays when all is heard again.
  const muting = async () => (({ muted, mentionsMuted }) => [muted, mentionsMuted])((await viewOf(ben, conversation))!.group!)
  await ben.run("group-mute", { conversation, muted: true })
  expect(await muting()).toEqual([true, false])
  await ben.run("group-mute", { conversation, muted: true, mentions: true })
  await ben.run("group-mute", { conversation, muted: false })
  expect(await muting()).toEqual([false, true])
  expect(await read(anna, /from Ben/)).toMatchObject({ from: idOf("Ben"), fromName: "Benny" })
  expect(await linesIn(anna, conversation)).toContain("Benny joined by I")
  await anna.run("send", { conversation, text: "I do", replyTo: (await read(anna, /from Ben/))!.id })
  expect((await read(anna, /I do/))?.quote).toMatchObject({ own: false, from: idOf("Ben"), fromName: "Benny" })
  // Dan is no contact of Ben's, who hears no more of him from now on; all others do.
  expect((await ben.run("view", {})).conversations.find(({ id }) => id === conversation)?.group?.rights).toBe("member")
  await ben.run("group-block", { conversation, member: idOf("Dan"), blocked: true })
  await expect(ben.run("group-block", { conversation, member: idOf("Ben"), blocked: true })).rejects.toThrow(CommandError)
  expect((await membersOf(ben, conversation)).filter(({ blocked }) => blocked).map(({ name }) => name)).toEqual(["Dan"])
  await dan.send(conversation, "can you hear me?")
  await desk.run(10 * MINUTES)
  expect(await heardIn(carol, conversation)).toContain("can you hear me?")
  expect(await heardIn(ben, conversation)).not.toContain("can you hear me?")
  await ben.run("group-block", { conversation, member: idOf("Dan"), blocked: false })
  await dan.send(conversation, "and now?")
  await desk.run(10 * MINUTES)
  expect(await heardIn(ben, conversation)).toContain("and now?")
  expect(standingOf(dan, conversation)).toBe("in")
  expect(roomOf(dan, conversation)).toEqual(roomOf(anna, conversation))
})

test("those who are let in together are sent one tree, which goes on after restarts on both sides and is let go when all have come", async () => {
  const group = await four.again()
  const { desk, people, own } = group
  const [anna, ben, carol, dan] = people as Four
  const lying = () => anna.store.list("group-common/")
  const { conversation } = await anna.run("group-new", { name: "Walkers", members: own.slice(1) })
  const [[, bytes] = []] = await lying()
  const { invitations } = unpack<{ invitations: { bytes: Uint8Array }[] }>(bytes!)
  // What is said to each alone has room in one box.
  expect(invitations.map(({ bytes: { length } }) => length < 1600)).toEqual([true, true, true])
  const [isWritten, isRead] = [async () => (await anna.store.list("group-common-spread/")).length > 0, async () => (await ben.store.list("group-invitation/")).length > 0]
  for (let i = 0; i < 100 && !(await isWritten()); i++) await desk.run(10_000)
  await anna.open()
  for (let i = 0; i < 500 && !(await isRead()); i++) await desk.run(4000)
  expect([await isWritten(), await isRead(), standingOf(ben, conversation)]).toEqual([true, true, "nothing"])
  await ben.open()
  await group.settle([ben, carol, dan], conversation, "invited")
  expect((await lying()).length).toBe(1)
  for (const one of [ben, carol, dan]) {
    await one.run("group-accept", { conversation })
    await one.send(conversation, "here")
  }
  for (let i = 0; i < 20 && (await lying()).length > 0; i++) await desk.run(10 * MINUTES)
  expect(await lying()).toEqual([])
  expect(await ben.store.list("group-invitation/")).toEqual([])
  // A name that is changed later reaches the group by itself.
  await dan.run("rename", { name: "Daniel" })
  await group.agree(conversation, people, () => roomOf(anna, conversation).participants.some(({ name }) => name === "Daniel"))
  expect(await linesIn(ben, conversation)).toContain("Dan is called Daniel")
})

test("two admins change a group at the same time, and both changes are made once; what is not allowed is refused at once", async () => {
  const group = await four.again()
  const { desk, people, own } = group
  const [anna, ben, carol, dan] = people as Four
  const conversation = await group.found("Walkers", [1, 2])
  const member = (who: Sitter) => toHex(who.engine.profile.identityPublic)
  await group.agree(conversation, [anna, ben, carol])
  await expect(ben.run("group-rename", { conversation, name: "Mine" })).rejects.toThrow(CommandError)
  await expect(ben.run("group-remove", { conversation, member: member(carol) })).rejects.toThrow(CommandError)
  await expect(ben.run("group-role", { conversation, member: member(ben), role: "owner" })).rejects.toThrow(CommandError)
  await anna.run("group-role", { conversation, member: member(ben), role: "admin" })
  await group.agree(conversation, [anna, ben, carol], () => roomOf(ben, conversation).participants.some(({ name, role }) => name === "Ben" && role === "admin"))
  await anna.run("group-invite", { conversation, contacts: [own[3]!] })
  await ben.run("group-rename", { conversation, name: "Runners" })
  await group.agree(conversation, [anna, ben, carol], () => [anna, ben, carol].every((one) => roomOf(one, conversation).name === "Runners" && roomOf(one, conversation).participants.length === 4))
  await group.settle([dan], conversation, "invited")
  await dan.run("group-accept", { conversation })
  await group.agree(conversation)
  expect(await linesIn(carol, conversation)).toEqual(expect.arrayContaining(["Ben is admin by Anna", "Runners by Ben", "Dan joined by Anna"]))
  expect((await linesIn(carol, conversation)).length).toBe(3)
  expect(await heardIn(dan, conversation)).toEqual([])
  // Ben takes Carol out: she reads nothing that comes later, and all who stay have other addresses.
  const before = ben.stored(conversation).epochs.at(-1)!
  await ben.run("group-remove", { conversation, member: member(carol) })
  await group.settle([carol], conversation, "removed")
  await anna.send(conversation, "she is gone")
  await group.agree(conversation, [anna, ben, dan])
  await desk.run(30 * MINUTES)
  expect(anna.stored(conversation).epochs.at(-1)!.context).not.toEqual(before.context)
  expect(await heardIn(dan, conversation)).toEqual(["she is gone"])
  expect(await heardIn(carol, conversation)).toEqual([])
  expect((await linesIn(carol, conversation)).at(-1)).toBe("I removed by Ben")
  await expect(carol.send(conversation, "hello?")).rejects.toThrow(CommandError)
  // Let in once more she has what she had, and reads on.
  await anna.run("group-invite", { conversation, contacts: [own[2]!] })
  await group.settle([carol], conversation, "invited")
  await carol.run("group-accept", { conversation })
  await group.agree(conversation)
  await dan.send(conversation, "she is back")
  await desk.run(30 * MINUTES)
  expect(await heardIn(carol, conversation)).toEqual(["she is back"])
})

test("whoever leaves is taken out by whoever comes first, also where it was the owner; who declines was never there", async () => {
  const group = await four.again()
  const { desk, people, own } = group
  const [anna, ben, carol, dan] = people as Four
  const { conversation } = await anna.run("group-new", { name: "Walkers", members: own.slice(1) })
  await group.settle([ben, carol, dan], conversation, "invited")
  for (const one of [ben, carol]) await one.run("group-accept", { conversation })
  await dan.run("group-decline", { conversation })
  expect(standingOf(dan, conversation)).toBe("nothing")
  await group.agree(conversation, [anna, ben, carol], () => roomOf(carol, conversation).participants.length === 3)
  expect((await linesIn(carol, conversation)).at(-1)).toBe("Dan left")
  await anna.run("group-leave", { conversation })
  await expect(anna.send(conversation, "still here?")).rejects.toThrow(CommandError)
  await group.settle([anna], conversation, "left")
  await group.agree(conversation, [ben, carol], () => roomOf(carol, conversation).participants.length === 2)
  expect((await linesIn(carol, conversation)).at(-1)).toBe("Anna left")
  // There is no owner any more, so both may do what owners may.
  await carol.run("group-rename", { conversation, name: "Two" })
  await group.agree(conversation, [ben, carol], () => roomOf(ben, conversation).name === "Two")
  await anna.run("group-forget", { conversation })
  expect(await viewOf(anna, conversation)).toBeUndefined()
  await ben.run("group-leave", { conversation })
  await group.settle([ben], conversation, "left")
  await carol.run("group-leave", { conversation })
  expect(standingOf(carol, conversation)).toBe("left")
  await desk.run(10 * MINUTES)
})

test("a group's picture is seen by all who are in it, by newcomers too and by nobody before; of two that are set at once one is everybody's, and members set none", async () => {
  const group = await four.again()
  const { people, own } = group
  const [anna, ben, carol, dan] = people as Four
  const webp = (fill: number) => new Uint8Array(2048).fill(fill).map((byte, i) => "RIFF\0\0\0\0WEBP".charCodeAt(i) || byte)
  const pictureOf = (one: Sitter) => roomOf(one, conversation).picture
  const { conversation } = await anna.run("group-new", { name: "Walkers", members: [own[1]!, own[2]!], picture: webp(1) })
  await group.settle([ben, carol], conversation, "invited")
  expect((await viewOf(ben, conversation)).group?.picture).toBeUndefined()
  for (const one of [ben, carol]) await one.run("group-accept", { conversation })
  for (const one of [anna, ben, carol]) expect((await viewOf(one, conversation)).group?.picture).toEqual(webp(1))
  await group.agree(conversation, [anna, ben, carol])
  await expect(carol.run("group-picture", { conversation, picture: webp(2) })).rejects.toThrow(CommandError)
  for (const no of [new Uint8Array(0), new Uint8Array(99), new Uint8Array([...webp(2), 0])]) await expect(anna.run("group-picture", { conversation, picture: no })).rejects.toThrow(CommandError)
  const benId = toHex(ben.engine.profile.identityPublic)
  await anna.run("group-role", { conversation, member: benId, role: "admin" })
  await group.agree(conversation, [anna, ben, carol], () => roomOf(ben, conversation).participants.some(({ role }) => role === "admin"))
  // The second thought of one of them counts; of both of them whichever commit comes later.
  await anna.run("group-picture", { conversation, picture: webp(2) })
  await anna.run("group-picture", { conversation, picture: webp(3) })
  await ben.run("group-picture", { conversation, picture: webp(4) })
  await anna.run("group-invite", { conversation, contacts: [own[3]!] })
  await group.settle([dan], conversation, "invited")
  await dan.run("group-accept", { conversation })
  const isSettled = (one: Sitter) => (one.stored(conversation).group!.wishes ?? []).length === 0
  await group.agree(conversation, people, () => isSettled(anna) && isSettled(ben))
  const last = pictureOf(carol)!
  expect([webp(3), webp(4)]).toContainEqual(last)
  for (const one of people) expect((await viewOf(one, conversation)).group?.picture).toEqual(last)
  const lines = (await linesIn(carol, conversation)).filter((line) => line.includes("picture"))
  expect(lines.toSorted()).toEqual(["a picture by Anna", "a picture by Ben"])
  await ben.run("group-picture", { conversation, picture: null })
  await group.agree(conversation, people, () => people.every((one) => pictureOf(one) === undefined))
  expect((await linesIn(dan, conversation)).at(-1)).toBe("no picture by Ben")
  await expect(anna.run("group-picture", { conversation, picture: webp(5) })).resolves.toBeDefined()
})
