import { beforeAll, expect, test } from "vitest"
import { encodeClose } from "../../messenger/close.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Talk } from "../../messenger/conversations.ts"
import { Post } from "../../messenger/groups/post.ts"
import { blockOf } from "../../messenger/records.ts"
import { epochOf, isBefore } from "../../messenger/stored-conversation.ts"
import { commitBox, sealBlock } from "../../shared/box.ts"
import { sameBytes, toHex, Writer } from "../../shared/bytes.ts"
import type { Content, Signature } from "../../shared/names.ts"
import { reply, Sitter } from "../sim/desk.ts"
import { GroupDesk, heardIn, linesIn, roomOf, standingOf } from "../sim/group-desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES
const DAYS = 24 * HOURS

let begun: { readonly group: GroupDesk; readonly conversation: string }

beforeAll(async () => {
  const group = await GroupDesk.start("five", ["Anna", "Ben", "Carol", "Dan", "Eve"])
  const [anna, ben] = group.people as readonly [Sitter, Sitter]
  const conversation = await group.found("Walkers", [1, 2, 3])
  await anna.run("group-role", { conversation, member: toHex(ben.engine.profile.identityPublic), role: "admin" })
  await group.agree(conversation, group.people.slice(0, 4), () => roomOf(ben, conversation).participants.filter(({ role }) => role === "admin").length === 1)
  begun = { group, conversation }
}, 900_000)

/** Whether somebody reads this text within an hour. */
async function reads(person: Sitter, conversation: string, text: string): Promise<boolean> {
  for (let i = 0; i < 30; i++) {
    if ((await heardIn(person, conversation)).includes(text)) return true
    await person.desk.run(2 * MINUTES)
  }
  return false
}

/** Five people in a group; the second is an admin, the last is no member yet. */
async function five() {
  const group = await begun.group.again()
  const { conversation } = begun
  const { desk, people, own } = group
  const [anna, ben, carol, dan, eve] = people as readonly [Sitter, Sitter, Sitter, Sitter, Sitter]
  const members = [anna, ben, carol, dan]
  /** Each writes a text, and all others get it. */
  const allHear = async (what: string, who: readonly Sitter[] = members) => {
    for (const one of who) await one.send(conversation, `${what} from ${one.name}`)
    const texts = who.map(({ name }) => `${what} from ${name}`)
    for (let i = 0; i < 50 && !(await heardAll()); i++) await desk.run(5 * MINUTES)
    async function heardAll(): Promise<boolean> {
      for (const one of who) if ((await heardIn(one, conversation)).filter((text) => text.startsWith(`${what} from`)).length < who.length - 1) return false
      return true
    }
    for (const one of who) {
      const heard = (await heardIn(one, conversation)).filter((text) => text.startsWith(`${what} from`))
      expect(heard.sort(), one.name).toEqual(texts.filter((text) => !text.endsWith(one.name)).sort())
    }
  }
  return { group, desk, people, own, anna, ben, carol, dan, eve, members, conversation, allHear }
}

test("dropboxes that lie tell two admins that both their changes have won: all end in one group, nothing that was written is lost, and whoever was let in on the other side is let in again", async () => {
  const { group, desk, own, anna, ben, carol, dan, eve, members, conversation, allHear } = await five()
  const box = commitBox(epochOf(anna.stored(conversation)).context, anna.stored(conversation).attempt)
  const claims = new Map<Sitter, { content: Content; signature: Signature }>()
  // Carol is shown what Anna is shown, Dan what Ben is.
  const sideOf = (person: Sitter) => (person === anna || person === carol ? anna : ben)
  desk.lie = (person, { box: asked, write }) => {
    if (!sameBytes(asked, box.id)) return undefined
    if (write !== null) {
      claims.set(person, write)
      return reply("stored", write)
    }
    const shown = claims.get(sideOf(person))
    return shown === undefined ? reply("empty") : reply("content", shown)
  }
  await anna.run("group-invite", { conversation, contacts: [own[4]!] })
  await ben.run("group-rename", { conversation, name: "Runners" })
  // As two who do it in the same moment.
  for (const one of [anna, ben]) {
    await one.engine.commits.committing.begin(one.engine.conversations.get(conversation)!)
    await one.settle()
  }
  const before = anna.epoch(conversation)
  expect(await desk.run(HOURS, () => [anna, ben].every((one) => one.epoch(conversation) > before))).toBe(true)
  expect(epochOf(anna.stored(conversation)).authenticator).not.toEqual(epochOf(ben.stored(conversation)).authenticator)
  for (const one of members) await one.send(conversation, `in the fork from ${one.name}`)
  await desk.run(10 * MINUTES)
  await group.agree(conversation, members, () => members.every((one) => roomOf(one, conversation).name === "Runners" && roomOf(one, conversation).participants.length === 5), 48)
  await group.settle([eve], conversation, "invited")
  await eve.run("group-accept", { conversation })
  await group.agree(conversation, [...members, eve], () => true, 24)
  const inFork = async (one: Sitter) => (await heardIn(one, conversation)).filter((text) => text.startsWith("in the fork")).sort()
  const areAll = async () => (await Promise.all(members.map(inFork))).every(({ length }) => length === 3)
  for (let i = 0; i < 50 && !(await areAll()); i++) await desk.run(5 * MINUTES)
  for (const one of members) {
    expect(await inFork(one), one.name).toEqual(members.filter((other) => other !== one).map(({ name }) => `in the fork from ${name}`))
    // Each change stands there once, whatever side its reader was on.
    const lines = await linesIn(one, conversation)
    expect(lines.filter((line) => line.startsWith("Runners by")).length, one.name).toBe(1)
    expect(lines.filter((line) => line.startsWith("Eve joined by")).length, one.name).toBe(1)
  }
  await allHear("after the fork", [...members, eve])
  expect(standingOf(dan, conversation)).toBe("in")
})

test("who was away for a week while the group changed comes into the same group, and reads all that was written", async () => {
  const { group, desk, own, anna, ben, carol, dan, eve, members, conversation, allHear } = await five()
  carol.present = false
  await anna.run("group-invite", { conversation, contacts: [own[4]!] })
  await group.settle([eve], conversation, "invited")
  await eve.run("group-accept", { conversation })
  const there = [anna, ben, dan, eve]
  for (let day = 0; day < 7; day++) {
    await there[day % 2]!.send(conversation, `day ${day}`)
    if (day === 3) await ben.run("group-rename", { conversation, name: "Runners" })
    if (day === 5) await anna.run("group-remove", { conversation, member: toHex(dan.engine.profile.identityPublic) })
    await desk.run(20 * MINUTES)
    desk.pass(DAYS - 20 * MINUTES)
  }
  await carol.open()
  const stay = [anna, ben, carol, eve]
  await group.agree(conversation, stay, () => stay.every((one) => roomOf(one, conversation).name === "Runners" && roomOf(one, conversation).participants.length === 4), 48)
  await desk.run(HOURS)
  expect((await heardIn(carol, conversation)).filter((text) => text.startsWith("day")).sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((day) => `day ${day}`))
  expect(standingOf(dan, conversation)).toBe("removed")
  await allHear("together", stay)
  expect(members.length).toBe(4)
})

test("a member whose commits are broken holds up nobody: when no attempt was good they go on by the fixed order", async () => {
  const { group, desk, anna, ben, members, conversation, allHear } = await five()
  const { context } = epochOf(anna.stored(conversation))
  for (let attempt = 0; attempt < 4; attempt++) {
    const box = commitBox(context, attempt)
    const content = sealBlock(box, blockOf({ type: "claim", bytes: desk.random(300) }))
    for (const boxes of desk.dropboxes.values()) boxes.set(toHex(box.id), { content, signature: box.sign(content, desk.random), at: desk.now })
  }
  await ben.run("group-rename", { conversation, name: "Runners" })
  await anna.run("group-role", { conversation, member: toHex(ben.engine.profile.identityPublic), role: "owner" })
  const isDone = () => members.every((one) => roomOf(one, conversation).name === "Runners" && roomOf(one, conversation).participants.filter(({ role }) => role === "owner").length === 2)
  await group.agree(conversation, members, isDone, 48)
  await allHear("past it")
})

test("a device that was restored from an old backup asks a contact in the group, takes its leaf back and reads on; what it wrote from the backup goes out anew", async () => {
  const { group, desk, anna, carol, members, conversation, allHear } = await five()
  const backup = memoryStore()
  await backup.commit(await carol.store.list(""))
  await allHear("before")
  carol.present = false
  desk.people.splice(desk.people.indexOf(carol), 1)
  const restored = new Sitter(desk, "Carol restored", backup)
  await restored.open()
  await restored.engine.recovery.restored()
  await restored.settle()
  await anna.send(conversation, "are you back?")
  await desk.run(5 * MINUTES)
  // Pleas are looked for soon after a start.
  await anna.open()
  const all = members.map((one) => (one === carol ? restored : one))
  await group.agree(conversation, all, () => restored.stored(conversation).isCopy !== true, 72)
  await allHear("again", all)
  expect((await heardIn(restored, conversation)).filter((text) => text === "are you back?")).toEqual(["are you back?"])
  expect(restored.stored(conversation).group?.plea).toBeUndefined()
})

test("what was sealed and lay nowhere goes out after a restart, and who asked in vain for hours reads it without one", async () => {
  const { desk, anna, ben, carol, dan, eve, conversation } = await five()
  dan.present = eve.present = false
  // No dropbox takes anything of Anna's, and none answers Carol.
  desk.lie = (person, { write }) => (person === carol || (person === anna && write !== null) ? null : undefined)
  await anna.send(conversation, "sealed before the restart")
  await desk.run(10 * MINUTES)
  const sealed = [...anna.engine.conversations.get(conversation)!.boxes.values()]
  expect(sealed.filter(({ at = [] }) => at.length === 0).length).toBeGreaterThan(0)
  await anna.open()
  desk.lie = () => undefined
  for (const one of [ben, carol]) expect(await reads(one, conversation, "sealed before the restart"), one.name).toBe(true)
})

test("what one member has confirmed is kept for the others, and written anew when the dropboxes have forgotten it", async () => {
  const { desk, anna, ben, carol, dan, eve, conversation } = await five()
  dan.present = eve.present = carol.present = false
  await anna.send(conversation, "for all")
  const talk = anna.engine.conversations.get(conversation)!
  const lies = () => [...talk.boxes.values()].find(({ ends }) => ends.length > 0)
  // It is sealed when all that came meanwhile was looked for.
  expect(await desk.run(10 * MINUTES, () => lies() !== undefined)).toBe(true)
  const mark = lies()!
  expect(await desk.run(3 * HOURS, () => isBefore(mark, readerIn(anna, ben).confirmed))).toBe(true)
  desk.pass(31 * DAYS)
  await anna.open()
  await desk.run(10 * MINUTES)
  await carol.open()
  expect(await reads(carol, conversation, "for all")).toBe(true)

  function readerIn(person: Sitter, other: Sitter) {
    return person.stored(conversation).readers.find(({ identity }) => sameBytes(identity, other.engine.profile.identityPublic))!
  }
})

test.each(["names a list of dropboxes that there is not", "closes its stream into an epoch that nobody has made", "closes its stream by a commit that nobody has seen"])(
  "a member who %s holds up nobody for longer than hours, and is taken out",
  async (lies) => {
    const { group, desk, anna, ben, carol, dan, eve, members, conversation, allHear } = await five()
    eve.present = false
    const talk = dan.engine.conversations.get(conversation)!
    if (lies.startsWith("names")) {
      dan.engine.places.list = () => [new Uint8Array(32).fill(7)]
      await dan.engine.commits.committing.begin(talk)
      await dan.settle()
      expect(await desk.run(HOURS, () => dan.epoch(conversation) > anna.epoch(conversation))).toBe(true)
    } else {
      const leads = lies.endsWith("made")
      if (!leads) {
        // Dan says where he has gone on before he has written anything there.
        await ben.run("group-rename", { conversation, name: "Hikers" })
        await group.agree(conversation, members)
      }
      const { epoch } = epochOf(talk.stored)
      const bytes = encodeClose({ epoch: leads ? epoch + 1000 : epoch, commit: desk.random(32), authenticator: desk.random(16), passed: [] })
      dan.engine.boxes.add(talk, { mark: talk.stored.writing, block: blockOf({ type: "close", bytes }), ends: [] })
      await dan.settle()
      await desk.run(10 * MINUTES)
      dan.present = false
    }
    await ben.run("group-rename", { conversation, name: "Runners" })
    await desk.run(12 * MINUTES)
    desk.pass(6 * HOURS)
    const stay = [anna, ben, carol]
    await group.agree(conversation, stay, () => stay.every((one) => roomOf(one, conversation).name === "Runners"), 4)
    desk.pass(2 * HOURS)
    await anna.run("group-remove", { conversation, member: toHex(dan.engine.profile.identityPublic) })
    await group.agree(conversation, stay, () => stay.every((one) => roomOf(one, conversation).participants.length === 3), 4)
    await allHear("without Dan", stay)
    // Nobody asks anybody for help any more.
    for (const one of stay) expect(one.stored(conversation).group?.plea, one.name).toBeUndefined()
  },
)

test("a contact who is not in the group is told nothing of it for a plea, and a leave that its leaf has not signed takes nobody out", async () => {
  const { desk, own, anna, ben, carol, dan, eve, conversation } = await five()
  ben.present = carol.present = false
  const { groupId, stream } = dan.stored(conversation)
  const [direct, group] = [anna.engine.conversations.get(own[4]!)!, anna.engine.conversations.get(conversation)!]
  const given = direct.stored.position
  const says = async (one: Sitter, talk: Talk, kind: "plea" | "leave", bytes: Writer) => {
    await new Post(one.engine.conversations).send(talk, kind, bytes.done())
    await one.settle()
  }
  await says(eve, [...eve.engine.conversations.talks.values()][0]!, "plea", new Writer().u8(1).put(groupId))
  await says(dan, dan.engine.conversations.get(conversation)!, "leave", new Writer().u8(1).put(groupId).put(stream).put(new Uint8Array(64)))
  const placesOf = () => [direct, group].map(({ stored }) => stored.readers.map(({ at }) => `${at.epoch} ${at.index}`).join())
  const [before, another] = placesOf()
  expect(await desk.run(HOURS, () => placesOf()[0] !== before && placesOf()[1] !== another)).toBe(true)
  expect(direct.stored.position).toBe(given)
  expect(group.stored.group?.wishes).toBeUndefined()
  expect(anna.engine.quarantine.list(null).map(({ contact, reason }) => [contact, reason])).toContainEqual([conversation, "malformed"])
})

test("who was taken out and goes on writing where they were is heard by nobody", async () => {
  const { group, desk, anna, ben, carol, dan, eve, conversation } = await five()
  eve.present = dan.present = false
  const stay = [anna, ben, carol]
  await anna.run("group-remove", { conversation, member: toHex(dan.engine.profile.identityPublic) })
  await group.agree(conversation, stay, () => roomOf(carol, conversation).participants.length === 3)
  // What he had written before that was looked for once more.
  await desk.run(30 * MINUTES)
  for (const one of stay) expect(one.stored(conversation).readers.length, one.name).toBe(2)
  desk.lie = (person, { write }) => (person === dan && write === null ? null : undefined)
  await dan.send(conversation, "still here")
  dan.present = true
  const box = () => [...dan.engine.conversations.get(conversation)!.boxes.values()].at(-1)
  expect(await desk.run(HOURS, () => (box()?.at ?? []).length > 0)).toBe(true)
  await desk.run(30 * MINUTES)
  for (const one of stay) expect(await heardIn(one, conversation), one.name).not.toContain("still here")
})
