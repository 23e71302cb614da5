import { beforeAll, beforeEach, expect, test } from "vitest"
import { layoutOf } from "../../messenger/attachments/layout.ts"
import type { StoredTransfer } from "../../messenger/attachments/stored-attachment.ts"
import { fileKeys } from "../../messenger/attachments/stored-attachment.ts"
import { attachmentMessage } from "../../messenger/content/attachment.ts"
import { Outbox } from "../../messenger/outbox.ts"
import { blockOf } from "../../messenger/records.ts"
import { DAY } from "../../messenger/timing.ts"
import { unpack } from "../../messenger/stored.ts"
import { fileBox, sealBlock } from "../../shared/box.ts"
import { toHex } from "../../shared/bytes.ts"
import { sized } from "../../shared/names.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"
import { seeded } from "../sim/sim-network.ts"
import { attach, bytesOf, file, MINUTE, records, until } from "./files.ts"

const random = seeded("hostile files")

let desk: Desk
let eve: Sitter
let ben: Sitter
let [toBen, toEve] = ["", ""]

beforeAll(async () => {
  desk = await Desk.start("hostile files")
  eve = await Sitter.join(desk, "Eve")
  ben = await Sitter.join(desk, "Ben")
  ;[toBen, toEve] = await acquaint(eve, ben)
}, 900_000)

beforeEach(async () => {
  await ben.run("clear-quarantine", {})
})

const quarantined = async () => (await ben.run("quarantine", { contact: toEve })).lines.map(({ reason, count }) => [reason, count])

async function transferOf(sitter: Sitter): Promise<StoredTransfer> {
  return (await sitter.store.list(fileKeys.transfers)).map(([, bytes]) => unpack<StoredTransfer>(bytes)).sort((a, b) => a.position - b.position).at(-1)!
}

/** In the place of what a box holds, whatever else its key signs. */
async function spoil(boxes: readonly number[], content: (box: ReturnType<typeof fileBox>) => Uint8Array): Promise<void> {
  const { source } = await transferOf(ben)
  for (const index of boxes) {
    const box = fileBox(source.secret, index)
    const bytes = sized("Content", content(box))
    for (const lying of desk.dropboxes.values()) if (lying.has(toHex(box.id))) lying.set(toHex(box.id), { content: bytes, signature: box.sign(bytes, random), at: desk.now })
  }
}

async function paused(size: number): Promise<{ message: string; bytes: Uint8Array }> {
  const bytes = random(size)
  const message = await attach(eve, toBen, bytes)
  await until(ben, message, "fetching")
  await ben.run("pause-attachment", { message, paused: true })
  await until(eve, message, "sent")
  return { message, bytes }
}

test("boxes that hold anything but pieces count as lost, and the rest comes from spare ones", async () => {
  const { message, bytes } = await paused(20_000)
  const { boxes, pieces } = layoutOf(bytes.length)
  expect(boxes - pieces).toBe(2)
  const { boxes: known } = await transferOf(ben)
  const [first, second] = [...known.keys()].filter((i) => known[i] === 0)
  await spoil([first!], () => random(3504))
  await spoil([second!], (box) => sealBlock(box, blockOf({ type: "body", bytes: new Uint8Array(3484) })))
  await ben.run("pause-attachment", { message, paused: false })
  await until(ben, message, "ready")
  expect(await bytesOf(ben, message)).toBe(toHex(bytes))
})

test("what is not what its sender has named is thrown away unseen, and counted", async () => {
  const { message } = await paused(20_000)
  const before = await records(ben, "piece/")
  const { boxes: known } = await transferOf(ben)
  const open = [...known.keys()].find((i) => known[i] === 0)!
  await spoil([open], (box) => sealBlock(box, blockOf({ type: "piece", bytes: new Uint8Array(3484) })))
  await ben.run("pause-attachment", { message, paused: false })
  await until(ben, message, "damaged")
  await expect(ben.run("attachment-bytes", { message, offset: 0, length: 10 })).rejects.toThrow("not here")
  await expect(ben.run("fetch-attachment", { message })).rejects.toThrow("not to be fetched")
  await expect(ben.run("ask-again", { message })).rejects.toThrow("not missing")
  await desk.run(10_000)
  expect(await records(ben, "piece/")).toBeLessThanOrEqual(before)
  expect(await quarantined()).toEqual([["malformed", 1]])
})

test("a file that is larger than the network lets through, or whose boxes nobody writes, costs nothing but a few looks", async () => {
  const talk = eve.engine.conversations.get(toBen)!
  const name = (size: number) => {
    const source = { secret: random(32), placement: random(32), expires: 2 ** 32 - 1 }
    const named = { name: "x", mediaType: "image/png", size, hash: random(32), thumbnail: null, source }
    return new Outbox(eve.engine.conversations).file(talk, (salt, options) => attachmentMessage(named, salt, { ...options, text: "" }), null, { id: toHex(random(16)), boxes: 1, state: "sent", done: 0, of: 1 })
  }
  const { id: huge } = await name(4_000_000_000)
  const { id: nothing } = await name(100_000)
  await eve.settle()
  let reads = 0
  desk.lie = (person, errand) => {
    if (person === ben && errand.operation === "read" && errand.hold === 0 && errand.fate !== null) reads++
    return undefined
  }
  await until(ben, nothing, "fetching")
  expect(await file(ben, huge)).toMatchObject({ state: "offered", size: 4_000_000_000 })
  await expect(ben.run("fetch-attachment", { message: huge })).rejects.toThrow("larger than the network")
  reads = 0
  await desk.run(60 * MINUTE)
  const asked = reads
  await ben.run("cancel-attachment", { message: nothing })
  reads = 0
  await desk.run(60 * MINUTE)
  // Beside what is looked at anyway: of 675 quick slots of this hour hardly any.
  expect(asked - reads).toBeLessThan(60)
  expect(await file(ben, nothing)).toMatchObject({ state: "offered" })
  await ben.run("fetch-attachment", { message: nothing })
  desk.pass(31 * DAY)
  await until(ben, nothing, "missing")
  await ben.run("delete-message", { message: huge })
  expect(await records(ben, "erasing/")).toBe(0)
})

test("files beyond a day's bound are not fetched unasked", async () => {
  await ben.run("file-limits", { fetch: 10_000_000, again: 0 })
  const talk = ben.engine.conversations.get(toEve)!
  const day = Math.floor(desk.now / 86_400_000)
  ben.engine.conversations.save(talk, { ...talk.stored, fetched: { day, bytes: 20_000_000 - 9999 } })
  await ben.settle()
  const message = await attach(eve, toBen, random(10_000))
  await until(eve, message, "sent")
  await desk.run(MINUTE)
  expect(await file(ben, message)).toMatchObject({ state: "offered" })
  const small = await attach(eve, toBen, random(9999))
  await until(ben, small, "ready")
})
