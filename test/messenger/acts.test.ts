import { beforeAll, describe, expect, test } from "vitest"
import type { MessageView } from "../../messenger/api.ts"
import { deletionMessage, reactionMessage, timerMessage } from "../../messenger/content/acts.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import type { MimiContent } from "../../messenger/content/content.ts"
import { textMessage } from "../../messenger/content/text.ts"
import type { BlockRecord } from "../../messenger/records.ts"
import { keys } from "../../messenger/stored.ts"
import { fromHex } from "../../shared/bytes.ts"
import { below } from "../../shared/random.ts"
import { seeded } from "../sim/sim-network.ts"
import type { Beginning, Pen } from "./victim.ts"
import { begin, data, Victim } from "./victim.ts"

const random = seeded("acts")
const salt = () => random(16)
let beginning: Beginning

beforeAll(async () => {
  beginning = await begin("acts")
})

/** Something that Eve says, with its id and the time that she gives. */
interface Said {
  readonly content: MimiContent
  readonly said: number
  readonly id: string
}

function saying(anna: Victim, content: MimiContent, said: number, contact = anna.eve.contact): Said {
  const talk = anna.engine.conversations.get(contact)!
  return { content, said, id: anna.engine.conversations.messageId(talk, talk.stored.readers[0]!.identity, encodeContent(content)) }
}

async function write(pen: Pen, ...all: readonly Said[]): Promise<void> {
  const records: BlockRecord[] = []
  for (const { content, said } of all) records.push(await pen.message(encodeContent(content), data(said)))
  pen.records(...records)
}

const bytes = ({ id }: Said) => fromHex(id)
const messages = async (anna: Victim, contact = anna.eve.contact) => (await anna.run("messages", { conversation: contact, limit: 200 })).messages

/** What does not depend on when and where something came. */
function lasting({ id, text, edited, reactions, deleted, quote }: MessageView): object {
  return { id, text, edited, reactions, deleted, quote: quote === undefined ? undefined : { ...quote, position: null } }
}

test("whatever the order in which messages and what is said of them come, all is the same in the end", async () => {
  const now = beginning.now
  const probe = await Victim.start(beginning)
  const one = saying(probe, textMessage("one", salt()), now)
  const two = saying(probe, textMessage("two", salt(), { inReplyTo: bytes(one) }), now + 1)
  const edit = saying(probe, textMessage("one anew", salt(), { replaces: bytes(one) }), now + 2)
  // An edit of an edit, and one of that.
  const again = saying(probe, textMessage("one again", salt(), { replaces: bytes(edit) }), now + 3)
  const last = saying(probe, textMessage("one at last", salt(), { replaces: bytes(again) }), now + 4)
  const heart = saying(probe, reactionMessage(bytes(one), ["❤", "+1"], null, salt()), now + 5)
  const other = saying(probe, reactionMessage(bytes(one), ["👀"], bytes(heart), salt()), now + 6)
  const three = saying(probe, textMessage("three", salt()), now + 7)
  const gone = saying(probe, deletionMessage(bytes(three), salt()), now + 8)
  const answer = saying(probe, textMessage("four", salt(), { inReplyTo: bytes(three) }), now + 9)
  const late = saying(probe, textMessage("three anew", salt(), { replaces: bytes(three) }), now + 10)
  const all = [one, two, edit, again, last, heart, other, three, gone, answer, late]

  const order = async (said: readonly Said[], restart: boolean) => {
    const anna = await Victim.start(beginning)
    for (const [i, each] of said.entries()) {
      await write(anna.eve, each)
      if (restart && i % 4 === 3) {
        await anna.read(6)
        await anna.restart()
      }
    }
    await anna.read()
    expect(anna.engine.conversations.get(anna.eve.contact)!.stored.waitingActs ?? 0).toBe(0)
    return (await messages(anna)).map(lasting).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  }
  const wanted = await order(all, false)
  expect(wanted.map((view) => (view as MessageView).text).sort()).toEqual(["", "four", "one at last", "two"])
  expect(wanted).toContainEqual(expect.objectContaining({ id: one.id, edited: now + 4, reactions: [{ text: "👀", count: 1, own: false, from: [probe.eve.contact] }] }))
  expect(wanted).toContainEqual(expect.objectContaining({ id: three.id, text: "", deleted: now + 8 }))
  expect(wanted).toContainEqual(expect.objectContaining({ text: "two", quote: expect.objectContaining({ there: "shown", text: "one at last" }) }))
  expect(wanted).toContainEqual(expect.objectContaining({ text: "four", quote: expect.objectContaining({ there: "deleted", text: "" }) }))
  for (let run = 0; run < 6; run++) {
    const shuffled = [...all]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = below(random, i + 1)
      ;[shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!]
    }
    expect(await order(run === 0 ? all.toReversed() : shuffled, run % 3 === 0)).toEqual(wanted)
  }
})

describe("what somebody may not do", () => {
  test("changes nothing and is counted: of this user's messages, of another conversation's, of what is deleted, of a line", async () => {
    const anna = await Victim.start(beginning)
    const { message: own } = await anna.run("send", { conversation: anna.eve.contact, text: "mine" })
    const bens = saying(anna, textMessage("Ben's", salt()), anna.now, anna.ben.contact)
    await write(anna.ben, bens)
    const line = saying(anna, timerMessage({ seconds: 0, turn: 1 }, salt()), anna.now)
    const gone = saying(anna, textMessage("gone", salt()), anna.now)
    await write(anna.eve, line, gone, saying(anna, deletionMessage(bytes(gone), salt()), anna.now))
    await anna.read()
    expect(await anna.kept(anna.eve.contact)).toEqual({})

    const foreign = [fromHex(own), bytes(bens), bytes(gone), bytes(line)]
    for (const target of foreign) await write(anna.eve, saying(anna, textMessage("changed", salt(), { replaces: target }), anna.now))
    for (const target of [fromHex(own), bytes(bens), bytes(line)]) await write(anna.eve, saying(anna, deletionMessage(target, salt()), anna.now))
    for (const target of [bytes(bens), bytes(line)]) await write(anna.eve, saying(anna, reactionMessage(target, ["❤"], null, salt()), anna.now))
    await write(anna.eve, saying(anna, reactionMessage(bytes(gone), ["two words"], null, salt()), anna.now))
    await anna.read()
    expect(await anna.kept(anna.eve.contact)).toEqual({ unfit: 9, malformed: 1 })
    const views = [...(await messages(anna)), ...(await messages(anna, anna.ben.contact))]
    expect(views.map(({ text }) => text)).toEqual(["mine", "", "", "Ben's"])
    expect(views.filter(({ reactions, edited }) => reactions !== undefined || edited !== undefined)).toEqual([])
  })

  test("a flood of what waits for messages that never come is bounded, for itself and in time, and keeps nothing else out", async () => {
    const anna = await Victim.start(beginning)
    const { contact } = anna.eve
    const nowhere = () => saying(anna, reactionMessage(Uint8Array.of(1, ...random(31)), ["❤"], null, salt()), anna.now)
    await write(anna.eve, ...Array.from({ length: 80 }, nowhere))
    const one = saying(anna, textMessage("one", salt()), anna.now)
    await write(anna.eve, one)
    await anna.read()
    const waiting = () => anna.engine.conversations.get(contact)!.stored.waitingActs
    expect(waiting()).toBe(64)
    expect(await anna.kept(contact)).toMatchObject({ flood: 16 })
    expect(await anna.texts(contact)).toEqual(["one"])
    await write(anna.eve, ...Array.from({ length: 40 }, (_, i) => saying(anna, reactionMessage(bytes(one), [`${i}`], null, salt()), anna.now + i)))
    await anna.read()
    expect((await messages(anna))[0]!.reactions).toEqual([{ text: "39", count: 1, own: false, from: [contact] }])
    anna.now += 31 * 86_400_000
    await anna.wake()
    await anna.wake()
    expect(waiting()).toBe(0)
  })

  test("a reaction takes no place: it is not unread, and nothing of it is left when the conversation goes", async () => {
    const anna = await Victim.start(beginning)
    const { contact } = anna.eve
    const one = saying(anna, textMessage("one", salt()), anna.now)
    const edit = saying(anna, textMessage("other", salt(), { replaces: bytes(one) }), anna.now)
    await write(anna.eve, one, edit, saying(anna, reactionMessage(bytes(one), ["❤"], null, salt()), anna.now), saying(anna, deletionMessage(Uint8Array.of(1, ...random(31)), salt()), anna.now))
    await anna.read()
    expect((await anna.run("view", {})).conversations.find(({ id }) => id === contact)).toMatchObject({ unread: 1, last: { text: "other" } })
    expect((await anna.run("message", { message: edit.id })).message).toMatchObject({ id: one.id })
    expect(await anna.run("history", { message: one.id })).toMatchObject({ versions: [{ text: "one" }, { text: "other" }] })
    await anna.run("react", { message: one.id, reactions: ["+1"] })
    await anna.run("timer", { conversation: contact, seconds: 60 })
    const left = async () => (await anna.stored()).filter((key) => key.includes(contact) && !key.startsWith("quarantine/"))
    expect((await left()).map((key) => key.split("/")[0])).toEqual(expect.arrayContaining(["act", "waiting-acts", "outgoing"]))
    await anna.run("remove", { contact })
    expect(await left()).toEqual([])
    expect((await anna.stored()).filter((key) => key.startsWith(keys.messageIds))).toEqual([])
  })
})

describe("a timer", () => {
  test("of two that are set at once the same holds on both sides, and whoever leaps ahead is not heard", async () => {
    const anna = await Victim.start(beginning)
    const { contact } = anna.eve
    const timer = async () => (await anna.run("view", {})).conversations.find(({ id }) => id === contact)!.timer ?? null
    await anna.run("timer", { conversation: contact, seconds: 60 })
    const mine = (await messages(anna))[0]!.id
    const theirs = [60_000, 70_000, 80_000, 90_000].map((seconds) => saying(anna, timerMessage({ seconds, turn: 1 }, salt()), anna.now))
    await write(anna.eve, ...theirs)
    await anna.read()
    const highest = [{ id: mine, seconds: 60 }, ...theirs.map(({ id }, i) => ({ id, seconds: 60_000 + 10_000 * i }))].sort((a, b) => (a.id < b.id ? 1 : -1))[0]!
    expect(await timer()).toBe(highest.seconds)
    await write(anna.eve, saying(anna, timerMessage({ seconds: 5, turn: 4_000_000_000 }, salt()), anna.now))
    await anna.read()
    expect(await timer()).toBe(highest.seconds)
    expect(await anna.kept(contact)).toEqual({ malformed: 1 })
    await anna.run("timer", { conversation: contact, seconds: null })
    expect(await timer()).toBeNull()
    expect((await messages(anna)).at(-1)).toMatchObject({ text: "", timer: null, own: true })
  })

  test("a line is not counted as unread, whether it is read, goes, or stands between messages", async () => {
    const anna = await Victim.start(beginning)
    const { contact } = anna.eve
    const unread = async () => (await anna.run("view", {})).conversations.find(({ id }) => id === contact)!.unread
    const lines = [1, 2, 3].map((turn) => saying(anna, timerMessage({ seconds: turn, turn }, salt()), anna.now))
    await write(anna.eve, lines[0]!, saying(anna, textMessage("one", salt()), anna.now), lines[1]!, saying(anna, textMessage("two", salt()), anna.now), lines[2]!)
    await anna.read()
    expect(await unread()).toBe(2)
    expect((await anna.run("unread", { limit: 9 })).messages.map(({ timer, text }) => timer ?? text)).toEqual([1, "one", 2, "two", 3])
    await anna.run("delete-message", { message: lines[2]!.id })
    expect(await unread()).toBe(2)
    await anna.run("mark-read", { conversation: contact, position: 2 })
    expect(await unread()).toBe(1)
    await anna.run("mark-read", { conversation: contact, position: 3 })
    expect(await unread()).toBe(1)
    await anna.run("mark-read", { conversation: contact, position: 4 })
    expect(await unread()).toBe(0)
    await write(anna.eve, saying(anna, timerMessage({ seconds: 9, turn: 9 }, salt()), anna.now))
    await anna.read()
    expect(await unread()).toBe(0)
  })

  test("a message whose end is said goes then, read or not, and one that counts from its reading not before that", async () => {
    const anna = await Victim.start(beginning)
    const { contact } = anna.eve
    const end = Math.ceil(anna.now / 1000) + 600
    const dated = saying(anna, textMessage("dated", salt(), { expires: { relative: false, time: end } }), anna.now)
    const counted = saying(anna, textMessage("counted", salt(), { expires: { relative: true, time: 60 } }), anna.now)
    // Two that go at once, of which the later is the last of the conversation.
    await write(anna.eve, counted, saying(anna, textMessage("also", salt(), { expires: { relative: false, time: end } }), anna.now), dated)
    await anna.read()
    const view = async () => (await anna.run("view", {})).conversations.find(({ id }) => id === contact)!
    expect(await messages(anna)).toMatchObject([{ text: "counted", lasts: 60_000 }, { text: "also" }, { text: "dated", ends: end * 1000 }])
    anna.now = end * 1000
    await anna.wake()
    expect(await anna.texts(contact)).toEqual(["counted"])
    expect(await view()).toMatchObject({ unread: 1, last: { text: "counted" } })
    await anna.run("mark-read", { conversation: contact, position: 99 })
    expect((await messages(anna))[0]).toMatchObject({ ends: anna.now + 60_000 })
    anna.now += 59_999
    await anna.wake()
    expect(await anna.texts(contact)).toEqual(["counted"])
    // Also where the program did not run when its time came.
    anna.now += 1
    await anna.restart()
    expect(await anna.texts(contact)).toEqual([])
    expect(await view()).toMatchObject({ unread: 0, last: null })
    expect((await anna.stored()).filter((key) => key.startsWith("ending/"))).toEqual([])
    // It is not taken for a new one when it comes again.
    await write(anna.eve, counted)
    await anna.read()
    expect(await anna.texts(contact)).toEqual([])
    expect(await anna.kept(contact)).toEqual({ duplicate: 1 })
  })
})

describe("what this user does to messages", () => {
  test("is in its order whatever the clock says", async () => {
    const anna = await Victim.start(beginning)
    const { message } = await anna.run("send", { conversation: anna.eve.contact, text: "one" })
    await anna.run("edit", { message, text: "two" })
    await anna.run("react", { message, reactions: ["❤"] })
    anna.now -= 3_600_000
    await anna.run("edit", { message, text: "three" })
    await anna.run("react", { message, reactions: [] })
    expect((await anna.run("history", { message })).versions.map(({ text }) => text)).toEqual(["one", "two", "three"])
    expect((await anna.run("message", { message })).message).toMatchObject({ text: "three", doing: "queued" })
    expect((await anna.run("message", { message })).message).not.toHaveProperty("reactions")
  })

  test("fails when nobody confirms it, and is done again when the user says so", async () => {
    const anna = await Victim.start(beginning)
    const { contact } = anna.eve
    const one = saying(anna, textMessage("one", salt()), anna.now)
    await write(anna.eve, one)
    await anna.read()
    await anna.run("react", { message: one.id, reactions: ["❤"] })
    await anna.seal()
    const doing = async () => (await anna.run("message", { message: one.id })).message!.doing
    const [position] = anna.engine.conversations.get(contact)!.outgoing.keys()
    anna.now += 179 * 86_400_000
    for (let i = 0; i < 4; i++) await anna.wake()
    expect(await doing()).toBe("queued")
    anna.now += 2 * 86_400_000
    for (let i = 0; i < 4; i++) await anna.wake()
    expect(await doing()).toBe("failed")
    await anna.run("retry", { message: one.id })
    expect(await doing()).toBe("queued")
    expect(anna.engine.conversations.get(contact)!.outgoing.get(position!)).toBeNull()
  })

  test("cannot be done to what is deleted, to a line, or twice to no avail", async () => {
    const anna = await Victim.start(beginning)
    const { contact } = anna.eve
    await anna.run("timer", { conversation: contact, seconds: 60 })
    const line = (await messages(anna))[0]!.id
    await expect(anna.run("react", { message: line, reactions: ["❤"] })).rejects.toThrow("a line")
    await expect(anna.run("delete-for-everyone", { message: line })).rejects.toThrow("a line")
    await expect(anna.run("timer", { conversation: contact, seconds: 0.5 })).rejects.toThrow("seconds")
    const { message } = await anna.run("send", { conversation: contact, text: "one" })
    await anna.seal()
    await anna.run("delete-for-everyone", { message })
    await expect(anna.run("react", { message, reactions: ["❤"] })).rejects.toThrow("was deleted")
    await expect(anna.run("delete-for-everyone", { message })).rejects.toThrow("was deleted")
    // What is sealed may arrive, and is not sealed anew.
    const [, deletion] = [...anna.engine.conversations.get(contact)!.outgoing.keys()]
    expect(anna.engine.conversations.get(contact)!.outgoing.size).toBe(2)
    expect(await anna.engine.messages.act(contact, deletion!)).toMatchObject({ about: 2 })
  })
})
