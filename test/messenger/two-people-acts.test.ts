import { beforeAll, expect, test } from "vitest"
import type { MessageView } from "../../messenger/api.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { keys } from "../../messenger/stored.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const HOUR = 3_600_000
const FAST = { parameters: { meanDelay: 50 } }

let network: SimNetwork
let anna: Person
let ben: Person
let [toBen, toAnna] = ["", ""]

beforeAll(async () => {
  network = await SimNetwork.start({ seed: "acts of two", ...FAST })
  anna = await Person.join(network, "Anna")
  ben = await Person.join(network, "Ben")
  ;[toBen, toAnna] = await introduce(anna, ben)
}, 900_000)

const view = async (person: Person, message: string) => (await person.messenger.run("message", { message })).message
const told = (person: Person, message: string) => person.events.filter((event) => event.type === "message").findLast((event) => event.message.id === message)?.message
/** Until what was told of a message is as wanted. */
async function until(person: Person, message: string, is: (view: MessageView) => boolean): Promise<MessageView> {
  const now = () => told(person, message)
  await network.clock.runUntil(() => now() !== undefined && is(now()!), HOUR)
  expect(now() !== undefined && is(now()!)).toBe(true)
  return now()!
}
const records = async (person: Person, kind: string) => (await person.store.list(kind)).length
/** Nothing of before is on its way any more. */
async function settled(person: Person): Promise<void> {
  for (let passed = 0; (await records(person, "act/")) > 0; passed += 10_000) {
    expect(passed).toBeLessThan(HOUR)
    await network.clock.run(10_000)
  }
}

test("an answer carries what it answers, on both sides, as it is now", async () => {
  const question = await anna.send(toBen, `Where? ${"x".repeat(300)}`)
  await until(ben, question, () => true)
  const { message: answer } = await ben.messenger.run("send", { conversation: toAnna, text: "There", replyTo: question })
  const seen = await until(anna, answer, () => true)
  expect(seen.quote).toEqual({ message: question, there: "shown", position: 1, own: true, from: null, text: `Where? ${"x".repeat(153)}…` })
  expect(await view(ben, answer)).toMatchObject({ text: "There", quote: { there: "shown", own: false, from: toAnna } })

  await anna.messenger.run("edit", { message: question, text: "When?" })
  expect(await view(anna, answer)).toMatchObject({ quote: { text: "When?" } })
  await ben.messenger.run("delete-message", { message: question })
  expect(await view(ben, answer)).toMatchObject({ quote: { message: question, there: "missing", position: null, text: "" } })
  await expect(ben.messenger.run("send", { conversation: toAnna, text: "?", replyTo: question })).rejects.toThrow("no message")
})

test("a reaction is shown at once, comes to the other, and is taken back; until it is confirmed the message says how far it is", async () => {
  const message = await anna.send(toBen, "Look")
  await until(ben, message, () => true)
  const before = (await ben.messenger.run("view", {})).conversations[0]!.last!.position
  await ben.messenger.run("react", { message, reactions: ["❤", "👀"] })
  expect(await view(ben, message)).toMatchObject({ doing: "queued", reactions: [{ text: "❤", count: 1, own: true, from: [] }, { text: "👀", count: 1, own: true, from: [] }] })
  await anna.messenger.run("react", { message, reactions: ["❤"] })
  const both = await until(anna, message, ({ reactions = [] }) => reactions.some(({ count }) => count === 2))
  expect(both.reactions).toEqual([{ text: "❤", count: 2, own: true, from: [toBen] }, { text: "👀", count: 1, own: false, from: [toBen] }])
  await until(ben, message, ({ doing, reactions = [] }) => doing === undefined && reactions[0]?.count === 2)
  expect(await records(ben, "act/")).toBe(0)
  await ben.messenger.run("react", { message, reactions: [] })
  await until(anna, message, ({ reactions = [] }) => reactions.length === 1 && reactions[0]!.count === 1)
  // It took no place that is seen: the conversation's last message is the same, before and after a restart.
  await ben.messenger.stop()
  await ben.open("Ben again")
  expect((await ben.messenger.run("view", {})).conversations[0]!.last).toMatchObject({ id: message, position: before, reactions: [{ text: "❤", count: 1 }] })
  await expect(anna.messenger.run("react", { message, reactions: ["two words"] })).rejects.toThrow("without spaces")
})

test("an edit is shown with what was before it; only own messages are edited", async () => {
  const message = await anna.send(toBen, "Seven")
  await until(ben, message, () => true)
  await anna.messenger.run("edit", { message, text: "Eight" })
  await anna.messenger.run("edit", { message, text: "Nine" })
  const seen = await until(ben, message, ({ text }) => text === "Nine")
  expect(seen.edited).toBeGreaterThan(0)
  const { versions } = await ben.messenger.run("history", { message })
  expect(versions.map(({ text }) => text)).toEqual(["Seven", "Eight", "Nine"])
  expect((await anna.messenger.run("history", { message })).versions).toMatchObject(versions.map(({ text }) => ({ text })))
  expect((await ben.messenger.run("search", { text: "nine", limit: 5 })).hits.map(({ id }) => id)).toEqual([message])
  expect((await ben.messenger.run("search", { text: "seven", limit: 5 })).hits).toEqual([])
  await expect(ben.messenger.run("edit", { message, text: "Ten" })).rejects.toThrow("somebody else's")
  await expect(ben.messenger.run("delete-for-everyone", { message })).rejects.toThrow("somebody else's")
})

test("what is deleted for everyone leaves a line and nothing else, also of edits that had not left", async () => {
  await settled(anna)
  const message = await anna.send(toBen, "A secret of mine")
  const { message: answer } = await ben.messenger.run("send", { conversation: toAnna, text: "Oh", replyTo: (await until(ben, message, () => true)).id })
  await until(anna, answer, () => true)
  await ben.messenger.run("react", { message, reactions: ["❤"] })
  await anna.messenger.run("edit", { message, text: "Another secret" })
  expect(await records(anna, "act/")).toBe(1)
  await anna.messenger.run("delete-for-everyone", { message })
  expect(await view(anna, message)).toMatchObject({ text: "", deleted: expect.any(Number), doing: "queued" })
  // Of the edit nothing is left to be sent: what waits is the deletion.
  expect(await records(anna, "act/")).toBe(1)
  const gone = await until(ben, message, ({ deleted }) => deleted !== undefined)
  expect([gone.text, gone.reactions, gone.edited]).toEqual(["", undefined, undefined])
  expect(await view(ben, answer)).toMatchObject({ quote: { there: "deleted", text: "" } })
  await until(anna, message, ({ doing }) => doing === undefined)
  for (const person of [anna, ben]) {
    expect((await person.messenger.run("search", { text: "secret", limit: 5 })).hits).toEqual([])
    const kept = (await person.store.list("")).map(([, bytes]) => new TextDecoder().decode(bytes)).join()
    expect(kept).not.toMatch(/secret/)
    expect((await person.messenger.run("history", { message })).versions).toEqual([])
  }
  await expect(anna.messenger.run("edit", { message, text: "x" })).rejects.toThrow("was deleted")
})

test("what is deleted for everyone before it left is gone without a line, and the other hears nothing of it", async () => {
  const message = await anna.send(toBen, "Never mind")
  await anna.messenger.run("delete-for-everyone", { message })
  expect(await view(anna, message)).toBeNull()
  const after = await anna.send(toBen, "After that")
  await until(ben, after, () => true)
  expect((await ben.messages(toAnna)).at(-1)).toMatchObject({ text: "After that" })
  expect(await records(ben, "waiting-acts/")).toBe(0)
  expect(await view(ben, message)).toBeNull()
})

test("what was done is sent after a restart in the midst of it", async () => {
  const message = await anna.send(toBen, "Before the crash")
  await until(ben, message, () => true)
  await anna.messenger.run("edit", { message, text: "After the crash" })
  await anna.messenger.stop()
  await network.cut("Anna")
  await anna.open("Anna again")
  await until(ben, message, ({ text }) => text === "After the crash")
  await until(anna, message, ({ doing }) => doing === undefined)
})

test("with a timer messages go on both sides, so long after they were read or stored, with what was said of them, online or not", async () => {
  await anna.messenger.run("timer", { conversation: toBen, seconds: 60 })
  await anna.messenger.run("timer", { conversation: toBen, seconds: 60 })
  const line = (await anna.messages(toBen)).at(-1)!
  expect([line.timer, line.text, (await anna.messages(toBen)).filter(({ timer }) => timer !== undefined).length]).toEqual([60, "", 1])
  await until(ben, line.id, ({ timer }) => timer === 60)
  const timer = async (person: Person) => (await person.messenger.run("view", {})).conversations[0]!.timer
  expect([await timer(anna), await timer(ben)]).toEqual([60, 60])

  const message = await ben.send(toAnna, "Soon gone")
  expect(await view(ben, message)).toMatchObject({ lasts: 60_000 })
  await until(anna, message, () => true)
  await anna.messenger.run("react", { message, reactions: ["❤"] })
  await until(ben, message, ({ reactions }) => reactions !== undefined)
  const { position } = (await view(anna, message))!
  expect((await view(anna, message))!.ends).toBeUndefined()
  await anna.messenger.run("mark-read", { conversation: toBen, position })
  expect((await view(anna, message))!.ends).toBeGreaterThan(network.clock.now())
  // A backup of before, and one of after.
  const early = memoryStore()
  await early.commit(await anna.store.list(""))
  const answer = await anna.send(toBen, "Stays unread")
  await until(ben, answer, () => true)
  network.down.add("Ben")
  await network.cut("Ben")
  const goneAt = (person: Person) => person.events.some((event) => event.type === "message-deleted" && event.message === message)
  expect(await network.clock.runUntil(() => goneAt(anna) && goneAt(ben), 100_000)).toBe(true)
  expect((await ben.messenger.run("view", {})).network.link).not.toBe("online")
  network.down.delete("Ben")
  for (const person of [anna, ben]) {
    expect(await view(person, message)).toBeNull()
    expect((await person.messenger.run("search", { text: "soon gone", limit: 5 })).hits).toEqual([])
  }
  expect(await view(ben, answer)).toMatchObject({ text: "Stays unread" })
  expect(await anna.store.get(keys.message(toBen, position))).toBeNull()
  await anna.messenger.stop()
  const restored = await Person.fromStore(network, "Anna", early)
  expect(await view(restored, message)).toBeNull()
  await restored.messenger.stop()
  await anna.open("Anna once more")

  await ben.messenger.run("timer", { conversation: toAnna, seconds: null })
  expect(await timer(ben)).toBeUndefined()
  expect((await ben.messages(toAnna)).at(-1)).toMatchObject({ timer: null, own: true })
})
