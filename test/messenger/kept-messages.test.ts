import { beforeAll, describe, expect, test } from "vitest"
import type { CommandInput, CommandOutput } from "../../messenger/api.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store, Write } from "../../messenger/ports.ts"
import type { StoredMessage } from "../../messenger/stored.ts"
import { keys, pack, unpack } from "../../messenger/stored.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

let network: SimNetwork
let anna: Person
let ben: Person
let [toBen, toAnna] = ["", ""]

beforeAll(async () => {
  network = await SimNetwork.start({ seed: "deleting" })
  anna = await Person.join(network, "Anna")
  ben = await Person.join(network, "Ben")
  ;[toBen, toAnna] = await introduce(anna, ben)
}, 900_000)

const texts = async (person: Person, conversation: string) => (await person.messages(conversation)).map(({ text }) => text)
const conversation = async (person: Person) => (await person.messenger.run("view", {})).conversations[0]!

test("a message that is deleted is gone here, before and after a restart, and still there for the other", async () => {
  await anna.send(toBen, "one")
  const two = await anna.send(toBen, "two")
  await network.clock.runUntil(() => ben.heard.length === 2 && anna.state(two) === "received", 3_600_000)
  expect((await conversation(ben)).unread).toBe(2)

  await ben.messenger.run("delete-message", { message: two })
  expect(ben.events.at(-2)).toEqual({ type: "message-deleted", conversation: toAnna, message: two, position: 2 })
  expect(await texts(ben, toAnna)).toEqual(["one"])
  // It counts as unread no more, and the one before it is the last.
  expect(await conversation(ben)).toMatchObject({ unread: 1, last: { text: "one" } })
  expect((await ben.messenger.run("unread", { limit: 9 })).messages.map(({ text }) => text)).toEqual(["one"])
  expect(await ben.messenger.run("message", { message: two })).toEqual({ message: null })
  await expect(ben.messenger.run("delete-message", { message: two })).rejects.toThrow("no message")

  await ben.messenger.stop()
  await ben.open("Ben again")
  expect(await texts(ben, toAnna)).toEqual(["one"])
  expect(await conversation(ben)).toMatchObject({ unread: 1, last: { text: "one" } })
  expect(await texts(anna, toBen)).toEqual(["one", "two"])
})

test("what was deleted before it left is never sent, and what comes behind it takes no place twice", async () => {
  const before = (await conversation(anna)).last!.position
  const unsaid = await anna.send(toBen, "never mind")
  await anna.messenger.run("delete-message", { message: unsaid })
  const said = await anna.send(toBen, "three")
  await anna.messenger.run("delete-message", { message: await anna.send(toBen, "nor this") })
  // What is shown in its place tells its states as before.
  expect((await conversation(anna)).last).toMatchObject({ text: "three", position: before + 2, state: "queued" })
  await network.clock.runUntil(() => anna.state(said) === "received", 3_600_000)
  expect(anna.state(said)).toBe("received")
  expect(await texts(ben, toAnna)).toEqual(["one", "three"])
  expect((await conversation(anna)).last).toMatchObject({ text: "three", state: "received" })
})

describe("a search", () => {
  const cara = "ca1a"
  const NOW = Date.UTC(2026, 0, 1)
  let reader: Person

  /** A long conversation, as if all of it had been read: message n came at NOW + n · `every`. */
  async function fill(store: Store, conversation: string, count: number, every: number, text: (n: number) => string): Promise<void> {
    const writes = Array.from({ length: count }, (_, at): [string, Uint8Array] => {
      const position = at + 1
      const time = NOW + position * every
      const message: StoredMessage = {
        id: `${conversation}-${position}`, conversation, position, own: false, content: encodeContent(textMessage(text(position), new Uint8Array(16))),
        sent: time, received: time, state: null, times: {}, problem: null, journey: null,
      }
      return [keys.message(conversation, position), pack(message)]
    })
    const stored = unpack<StoredConversation>((await store.get(keys.conversation(conversation)))!)
    await store.commit([...writes, [keys.conversation(conversation), pack({ ...stored, position: count, seen: count })], [keys.last(conversation), null]])
  }

  /** Anna's profile with two long conversations in it, the second a copy of the first with Ben. */
  async function longProfile(): Promise<Person> {
    const store = memoryStore()
    const own = await anna.store.list("")
    const copies = own.filter(([key]) => key === keys.contact(toBen) || key === keys.conversation(toBen))
    await store.commit([...own, ...copies.map(([key, bytes]): Write => [key.replace(toBen, cara), pack({ ...unpack<{ id: string }>(bytes), id: cara })])])
    await fill(store, toBen, 1000, 2000, (n) => (n % 100 === 0 ? `Ben Ferry ${n}` : `Ben says ${n}`))
    await fill(store, cara, 400, 5000, (n) => (n % 40 === 0 ? `Cara férry ${n}` : `Cara says ${n}`))
    return Person.fromStore(network, "Anna", store)
  }

  beforeAll(async () => {
    await anna.messenger.stop()
    reader = await longProfile()
    return () => reader.messenger.stop()
  })

  /** All answers to one search. */
  async function answers(input: CommandInput<"search">): Promise<CommandOutput<"search">[]> {
    const all = [await reader.messenger.run("search", input)]
    for (let next = all[0]!.next; next !== null; next = all.at(-1)!.next) all.push(await reader.messenger.run("search", { ...input, from: next }))
    return all
  }
  const texts = (all: readonly CommandOutput<"search">[]) => all.flatMap(({ hits }) => hits.map(({ text }) => text))

  test("all conversations are searched together, the latest hit first, and none is told twice or left out", async () => {
    const wanted = [
      ...Array.from({ length: 10 }, (_, at) => [2000 * 100 * (at + 1), `Ben Ferry ${100 * (at + 1)}`] as const),
      ...Array.from({ length: 10 }, (_, at) => [5000 * 40 * (at + 1), `Cara férry ${40 * (at + 1)}`] as const),
    ]
    for (const limit of [1, 3, 200]) {
      const found = (await answers({ text: "FERRY", limit })).flatMap(({ hits }) => hits)
      expect(found.map(({ text }) => text).toSorted()).toEqual(wanted.map(([, text]) => text).toSorted())
      const times = found.map(({ received }) => received!)
      expect(times).toEqual(times.toSorted((a, b) => b - a))
    }
  })

  test("one answer looks at no more than a few pages, so that a long search holds up no packet", async () => {
    let read = 0
    const { list } = reader.store
    reader.store.list = async (prefix, options) => {
      const entries = await list(prefix, options)
      if (prefix.startsWith("message/")) read += entries.length
      return entries
    }
    const { hits, next } = await reader.messenger.run("search", { text: "nowhere", limit: 10 })
    reader.store.list = list
    expect([hits, next === null]).toEqual([[], false])
    expect(read).toBeGreaterThan(100)
    expect(read).toBeLessThan(300)
    expect((await answers({ text: "nowhere", limit: 10 })).flatMap(({ hits: some }) => some)).toEqual([])
  })

  test("one conversation is searched alone, all words must be there, and nothing sought finds nothing", async () => {
    expect(texts(await answers({ text: "says 399", conversation: cara, limit: 5 }))).toEqual(["Cara says 399"])
    expect(texts(await answers({ text: "ferry", conversation: cara, limit: 200 })).length).toBe(10)
    expect(await reader.messenger.run("search", { text: "  ", limit: 5 })).toEqual({ hits: [], next: null })
    await expect(reader.messenger.run("search", { text: "x", conversation: "nobody", limit: 5 })).rejects.toThrow("no conversation")
  })

  test("a conversation is opened around any of its messages", async () => {
    const behind = await reader.messenger.run("messages", { conversation: toBen, after: 500, limit: 3 })
    expect([behind.messages.map(({ position }) => position), behind.more]).toEqual([[501, 502, 503], true])
    expect(await reader.messenger.run("messages", { conversation: toBen, after: 998, limit: 2 })).toMatchObject({ messages: [{ position: 999 }, { position: 1000 }], more: false })
    expect(await reader.messenger.run("messages", { conversation: toBen, after: 1000, limit: 2 })).toEqual({ messages: [], more: false })
    await expect(reader.messenger.run("messages", { conversation: toBen, before: 9, after: 3, limit: 2 })).rejects.toThrow("not both")
  })
})

test("a conversation that is removed leaves nothing of what was deleted in it", async () => {
  await anna.open("Anna again")
  for (const { id } of await anna.messages(toBen)) await anna.messenger.run("delete-message", { message: id })
  expect((await conversation(anna)).last).toBeNull()
  expect((await anna.store.list("deleted/")).length).toBeGreaterThan(2)
  const named = [{ member: null, from: 0, to: 5 }]
  await anna.messenger.run("keep-draft", { conversation: toBen, text: "Never sent", mentions: named, about: { kind: "edit", message: "1f", text: "Never said so", mentions: named } })
  expect(await anna.messenger.run("drafts", {})).toEqual({
    drafts: { [toBen]: "Never sent" }, mentions: { [toBen]: named }, abouts: { [toBen]: { kind: "edit", message: "1f", text: "Never said so", mentions: named } },
  })
  await anna.messenger.run("remove", { contact: toBen })
  for (const kind of ["deleted/", "message-id/", "message/", "last/", "draft/", "draft-mentions/", "draft-about/"]) expect(await anna.store.list(kind), kind).toEqual([])
})
