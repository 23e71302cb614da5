import { beforeAll, beforeEach, expect, test } from "vitest"
import { layoutOf } from "../../messenger/attachments/layout.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"
import { seeded } from "../sim/sim-network.ts"
import { attach, boxIds, bytesOf, file, HOUR, MINUTE, records, told, until } from "./files.ts"
import { toHex } from "../../shared/bytes.ts"
import { DAY } from "../../messenger/timing.ts"

const random = seeded("files of two")

let desk: Desk
let anna: Sitter
let ben: Sitter
let [toBen, toAnna] = ["", ""]

beforeAll(async () => {
  desk = await Desk.start("files", { dropboxes: 3 })
  anna = await Sitter.join(desk, "Anna")
  ben = await Sitter.join(desk, "Ben")
  ;[toBen, toAnna] = await acquaint(anna, ben)
}, 900_000)

beforeEach(() => {
  desk.dead.clear()
  desk.lie = () => undefined
})

test("a file comes to the other side, whole and checked, with its thumbnail and what was written beside it", async () => {
  const bytes = random(40_000)
  const thumbnail = { mediaType: "image/webp", bytes: random(900) }
  const message = await attach(anna, toBen, bytes, { thumbnail, text: "Look" })
  const { boxes, pieces } = layoutOf(bytes.length)
  expect(await file(anna, message)).toMatchObject({ name: "picture.webp", mediaType: "image/webp", size: 40_000, state: "sending", done: 0, of: boxes })
  await until(ben, message, "fetching")
  expect(told(ben, message)!.thumbnail).toEqual(thumbnail)
  expect((await ben.run("message", { message })).message!.text).toBe("Look")
  await expect(ben.run("attachment-bytes", { message, offset: 0, length: 1 })).rejects.toThrow("not here")
  await until(ben, message, "ready")
  expect(told(ben, message)).toMatchObject({ done: pieces, of: pieces })
  expect(await bytesOf(ben, message)).toBe(toHex(bytes))
  expect(await bytesOf(anna, message)).toBe(toHex(bytes))
  await until(anna, message, "sent")
  await desk.run(MINUTE)
  expect([await records(anna, "transfer/"), await records(ben, "transfer/")]).toEqual([0, 0])
  expect(await records(ben, "piece/")).toBe(pieces)
  expect((await ben.run("search", { text: "picture.webp", limit: 5 })).hits.map(({ id }) => id)).toEqual([message])
})

test("a text that is written while a file goes is there long before the file", async () => {
  const message = await attach(anna, toBen, random(100_000))
  await desk.run(MINUTE)
  const begun = desk.now
  const text = await anna.send(toBen, "By the way")
  const has = () => ben.events.some((event) => event.type === "message" && event.message.id === text)
  expect(await desk.run(HOUR, has)).toBe(true)
  expect(desk.now - begun).toBeLessThan(MINUTE)
  expect((await file(anna, message))!.done).toBeLessThan((await file(anna, message))!.of / 2)
  await ben.run("cancel-attachment", { message })
  expect(await file(ben, message)).toMatchObject({ state: "offered", done: 0 })
  await anna.run("cancel-attachment", { message })
  await desk.run(2 * MINUTE, () => ben.events.some((event) => event.type === "message" && event.message.id === message && event.message.deleted !== undefined))
  for (const sitter of [anna, ben]) expect(await file(sitter, message)).toBeUndefined()
  expect(await records(anna, "transfer/")).toBe(0)
})

test("after a crash of either side in the midst of it the same bytes go out again, and what was read is not read again", async () => {
  const bytes = random(60_000)
  const message = await attach(anna, toBen, bytes)
  const ids = await boxIds(anna)
  await desk.run(HOUR, () => (told(ben, message)?.done ?? 0) >= 4)
  const [reached, sent] = [told(ben, message)!.done, told(anna, message)!.done]
  anna.crashIn = 0
  ben.crashIn = 0
  await desk.run(MINUTE, () => anna.crashIn === Infinity && ben.crashIn === Infinity)
  expect((await file(ben, message))!.done).toBeGreaterThanOrEqual(reached)
  expect((await file(anna, message))!.done).toBeGreaterThanOrEqual(sent)
  await until(ben, message, "ready")
  await until(anna, message, "sent")
  expect(await bytesOf(ben, message)).toBe(toHex(bytes))
  // A box that is taken by other bytes would have been written no more: every one has both of its copies.
  await desk.run(MINUTE)
  expect(ids).toHaveLength(layoutOf(bytes.length).boxes)
  for (const id of ids) expect([...desk.dropboxes.values()].filter((boxes) => boxes.has(id))).toHaveLength(2)
})

test("it is paused and goes on, on both sides", async () => {
  const message = await attach(anna, toBen, random(20_000))
  await until(ben, message, "fetching")
  await ben.run("pause-attachment", { message, paused: true })
  await anna.run("pause-attachment", { message, paused: true })
  await expect(anna.run("pause-attachment", { message, paused: true })).rejects.toThrow("not on its way")
  const before = [(await file(anna, message))!, (await file(ben, message))!]
  expect(before.map(({ state }) => state)).toEqual(["paused", "paused"])
  await desk.run(2 * MINUTE)
  expect([await file(anna, message), await file(ben, message)]).toEqual(before)
  await anna.run("pause-attachment", { message, paused: false })
  await until(anna, message, "sent")
  await ben.run("fetch-attachment", { message })
  await until(ben, message, "ready")
})

test("larger ones are fetched on request only, and so is what is too much for a day", async () => {
  await ben.run("file-limits", { fetch: 10_000, again: 0 })
  const message = await attach(anna, toBen, random(10_001))
  await until(anna, message, "sent")
  expect(await file(ben, message)).toMatchObject({ state: "offered", done: 0 })
  await ben.run("fetch-attachment", { message })
  await until(ben, message, "ready")
  await expect(ben.run("fetch-attachment", { message })).rejects.toThrow("not to be fetched")
  await ben.run("file-limits", { fetch: 300_000, again: 0 })
  await expect(anna.run("attach", { conversation: toBen, name: "a", mediaType: "image/png", size: 5_000_001 })).rejects.toThrow("5000000 bytes")
})

test("boxes that no dropbox has come back from spare ones, and where too many are lost the sender is asked for them", async () => {
  const bytes = random(30_000)
  const message = await attach(anna, toBen, bytes)
  const ids = await boxIds(anna)
  await until(ben, message, "fetching")
  await ben.run("pause-attachment", { message, paused: true })
  await until(anna, message, "sent")
  const lose = (some: readonly string[]) => some.forEach((id) => desk.dropboxes.forEach((boxes) => boxes.delete(id)))
  const { pieces, boxes } = layoutOf(bytes.length)
  // With as many lost as there are spare ones.
  lose(ids.slice(-3 - (boxes - pieces), -3))
  await ben.run("pause-attachment", { message, paused: false })
  await until(ben, message, "ready")
  expect(await bytesOf(ben, message)).toBe(toHex(bytes))

  const second = await attach(anna, toBen, bytes)
  const others = await boxIds(anna)
  await until(ben, second, "fetching")
  await ben.run("pause-attachment", { message: second, paused: true })
  await until(anna, second, "sent")
  lose(others.slice(2, 3 + boxes - pieces))
  await ben.run("pause-attachment", { message: second, paused: false })
  await until(ben, second, "missing")
  expect((await file(ben, second))!.done).toBeGreaterThan(0)
  const { expires } = (await file(ben, second))!
  await ben.run("ask-again", { message: second })
  expect(await file(ben, second)).toMatchObject({ state: "asked" })
  await until(ben, second, "ready")
  expect(await bytesOf(ben, second)).toBe(toHex(bytes))
  expect((await file(ben, second))!.expires).toBeGreaterThan(expires)
  expect(told(anna, second)!.state).toMatch(/sending|sent/)
})

test("with one dropbox dead for good all is fetched from the others", async () => {
  desk.dead.add([...desk.dropboxes.keys()][0]!)
  const bytes = random(20_000)
  const message = await attach(anna, toBen, bytes)
  await until(ben, message, "ready", 2 * HOUR)
  expect(await bytesOf(ben, message)).toBe(toHex(bytes))
  await until(anna, message, "sent")
})

test("what has expired is missing, and what was asked for beyond the sender's limits is not sent", async () => {
  await ben.run("file-limits", { fetch: 0, again: 0 })
  const message = await attach(anna, toBen, random(15_000))
  await until(anna, message, "sent")
  desk.pass(31 * DAY)
  await desk.run(2 * MINUTE)
  await ben.run("fetch-attachment", { message })
  await until(ben, message, "missing")
  await anna.run("file-limits", { fetch: 0, again: 14_999 })
  await ben.run("ask-again", { message })
  await desk.run(10 * MINUTE)
  expect(await file(ben, message)).toMatchObject({ state: "asked", done: 0 })
  await anna.run("file-limits", { fetch: 0, again: 29_999 })
  await ben.run("ask-again", { message })
  await until(ben, message, "ready")
  expect((await file(ben, message))!.expires).toBeGreaterThan(desk.now)
})

test("a deleted message takes its file along, on both sides, and one that disappears does when it was read and is here", async () => {
  await ben.run("file-limits", { fetch: 300_000, again: 0 })
  const message = await attach(anna, toBen, random(12_000))
  await until(ben, message, "ready")
  const [ours, theirs] = [await records(anna, "piece/"), await records(ben, "piece/")]
  await anna.run("delete-for-everyone", { message })
  await until(ben, message, undefined)
  await desk.run(MINUTE)
  const { pieces } = layoutOf(12_000)
  expect([await records(anna, "piece/"), await records(ben, "piece/")]).toEqual([ours - pieces, theirs - pieces])

  await anna.run("timer", { conversation: toBen, seconds: 30 })
  const fleeting = await attach(anna, toBen, random(12_000))
  await until(ben, fleeting, "fetching")
  const { position } = (await ben.run("message", { message: fleeting })).message!
  await ben.run("mark-read", { conversation: toAnna, position })
  // Read, but not all there: its life has not begun.
  expect((await ben.run("message", { message: fleeting })).message!.ends).toBeUndefined()
  await until(ben, fleeting, "ready")
  expect((await ben.run("message", { message: fleeting })).message!.ends).toBeGreaterThan(desk.now)
  await desk.run(3 * MINUTE)
  for (const sitter of [anna, ben]) expect((await sitter.run("message", { message: fleeting })).message).toBeNull()
  expect([await records(anna, "piece/"), await records(ben, "piece/")]).toEqual([ours - pieces, theirs - pieces])
  expect([await records(anna, "erasing/"), await records(ben, "erasing/")]).toEqual([0, 0])
})

test("nothing is fetched from somebody who is blocked, and nothing is left of a file that was not handed over whole", async () => {
  await anna.run("timer", { conversation: toBen, seconds: null })
  const message = await attach(anna, toBen, random(30_000))
  await until(ben, message, "fetching")
  await ben.run("block", { contact: toAnna, blocked: true })
  const { done } = (await file(ben, message))!
  await desk.run(3 * MINUTE)
  expect((await file(ben, message))!.done).toBe(done)
  await ben.run("block", { contact: toAnna, blocked: false })
  await until(ben, message, "ready")

  const before = await records(anna, "piece/")
  const { file: half } = await anna.run("attach", { conversation: toBen, name: "", mediaType: "audio/ogg;codecs=opus", size: 20_000 })
  await anna.run("attach-bytes", { file: half, bytes: random(15_000) })
  expect(await records(anna, "piece/")).toBe(before + 4)
  await expect(anna.run("attach-bytes", { file: half, bytes: random(5001) })).rejects.toThrow("handed over in parts")
  await anna.open()
  await desk.run(10_000)
  expect([await records(anna, "piece/"), await records(anna, "erasing/")]).toEqual([before, 0])
  await expect(anna.run("attach-bytes", { file: half, bytes: random(1) })).rejects.toThrow("no file of this id")
})
