import { expect, test } from "vitest"
import { epochOf } from "../../messenger/stored-conversation.ts"
import { toHex } from "../../shared/bytes.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

async function two(seed: string) {
  const desk = await Desk.start(seed, { dropboxes: 5 })
  const [anna, ben] = [await Sitter.join(desk, "Anna"), await Sitter.join(desk, "Ben")]
  const ids = await acquaint(anna, ben)
  await anna.send(ids[0], "0")
  await ben.send(ids[1], "0")
  await desk.run(30 * MINUTES)
  return { desk, anna, ben, ids }
}

/** A directory without these dropboxes (hex ids) comes into use. */
function leave({ engine }: Sitter, left: readonly string[]): void {
  const directory = engine.directory!
  const byId = new Map([...directory.byId].filter(([id]) => !left.includes(id)))
  engine.places.use({ ...directory, byId, dropboxes: directory.dropboxes.filter(({ id }) => !left.includes(toHex(id))) })
  engine.places.know(engine.places.list(), engine.parts.now())
}

test("when a dropbox has left, the next message brings an epoch that is placed on those that are there", async () => {
  const { desk, anna, ben, ids } = await two("one left")
  const { epoch, placement } = epochOf(anna.stored(ids[0]))
  const left = [toHex(placement[0]!)]
  for (const person of [anna, ben]) leave(person, left)
  await desk.run(20 * MINUTES)
  expect(anna.epoch(ids[0])).toBe(epoch)
  await anna.send(ids[0], "1")
  await desk.run(30 * MINUTES)
  expect([anna.epoch(ids[0]), ben.epoch(ids[1])]).toEqual([epoch + 1, epoch + 1])
  expect(epochOf(ben.stored(ids[1])).placement.map(toHex)).toEqual(placement.map(toHex).filter((id) => !left.includes(id)))
  expect(await ben.heard(ids[1])).toEqual(["0", "1"])
})

test("a stored message whose dropboxes have both left before it was read comes by another box", async () => {
  const { desk, anna, ben, ids } = await two("both left")
  ben.present = false
  await anna.send(ids[0], "1")
  await desk.run(5 * MINUTES)
  const [box] = anna.engine.conversations.get(ids[0])!.boxes.values()
  expect(box!.at).toHaveLength(2)
  const left = box!.at!
  leave(anna, left)
  await anna.send(ids[0], "2")
  await desk.run(2 * HOURS)
  await ben.open()
  leave(ben, left)
  await desk.run(3 * HOURS, () => ben.events.some((event) => event.type === "message" && event.message.text === "2"))
  expect(await ben.heard(ids[1])).toEqual(["0", "1", "2"])
})
