import { expect, test } from "vitest"
import { CommandError } from "../../messenger/api.ts"
import { decodePack, decodePast, encodePack, encodePast, HISTORY_LABEL, historyMessage } from "../../messenger/groups/history-pack.ts"
import { merkleRoot } from "../../messenger/groups/merkle.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { deletionMessage } from "../../messenger/content/acts.ts"
import type { MimiContent } from "../../messenger/content/content.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import { sha256 } from "@noble/hashes/sha2.js"
import { concat, fromHex, toHex, WireError } from "../../shared/bytes.ts"
import type { Sitter } from "../sim/desk.ts"
import { GroupDesk, linesIn, membersOf, viewOf } from "../sim/group-desk.ts"

const MINUTES = 60_000

test("an admin gives a newcomer what was said before, once, as it is now and marked as given; members who are none may not, and what is not signed by one is dropped", async () => {
  const group = await GroupDesk.start("history", ["Anna", "Ben", "Carol"])
  const { desk, people, own } = group
  const [anna, ben, carol] = people as [Sitter, Sitter, Sitter]
  const conversation = await group.found("Walkers", [1])
  const first = await anna.send(conversation, "from Anna")
  await desk.run(MINUTES)
  const second = await ben.send(conversation, "from Bne")
  const gone = await anna.send(conversation, "gone")
  for (let i = 0; i < 60 && (await ben.heard(conversation)).length < 2; i++) await desk.run(MINUTES)
  await ben.run("edit", { message: second, text: "from Ben" })
  await anna.run("delete-for-everyone", { message: gone })
  await ben.run("react", { message: first, reactions: ["+1"] })
  await desk.run(30 * MINUTES)
  await anna.run("group-invite", { conversation, contacts: [own[2]!] })
  await group.settle([carol], conversation, "invited")
  await carol.run("group-accept", { conversation })
  await group.agree(conversation)
  const member = async (of: Sitter, name: string) => (await membersOf(of, conversation)).find((one) => one.name === name)!.id
  expect(await carol.heard(conversation).then((texts) => texts.filter((text) => text !== ""))).toEqual([])

  await expect(ben.run("group-history", { conversation, member: await member(ben, "Anna"), messages: 10 })).rejects.toThrow(CommandError)
  const id = await member(anna, "Carol")
  const cost = (range: { messages: number; since?: number }) => anna.run("group-history-cost", { conversation, member: id, ...range })
  expect([await cost({ messages: 1 }), await cost({ messages: 10 }), await cost({ messages: 10, since: desk.now })].map(({ messages, packets }) => [messages, packets])).toEqual([[1, 2], [2, 2], [0, 0]])
  expect(await anna.run("group-history", { conversation, member: id, messages: 10, since: desk.now })).toEqual({ given: 0 })
  expect(await anna.run("group-history", { conversation, member: id, messages: 1 })).toEqual({ given: 1 })
  const past = async () => (await carol.run("messages", { conversation, limit: 50 })).messages.filter((one) => one.past !== undefined)
  for (let i = 0; i < 60 && (await past()).length < 1; i++) await desk.run(MINUTES)
  expect(await anna.run("group-history", { conversation, member: id, messages: 10 })).toEqual({ given: 2 })
  for (let i = 0; i < 60 && (await past()).length < 2; i++) await desk.run(MINUTES)
  const by = await member(carol, "Anna")
  // In their place by time, though the later one came first, before all that has come since; nothing of them counts as unread but that they are there.
  const shown = (await carol.run("messages", { conversation, limit: 50 })).messages
  expect(shown.map(({ text, line }) => line?.kind ?? text).slice(0, 2)).toEqual(["from Anna", "from Ben"])
  expect(shown.flatMap(({ line }) => (line?.kind === "past" ? [[line.whoName, line.count, shown.find(({ position }) => position === line.first)?.text]] : []))).toEqual([["Anna", 1, "from Ben"], ["Anna", 1, "from Anna"]])
  expect((await viewOf(carol, conversation)).unread).toBe(0)
  expect((await carol.run("search", { text: "ben", limit: 5 })).hits.map(({ text }) => text)).toEqual(["from Ben"])
  // Who gave them sees how far they are.
  const gave = async () => (await anna.run("messages", { conversation: own[2]!, limit: 50 })).messages.filter(({ line }) => line?.kind === "gave")
  for (let i = 0; i < 60 && (await gave()).some(({ doing }) => doing !== undefined); i++) await desk.run(MINUTES)
  expect((await gave()).map(({ line, doing }) => [line, doing])).toEqual([1, 2].map((count) => [{ kind: "gave", group: conversation, name: "Walkers", count }, undefined]))
  expect((await past()).map(({ text, fromName, past: given }) => [text, fromName, given]).sort()).toEqual([["from Anna", "Anna", by], ["from Ben", "Ben", by]])
  // Whoever names it later names the same message.
  expect((await past()).map((one) => one.id)).toContain(first)
  await ben.run("react", { message: first, reactions: ["+2"] })
  for (let i = 0; i < 60 && (await past()).every(({ reactions }) => reactions === undefined); i++) await desk.run(MINUTES)
  expect((await past()).find((one) => one.id === first)!.reactions!.map(({ text }) => text)).toEqual(["+2"])

  // One that Anna has not signed.
  const before = (await past()).length
  const content = encodeContent(textMessage("made up", new Uint8Array(16)))
  const entries = [encodePast({ from: new Uint8Array(32), sent: desk.now, name: "Anna", content })]
  const pack = encodePack({ groupId: carol.stored(conversation).groupId, signature: new Uint8Array(64), entries })
  const contact = carol.engine.contacts.get(group.ids[2]!)!
  await expect(carol.engine.groups.past.came(contact, pack)).rejects.toThrow(WireError)
  expect((await past()).length).toBe(before)
  await expect(carol.engine.groups.past.came(contact, pack)).rejects.toThrow(WireError)
  expect((await linesIn(carol, conversation)).filter((line) => line.startsWith("broken"))).toEqual(["broken by Anna"])

  // Well signed, but by who may not, or with what is no text, or by whom this user has blocked.
  const { groupId } = carol.stored(conversation)
  const identity = async (name: string) => fromHex(await member(carol, name))
  const comes = async (giver: Sitter, name: string, from: string, given: MimiContent) => {
    const said = [encodePast({ from: await identity(from), sent: desk.now, name: from, content: encodeContent(given) })]
    const signature = await giver.engine.contacts.parts.mls.signAs(giver.stored(conversation).mls, HISTORY_LABEL, historyMessage(groupId, said))
    await carol.engine.groups.past.came({ ...contact, identity: await identity(name) }, encodePack({ groupId, signature, entries: said }))
  }
  const salt = new Uint8Array(16).fill(7)
  await expect(comes(ben, "Ben", "Anna", textMessage("made up by a member", salt))).rejects.toThrow(WireError)
  await expect(comes(anna, "Anna", "Ben", deletionMessage(fromHex(first), salt))).rejects.toThrow(WireError)
  await carol.run("group-block", { conversation, member: await member(carol, "Ben"), blocked: true })
  await comes(anna, "Anna", "Ben", textMessage("of somebody blocked", salt))
  await comes(anna, "Anna", "Anna", textMessage("of somebody else", salt))
  await desk.run(MINUTES)
  expect((await past()).map(({ text }) => text).sort()).toEqual(["from Anna", "from Ben", "of somebody else"])
}, 900_000)

test("a pack is read as it was written, and refused where it is cut, too long, or of another version", () => {
  const one = encodePast({ from: new Uint8Array(32).fill(1), sent: 5, name: "Anna", content: new Uint8Array(40) })
  const pack = encodePack({ groupId: new Uint8Array(16), signature: new Uint8Array(64), entries: [one, one] })
  expect(decodePack(pack).entries.map((entry) => decodePast(entry))).toEqual([decodePast(one), decodePast(one)])
  for (const bad of [pack.slice(0, -1), concat(pack, new Uint8Array(1)), pack.with(0, 2), encodePack({ groupId: new Uint8Array(16), signature: new Uint8Array(64), entries: [] })]) expect(() => decodePack(bad)).toThrow(WireError)
  expect(() => decodePast(one.slice(0, -1))).toThrow(WireError)
})

test("the root of a Merkle tree is that of RFC 6962", () => {
  const [a, b, c] = [1, 2, 3].map((byte) => Uint8Array.of(byte)) as [Uint8Array, Uint8Array, Uint8Array]
  const leaf = (bytes: Uint8Array) => sha256(concat(Uint8Array.of(0), bytes))
  const node = (left: Uint8Array, right: Uint8Array) => sha256(concat(Uint8Array.of(1), left, right))
  expect(toHex(merkleRoot([a]))).toBe(toHex(leaf(a)))
  expect(toHex(merkleRoot([a, b, c]))).toBe(toHex(node(node(leaf(a), leaf(b)), leaf(c))))
})
