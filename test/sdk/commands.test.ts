import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { parseArguments } from "../../cli/arguments.ts"
import { commands } from "../../cli/catalogue.ts"
import { openProfile } from "../../cli/profile.ts"
import type { StoredMessage } from "../../messenger/stored.ts"
import { keys, pack, unpack } from "../../messenger/stored.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

// What the commands do to a profile that lived on a simulated network: none of these needs one.

const folder = mkdtempSync(path.join(tmpdir(), "sotto-commands-"))
const ids = { ben: "", first: "", failed: "" }
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  const network = await SimNetwork.start({ seed: "commands" })
  const [anna, ben] = [await Person.join(network, "Anna"), await Person.join(network, "Ben")]
  const [toBen, toAnna] = await introduce(anna, ben)
  ids.ben = toBen
  ids.first = await anna.send(toBen, "Hello Ben")
  await ben.send(toAnna, "One\u001b[2J")
  await ben.send(toAnna, "Two")
  await network.clock.runUntil(() => anna.heard.length === 2 && anna.state(ids.first) === "received", 3_600_000)
  ids.failed = await anna.send(toBen, "Late")
  await anna.messenger.stop()
  await ben.messenger.stop()

  const entries = new Map(await anna.store.list(""))
  const key = [...entries.keys()].find((one) => one.startsWith(keys.messages(toBen)) && unpack<StoredMessage>(entries.get(one)!).id === ids.failed)!
  const failed: StoredMessage = { ...unpack<StoredMessage>(entries.get(key)!), state: "failed", problem: "expired" }
  const profile = await openProfile(folder, { make: true })
  profile.setNetwork(network.description, "http://localhost:8080/")
  await profile.store.commit([...entries, [key, pack(failed)]])
  await profile.store.close()
}, 900_000)

/** One command as the program runs it; its lines. */
async function sotto(name: string, ...argv: string[]): Promise<string[]> {
  const command = commands[name]!
  const args = parseArguments(argv, { ...command.options, json: "flag" })
  const [least, most] = command.words
  expect(args.words.length >= least && args.words.length <= most, `words of ${name}`).toBe(true)
  const lines: string[] = []
  const never = new AbortController().signal
  // What needs a network, of which there is none here, is not waited for.
  const deadline = name === "send-file" ? AbortSignal.timeout(500) : never
  const print = (line: string) => void lines.push(line)
  await command.run({ args, folder, json: args.options.has("json"), speed: null, passphrase: async () => null, interrupted: never, deadline, print, note: () => undefined })
  return lines
}

const json = async (name: string, ...argv: string[]) => (await sotto(name, ...argv, "--json")).map((line) => JSON.parse(line) as Record<string, unknown>)

test("unread messages are shown without marking them, and marked", async () => {
  expect((await json("unread")).map(({ text, from }) => [from, text])).toEqual([["Ben", "One\u001b[2J"], ["Ben", "Two"]])
  expect((await sotto("unread"))[0]).toMatch(/^20\d\d-.* {2}Ben: One\ufffd\[2J$/)
  const [first] = await json("unread", "--limit", "1")
  expect(await json("mark-read", "ben", String(first!.position))).toEqual([{ contact: ids.ben, unread: 1 }])
  expect(await sotto("mark-read", "ben")).toEqual([`Nothing of "Ben" is unread.`])
  expect(await sotto("unread")).toEqual([])
  await expect(sotto("mark-read", "Ben", "last")).rejects.toThrow(/A position is a whole number/)
})

test("a conversation is shown by pages, one message with its states and its way, and what failed is queued again", async () => {
  const all = await json("messages", "Ben")
  expect(all.map(({ text }) => text).sort()).toEqual(["Hello Ben", "Late", "One\u001b[2J", "Two"])
  const last = all.at(-1)!
  expect(await json("messages", "Ben", "--limit", "2", "--before", String(last.position))).toEqual(all.slice(1, 3))
  expect((await sotto("messages", "Ben", "--ids", "--limit", "1"))[0]).toMatch(new RegExp(`^${last.id as string}  20`))

  const [hello] = await json("message", ids.first)
  expect(hello).toMatchObject({ id: ids.first, to: "Ben", text: "Hello Ben", state: "received", times: { queued: expect.any(String), received: expect.any(String) } })
  const lines = await sotto("message", ids.first)
  expect(lines.join("\n")).toMatch(/ {2}queued +20.*\n {2}mix +20.*\n {2}dropbox +20.*\n {2}received +20/)
  expect(lines.join("\n")).toMatch(/ {2}out +mix1[ab]\.test \(operator mix1[ab]\), /)
  await expect(sotto("message", "nothing")).rejects.toThrow(/There is no message of this id/)

  expect((await sotto("message", ids.failed)).join("\n")).toContain("problem    The message was not confirmed in time")
  await expect(sotto("retry", ids.first)).rejects.toThrow(/There is no failed message/)
  expect(await json("retry")).toEqual([{ id: ids.failed, state: "queued" }])
  expect((await json("message", ids.failed))[0]).toMatchObject({ state: "queued", problem: null })
  expect(await sotto("retry")).toEqual(["No message has failed."])
})

test("texts are found whatever their case, and a message is deleted here", async () => {
  expect((await json("search", "HELLO ben")).map(({ text }) => text)).toEqual(["Hello Ben"])
  expect((await sotto("search", "o", "--with", "Ben", "--limit", "2", "--ids")).map((line) => line.split("  ")[2])).toEqual(["Ben: Two", "Ben: One\ufffd[2J"])
  expect(await sotto("search", "nowhere")).toEqual([])
  await expect(sotto("search", "o", "--with", "Carol")).rejects.toThrow(/There is no contact "Carol"/)
  expect(await json("delete-message", ids.first)).toEqual([{ id: ids.first, deleted: true }])
  await expect(sotto("delete-message", ids.first)).rejects.toThrow(/There is no message of this id/)
  expect(await sotto("search", "hello")).toEqual([])
})

test("messages are edited, reacted to and deleted for everyone, and a conversation's timer is set", async () => {
  expect(await json("edit", ids.failed, "Later")).toEqual([{ id: ids.failed, edited: true }])
  expect((await sotto("history", ids.failed)).map((line) => line.slice(18))).toEqual(["Late", "Later"])
  const two = (await json("messages", "Ben")).find(({ text }) => text === "Two")!.id as string
  await expect(sotto("edit", two, "x")).rejects.toThrow("This cannot be done: this message is somebody else's.")
  await expect(sotto("react", two, "x".repeat(65))).rejects.toThrow("This cannot be done")
  expect(await json("react", two, "❤ +1")).toEqual([{ id: two, reactions: ["❤", "+1"] }])
  expect((await sotto("messages", "Ben")).join("\n")).toMatch(/Ben: Two \[\+1 1\] \[❤ 1\]\n.*: Later \(edited\) \(queued\)/)
  expect(await sotto("react", two)).toEqual(["Taken back; that leaves while sotto runs."])

  expect(await sotto("timer", "Ben")).toEqual([`Messages with "Ben" last for good.`])
  expect(await json("timer", "Ben", "90")).toEqual([{ contact: ids.ben, seconds: 90 }])
  expect(await sotto("timer", "Ben", "2d")).toEqual([`Messages with "Ben" disappear 2 days after they were read.`])
  for (const word of ["0", "5y", "400d", "soon"]) await expect(sotto("timer", "Ben", word)).rejects.toThrow("How long messages last is off")
  expect((await sotto("messages", "Ben")).at(-1)).toMatch(/to Ben: \[from here on messages disappear 2 days after they were read\] \(queued\)$/)
  expect(await json("timer", "Ben", "off")).toEqual([{ contact: ids.ben, seconds: null }])

  expect(await json("delete-for-everyone", ids.failed)).toEqual([{ id: ids.failed, deleted: true, sent: true }])
  expect((await json("message", ids.failed))[0]).toMatchObject({ text: "", deleted: expect.any(String) })
  expect((await sotto("messages", "Ben")).join("\n")).toContain("to Ben: [deleted by who wrote it]")
})

test("what a file costs is said, how far one is, and it is saved, stopped and given up", async () => {
  expect((await json("file-cost", "200kB"))[0]).toMatchObject({ size: 200_000, boxes: 69, packets: 138, reads: 64, most: 5_000_000 })
  expect((await sotto("file-cost", "6MB")).join("\n")).toMatch(/^6\.0 MB: .* packets[^]* {2}saver +sent in about [\d.]+ h[^]*at most 5\.0 MB through\.$/)
  await expect(sotto("file-cost", "much")).rejects.toThrow("A size is a number of bytes")
  expect(await sotto("file-limits")).toEqual(["Files of up to 300 kB are fetched by themselves; of own ones 10.0 MB a day are sent once more in a conversation."])
  expect(await json("file-limits", "--again", "0")).toEqual([{ fetch: 300_000, again: 0 }])

  const named = path.join(folder, "notes.txt")
  writeFileSync(named, "x".repeat(5000))
  // Without a network it is handed over, and no more.
  await expect(sotto("send-file", "Ben", named, "--as", "../notes.txt")).rejects.toThrow("cannot be the name of a file that is sent")
  await expect(sotto("send-file", "Ben", path.join(folder, "nothing"))).rejects.toThrow("cannot be read: ENOENT")
  await expect(sotto("send-file", "Ben", named, "--text", "Mine")).rejects.toThrow("The file is not in the dropbox, because the network")
  const [sent] = (await json("messages", "Ben")).slice(-1)
  expect(sent).toMatchObject({ text: "Mine", file: { name: "notes.txt", type: "text/plain", size: 5000, state: "sending", done: 0, of: 6 } })
  const id = sent!.id as string
  expect((await sotto("messages", "Ben", "--limit", "1"))[0]).toMatch(/to Ben: \[notes\.txt, 5 kB: sending, 0 of 6\] Mine \(queued\)$/)
  expect(await sotto("file", id, "pause")).toEqual(["notes.txt, 5 kB: paused, 0 of 6"])
  await expect(sotto("file", id, "pause")).rejects.toThrow("This cannot be done: this file is not on its way.")
  await expect(sotto("file", id, "ask-again")).rejects.toThrow("This cannot be done: this file is not missing.")
  await expect(sotto("file", ids.first)).rejects.toThrow(/no (file|message)/)
  expect(await json("file", id, "resume")).toEqual([{ id, file: { state: "sending", done: 0, of: 6 } }])
  const copy = path.join(folder, "copy.txt")
  expect(await json("save", id, copy)).toEqual([{ id, file: copy, size: 5000, type: "text/plain" }])
  expect(readFileSync(copy, "utf8")).toBe("x".repeat(5000))
  await expect(sotto("save", id, copy)).rejects.toThrow("There is a file")
  await expect(sotto("save", id, folder)).rejects.toThrow("There is a file")
  expect(await sotto("file", id, "cancel")).toEqual(["Given up; its message is deleted."])
})

test("a contact is trusted, compared, renamed, blocked and removed", async () => {
  expect(await json("trust", "Ben", "compared")).toEqual([{ contact: ids.ben, trust: "compared" }])
  await expect(sotto("trust", "Ben", "blindly")).rejects.toThrow(/"blindly" is none of them/)
  const [number] = await sotto("safety-number", "Ben")
  expect(number).toMatch(/^(\d{5} ){11}\d{5}$/)
  expect((await sotto("safety-number", "Ben", ...number!.split(" ")))[0]).toMatch(/^The same/)
  expect((await sotto("safety-number", "Ben", "--qr"))[0]).toMatch(/^[A-Z2-7]{104}$/)
  const wrong = number!.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
  await expect(sotto("safety-number", "Ben", wrong)).rejects.toThrow(/NOT the same/)
  await expect(sotto("safety-number", "Ben", "123")).rejects.toThrow(/60 digits/)

  expect(await sotto("rename-contact", "Ben", "Benjamin")).toEqual([`"Ben" is now "Benjamin".`])
  await expect(sotto("rename-contact", "Benjamin", "two\nlines")).rejects.toThrow(/A name has/)
  await expect(sotto("trust", "Carol", "met")).rejects.toThrow(/There is no contact "Carol"/)
  expect(await json("block", "Benjamin")).toEqual([{ contact: ids.ben, blocked: true }])
  expect((await json("list"))[0]).toMatchObject({ name: "Benjamin", trust: "compared", blocked: true })
  expect(await json("unblock", "Benjamin")).toEqual([{ contact: ids.ben, blocked: false }])
  expect(await sotto("quarantine", "Benjamin", "--clear")).toEqual([])
  expect(await json("remove", "Benjamin")).toEqual([{ contact: ids.ben, removed: true }])
  expect(await sotto("list")).toEqual([])
})

test("the own name and speed are changed, and a code is checked without being entered", async () => {
  expect(await json("rename", "Annabel")).toEqual([{ name: "Annabel" }])
  await expect(sotto("rename", "")).rejects.toThrow(/A name has/)
  expect(await json("speed", "saver")).toEqual([{ speed: "saver" }])
  await expect(sotto("speed", "warp")).rejects.toThrow(/"warp" is none/)
  expect((await json("status"))[0]).toMatchObject({ name: "Annabel", speed: "saver" })
  expect(await json("check", "ABCD")).toEqual([{ ok: false, problem: "too-short" }])
  await expect(sotto("check", "ABCD")).rejects.toThrow("This code is too short: a part is missing.")
})
