import { beforeAll, beforeEach, expect, test } from "vitest"
import { encodeConfirmation } from "../../messenger/confirmation.ts"
import { CONTENT_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import type { Beginning } from "./victim.ts"
import { begin, plaintext, Victim } from "./victim.ts"

let beginning: Beginning
let anna: Victim

beforeAll(async () => {
  beginning = await begin("flood")
}, 900_000)

beforeEach(async () => {
  anna = await Victim.start(beginning)
})

test("a stream of boxes that hold nothing takes a small share of the slots, others are read as before, and its next message comes", async () => {
  const { eve, ben } = anna
  const nothing = sized("Content", new Uint8Array(CONTENT_LENGTH))
  for (let i = 0; i < 400; i++) eve.content(nothing)
  const texts: string[] = []
  let [slots, hers] = [0, 0]
  for (; slots < 3000; slots++) {
    if (slots % 100 === 0) {
      texts.push(`honest ${slots}`)
      ben.records(await ben.text(texts.at(-1)!))
    }
    const before = anna.next(eve.contact)
    await anna.slot(slots % 4 === 3 ? "held" : "quick")
    if (slots >= 1500) hers += anna.next(eve.contact) - before
  }
  expect(await anna.texts(ben.contact)).toEqual(texts)
  expect(hers).toBeGreaterThan(20)
  expect(hers).toBeLessThan(1500 / 20)
  expect(await anna.kept(eve.contact)).toMatchObject({ flood: expect.any(Number) as number })
  eve.records(await eve.text("I am sorry"))
  for (; slots < 20_000 && (await anna.texts(eve.contact)).length === 0; slots += 50) for (let i = 0; i < 50; i++) await anna.slot(i % 4 === 3 ? "held" : "quick")
  expect(await anna.texts(eve.contact)).toEqual(["I am sorry"])
  expect(await anna.kept(eve.contact)).toMatchObject({ unsealed: 400 })
})

test("who confirms the same over and over is slowed, too", async () => {
  const { eve } = anna
  for (let i = 0; i < 300; i++) eve.records({ type: "confirmation", bytes: encodeConfirmation({ leaf: 1, epoch: eve.epoch, next: 0 }) })
  for (let i = 0; i < 400; i++) await anna.slot()
  expect(anna.next(eve.contact)).toBeLessThan(275)
})

test("messages beyond what anybody reads rest in their boxes until they are seen, and none is lost then", async () => {
  const { eve, ben } = anna
  await anna.pretend(eve.contact, { unread: 10, unreadBytes: 64 << 20 })
  const texts = Array.from({ length: 20 }, (_, i) => `much ${i}`)
  for (const text of texts) eve.records(await eve.text(text))
  ben.records(await ben.text("honest"))
  await anna.read()
  expect([await anna.texts(eve.contact), await anna.texts(ben.contact)]).toEqual([[], ["honest"]])
  await anna.run("mark-read", { conversation: eve.contact, position: 1_000_000 })
  await anna.read()
  expect(await anna.texts(eve.contact)).toEqual(texts)
})

test("with many unread messages the stream is read on, slowly, in its order", async () => {
  const { eve } = anna
  await anna.pretend(eve.contact, { unread: 5000 })
  for (let i = 0; i < 5; i++) eve.records(await eve.text(`more ${i}`))
  for (let i = 0; i < 20; i++) await anna.slot()
  expect(await anna.texts(eve.contact)).toEqual(["more 0"])
  for (let i = 0; i < 40; i++) await anna.slot()
  expect(await anna.texts(eve.contact)).toEqual(["more 0", "more 1"])
  expect(await anna.kept(eve.contact)).toEqual({ flood: 2 })
})

test("of a block with more records than any device makes the rest is left out, and what follows is read", async () => {
  const { eve } = anna
  eve.records(...Array.from({ length: 500 }, () => ({ type: "message" as const, bytes: new Uint8Array(2) })))
  eve.records(await eve.text("and now"))
  await anna.read()
  expect(await anna.kept(eve.contact)).toEqual({ unreadable: 64, flood: 1 })
  expect(await anna.texts(eve.contact)).toEqual(["and now"])
})

test("a sender's time is shown as far as it can be true, and the order is that of arrival", async () => {
  const { eve } = anna
  const created = (await anna.run("view", {})).contacts.find(({ id }) => id === eve.contact)!.created
  eve.records(await eve.text("tomorrow", anna.now + 86_400_000), await eve.text("long ago", 0), await eve.text("at the end of time", 2 ** 53 - 1))
  eve.records(await eve.message(plaintext("now"), undefined))
  await anna.read()
  const { messages } = await anna.run("messages", { conversation: eve.contact, limit: 10 })
  expect(messages.map(({ text }) => text)).toEqual(["tomorrow", "long ago", "at the end of time", "now"])
  for (const { sent, received } of messages) {
    expect(sent).toBeLessThanOrEqual(received!)
    expect(sent).toBeGreaterThanOrEqual(created - 86_400_000)
  }
})
