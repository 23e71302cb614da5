import { expect, test } from "vitest"
import { GroupDesk, heardIn, roomOf } from "../sim/group-desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES
const CHANGES = 9

test("who is many changes of a group behind reads what was written before each of them, in its order and at once, and keeps no keys for what was read", async () => {
  const group = await GroupDesk.start("behind", ["Anna", "Ben", "Carol"])
  const conversation = await group.found("Walkers")
  const { desk } = group
  const [anna, ben, carol] = group.people
  await group.agree(conversation)
  carol!.present = false
  for (let i = 0; i < CHANGES; i++) {
    await ben!.send(conversation, `before change ${i}`)
    await desk.run(4 * MINUTES)
    await anna!.run("group-rename", { conversation, name: `Walkers ${i}` })
    await group.agree(conversation, [anna!, ben!], () => [anna!, ben!].every((one) => roomOf(one, conversation).name === `Walkers ${i}`))
  }
  const resealed = () => ben!.engine.quarantine.list(null).length + carol!.engine.quarantine.list(null).filter(({ reason }) => reason === "unreadable").length
  const before = resealed()
  await carol!.open()
  await group.agree(conversation, group.people, () => roomOf(carol!, conversation).name === `Walkers ${CHANGES - 1}`)
  expect(await desk.run(3 * HOURS, () => carol!.stored(conversation).readers.every(({ at }) => at.epoch === carol!.epoch(conversation)))).toBe(true)
  const heard = (await heardIn(carol!, conversation)).filter((text) => text.startsWith("before change"))
  expect(heard).toEqual(Array.from({ length: CHANGES }, (_, i) => `before change ${i}`))
  expect(resealed()).toBe(before)
  const { mls } = carol!.engine.conversations.parts
  const { mls: state } = carol!.stored(conversation)
  expect(await mls.narrow(state, () => false)).toBe(state)
}, 120_000)
