import { beforeAll, expect, test } from "vitest"
import type { FileMark, MessageKind, SearchMark, StorageView } from "../../messenger/api.ts"
import { layoutOf } from "../../messenger/attachments/layout.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { countRecords, NO_CONTENTS } from "../../messenger/vault/backup-contents.ts"
import { packBackup, readBackup } from "../../messenger/vault/backup.ts"
import { restoredRecord } from "../../messenger/vault/restore.ts"
import { toShelf } from "../../messenger/vault/shelved.ts"
import { toHex } from "../../shared/bytes.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"
import { seeded } from "../sim/sim-network.ts"
import { attach, bytesOf, file, HOUR, MINUTE, records, until } from "./files.ts"

const random = seeded("the shelf")

let desk: Desk
let anna: Sitter
let ben: Sitter
let [toBen, toAnna] = ["", ""]

beforeAll(async () => {
  desk = await Desk.start("shelf", { dropboxes: 3 })
  anna = await Sitter.join(desk, "Anna")
  ben = await Sitter.join(desk, "Ben")
  ;[toBen, toAnna] = await acquaint(anna, ben)
}, 900_000)

/** Ids of all that is found, a hit at a time. */
async function found(sitter: Sitter, kind: MessageKind, text = ""): Promise<string[]> {
  const ids: string[] = []
  for (let from: SearchMark | null = []; from !== null; ) {
    const page: { hits: { id: string }[]; next: SearchMark | null } = await sitter.run("search", { text, kind, from, limit: 1 })
    ids.push(...page.hits.map(({ id }) => id))
    from = page.next
  }
  return ids
}

async function stored(sitter: Sitter, by: "latest" | "largest"): Promise<string[]> {
  const ids: string[] = []
  for (let from: FileMark | null | undefined; from !== null; ) {
    const page: { files: { id: string }[]; next: FileMark | null } = await sitter.run("stored-files", { by, limit: 1, ...(from !== undefined && { from }) })
    ids.push(...page.files.map(({ id }) => id))
    from = page.next
  }
  return ids
}

const gone = (sitter: Sitter, message: string) => desk.run(HOUR, () => sitter.events.some((event) => event.type === "message" && event.message.id === message && event.message.deleted !== undefined))

test("pictures, files and links are found by what they are, with words and without, and are not when they are gone or say it no more", async () => {
  const picture = await attach(anna, toBen, random(9000), { text: "The harbour" })
  const paper = await attach(anna, toBen, random(5000), { name: "timetable.pdf", mediaType: "application/pdf", text: "See https://example.org/ferries" })
  const [link, bare, none] = [await anna.send(toBen, "It is at www.example.net"), await anna.send(toBen, "and on example.com, too."), await anna.send(toBen, "e.g. nowhere… me@example.com 1.2.34")]
  await until(ben, picture, "ready")
  await until(ben, paper, "ready")
  await desk.run(HOUR, () => ben.events.some((event) => event.type === "message" && event.message.id === none))
  for (const sitter of [anna, ben]) {
    expect(await found(sitter, "media")).toEqual([picture])
    expect(await found(sitter, "files")).toEqual([paper])
    expect((await found(sitter, "links")).sort()).toEqual([paper, link, bare].sort())
    expect(await found(sitter, "media", "harbour")).toEqual([picture])
    expect(await found(sitter, "files", "harbour")).toEqual([])
    expect(await found(sitter, "links", "ferries")).toEqual([paper])
  }
  await anna.run("edit", { message: link, text: "It is nowhere" })
  await anna.run("edit", { message: none, text: "http://127.0.0.1:8000" })
  await anna.run("delete-for-everyone", { message: paper })
  expect(await gone(ben, paper)).toBe(true)
  await ben.run("delete-message", { message: bare })
  expect([await found(anna, "links"), await found(ben, "links")]).toEqual([[none, bare], [none]])
  expect([await found(anna, "files"), await found(ben, "files"), await stored(ben, "latest")]).toEqual([[], [], [picture]])
})

test("what files take is told by conversation, and they are listed page by page, the latest or the largest first", async () => {
  const [before] = (await ben.run("storage", {})).conversations
  expect(before).toEqual({ conversation: toAnna, files: 1, bytes: 9000 })
  const large = await attach(anna, toBen, random(20_000))
  await until(ben, large, "ready")
  const small = await attach(anna, toBen, random(4000))
  await until(ben, small, "ready")
  expect((await ben.run("storage", {})).conversations).toEqual([{ conversation: toAnna, files: 3, bytes: 33_000 }])
  expect((await stored(ben, "latest")).slice(0, 2)).toEqual([small, large])
  const bySize = await stored(ben, "largest")
  expect([bySize[0], bySize.at(-1), bySize.length]).toEqual([large, small, 3])
  await ben.run("delete-message", { message: small })
  expect(await stored(ben, "latest")).toHaveLength(2)
})

test("a file that is taken off a device is fetched again while it lies in the dropboxes, and by its author it is given to nobody any more", async () => {
  const bytes = random(12_000)
  const message = await attach(anna, toBen, bytes)
  await expect(anna.run("delete-attachment", { message })).rejects.toThrow("on its way")
  await until(ben, message, "ready")
  await until(anna, message, "sent")
  const [ours, theirs] = [await records(anna, "piece/"), await records(ben, "piece/")]
  await ben.run("delete-attachment", { message })
  expect(await file(ben, message)).toMatchObject({ state: "deleted", done: 0 })
  expect(await found(ben, "media")).toContain(message)
  expect(await stored(ben, "latest")).not.toContain(message)
  await expect(ben.run("attachment-bytes", { message, offset: 0, length: 1 })).rejects.toThrow("not here")
  await expect(ben.run("delete-attachment", { message })).rejects.toThrow("nothing of this file")
  await desk.run(MINUTE)
  const { pieces } = layoutOf(bytes.length)
  expect(await records(ben, "piece/")).toBe(theirs - pieces)
  await ben.run("fetch-attachment", { message })
  await until(ben, message, "ready")
  expect(await bytesOf(ben, message)).toBe(toHex(bytes))

  await anna.run("delete-attachment", { message })
  await desk.run(MINUTE)
  expect(await records(anna, "piece/")).toBe(ours - pieces)
  await expect(anna.run("attachment-bytes", { message, offset: 0, length: 1 })).rejects.toThrow("not here")
  await ben.run("delete-attachment", { message })
  await ben.run("ask-again", { message })
  await desk.run(10 * MINUTE)
  expect([(await file(anna, message))!.state, (await file(ben, message))!.state]).toEqual(["deleted", "asked"])
})

test("a backup holds files as they are here, says how many, and restored they can be read; what is not here is still to be asked for", async () => {
  const hashes = async (sitter: Sitter) => Promise.all((await stored(sitter, "largest")).map((id) => bytesOf(sitter, id)))
  const before = await hashes(ben)
  expect(before).toHaveLength(2)
  const all = async function* () {
    yield await ben.store.list("")
  }
  const { bytes } = await packBackup(all(), { created: desk.now, network: random(40) })
  const reading = readBackup(bytes)
  if (!reading.ok) throw new Error(reading.problem)
  const records = [...reading.backup.records]
  const [{ files, bytes: fileBytes }] = (await ben.run("storage", {})).conversations as [StorageView]
  expect(countRecords(NO_CONTENTS, records)).toMatchObject({ files, fileBytes })
  const store = memoryStore()
  await store.commit(records.flatMap(restoredRecord))
  const restored = new Sitter(desk, "Ben, restored", store)
  await restored.open()
  desk.people.splice(desk.people.indexOf(restored), 1)
  expect(await hashes(restored)).toEqual(before)
  expect(await restored.run("storage", {})).toEqual(await ben.run("storage", {}))
  const [asked] = (await restored.run("search", { text: "", kind: "media", limit: 1 })).hits
  expect(asked!.attachment!.state).toBe("asked")
})

test("a message that disappears takes its file out of what is kept and what is found", async () => {
  await anna.run("timer", { conversation: toBen, seconds: 30 })
  const message = await attach(anna, toBen, random(4000), { text: "https://example.org" })
  await until(ben, message, "ready")
  for (const sitter of [anna, ben]) expect([(await found(sitter, "media"))[0], (await found(sitter, "links"))[0], (await stored(sitter, "latest"))[0]]).toEqual([message, message, message])
  const { position } = (await ben.run("message", { message })).message!
  await ben.run("mark-read", { conversation: toAnna, position })
  await desk.run(3 * MINUTE)
  for (const sitter of [anna, ben]) for (const some of [await found(sitter, "media"), await found(sitter, "links"), await stored(sitter, "latest")]) expect(some).not.toContain(message)
  expect((await ben.run("storage", {})).conversations[0]!.files).toBe((await stored(ben, "largest")).length)
})

test("a profile of before is brought onto the shelf as it would stand there, over several steps, and once more changes nothing", async () => {
  const [all, store] = [await anna.store.list(""), memoryStore()]
  const isShelf = (key: string) => /^(file|link)\//.test(key)
  await store.commit(all.filter(([key]) => !isShelf(key)))
  for (let round = 0; round < 2; round++) {
    for (let at: string | null = null; ; ) {
      const { writes, next } = await toShelf(store, at)
      await store.commit(writes)
      if (next === null) break
      at = next
    }
    expect((await store.list("")).filter(([key]) => isShelf(key))).toEqual(all.filter(([key]) => isShelf(key)))
  }
})

test("a conversation that is removed leaves nothing on the shelf", async () => {
  expect(await records(ben, "file/")).toBeGreaterThan(0)
  expect(await records(ben, "link/")).toBeGreaterThan(0)
  await ben.run("remove", { contact: toAnna })
  expect([await records(ben, "file/"), await records(ben, "link/")]).toEqual([0, 0])
  expect((await ben.run("storage", {})).conversations).toEqual([])
})
