import { beforeAll, expect, test } from "vitest"
import { encodeConfirmation } from "../../messenger/confirmation.ts"
import { packRecords } from "../../messenger/records.ts"
import { concat } from "../../shared/bytes.ts"
import { CONTENT_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { begin, blockWith, data, plaintext, Victim } from "./victim.ts"

let anna: Victim

beforeAll(async () => {
  anna = await Victim.start(await begin("quarantine"))
}, 900_000)

test("each thing that is not let in is a line of its reason, the stream goes on behind it, and others are read as before", async () => {
  const { eve, ben } = anna
  eve.content(sized("Content", new Uint8Array(CONTENT_LENGTH).fill(7)))
  eve.block(blockWith(new Uint8Array([1, 4, 0, 0])))
  eve.records({ type: "bundle", bytes: new Uint8Array(3) })
  eve.records({ type: "message", bytes: new Uint8Array(60) })
  eve.records(await eve.message(new Uint8Array([1, 2, 3])))
  eve.records(await eve.message(new Uint8Array(), data(0, 2)))
  const said = await eve.text("once")
  eve.records(said)
  eve.records(said)
  eve.records({ type: "confirmation", bytes: encodeConfirmation({ leaf: 0, epoch: eve.epoch, next: 10_000 }) })
  ben.records(await ben.text("honest"))
  eve.records(await eve.text("and on"))
  await anna.read()
  expect(await anna.texts(eve.contact)).toEqual(["once", "and on"])
  expect(await anna.texts(ben.contact)).toEqual(["honest"])
  expect(await anna.kept(eve.contact)).toEqual({ unsealed: 1, malformed: 4, unreadable: 1, replayed: 1, lying: 1 })
  expect(await anna.kept(ben.contact)).toEqual({})
})

test("a message of the same id is one line, and not shown again", async () => {
  const { eve } = anna
  const content = plaintext("again")
  eve.records(await eve.message(content), await eve.message(content))
  await anna.read()
  expect((await anna.texts(eve.contact)).filter((text) => text === "again")).toEqual(["again"])
  expect(await anna.kept(eve.contact)).toMatchObject({ duplicate: 1 })
})

test("the list is told, lasts over a restart, and is cleared by contact", async () => {
  const { eve, ben } = anna
  ben.block(blockWith(new Uint8Array([1, 9])))
  await anna.read()
  const told = anna.events.filter((event) => event.type === "quarantine").findLast(({ line }) => line.contact === ben.contact)
  expect(told?.line).toMatchObject({ reason: "malformed", count: 1 })
  expect(told?.line.last).toBeLessThanOrEqual(anna.now)
  await anna.restart()
  expect(await anna.kept(ben.contact)).toEqual({ malformed: 1 })
  await anna.run("clear-quarantine", { contact: eve.contact })
  await anna.restart()
  expect([await anna.kept(eve.contact), await anna.kept(ben.contact)]).toEqual([{}, { malformed: 1 }])
  await anna.run("clear-quarantine", {})
  expect((await anna.run("view", {})).quarantine).toEqual([])
})

test("of somebody blocked every message is counted, and none is read", async () => {
  const { eve, ben } = anna
  await anna.run("clear-quarantine", {})
  await anna.run("block", { contact: eve.contact, blocked: true })
  eve.records(await eve.text("unseen"), await eve.text("unseen too"))
  ben.records(await ben.text("seen"))
  await anna.read()
  expect(await anna.texts(eve.contact)).not.toContain("unseen")
  expect(await anna.texts(ben.contact)).toContain("seen")
  expect(await anna.kept(eve.contact)).toEqual({ blocked: 2 })
  await anna.run("block", { contact: eve.contact, blocked: false })
  eve.records(await eve.text("seen again"))
  await anna.read()
  expect((await anna.texts(eve.contact)).at(-1)).toBe("seen again")
})

test("with the contact their lines go", async () => {
  const { eve } = anna
  eve.block(blockWith(concat(packRecords([])[0]!.block.slice(0, 9), new Uint8Array([1]))))
  await anna.read()
  expect(await anna.kept(eve.contact)).not.toEqual({})
  await anna.run("remove", { contact: eve.contact })
  expect(await anna.kept(eve.contact)).toEqual({})
})
