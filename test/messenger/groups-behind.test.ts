import { expect, test } from "vitest"
import { epochOf, isBefore } from "../../messenger/stored-conversation.ts"
import { streamBox } from "../../shared/box.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { GroupDesk, heardIn, roomOf } from "../sim/group-desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES
const CHANGES = 9

test("who is many changes of a group ahead of what one member wrote still reads that in its order, without having it sealed anew, and keeps no keys for what was read", async () => {
  const group = await GroupDesk.start("behind", ["Anna", "Ben", "Carol"])
  const conversation = await group.found("Walkers")
  const { desk } = group
  const [anna, ben, carol] = group.people
  await group.agree(conversation)
  carol!.present = false
  const { stream } = carol!.stored(conversation).readers.find(({ identity }) => sameBytes(identity, ben!.engine.profile.identityPublic))!
  const bens = new Set<string>()
  const note = () => {
    for (let i = 0; i < 10; i++) bens.add(toHex(streamBox(epochOf(anna!.stored(conversation)).context, stream, i).id))
  }
  // To Carol, the dropboxes do not answer for Ben's stream.
  desk.lie = (person, { box }) => (person === carol && bens.has(toHex(box)) ? null : undefined)
  for (let i = 0; i < CHANGES; i++) {
    note()
    await ben!.send(conversation, `before change ${i}`)
    await anna!.send(conversation, `and from Anna ${i}`)
    await desk.run(4 * MINUTES)
    await anna!.run("group-rename", { conversation, name: `Walkers ${i}` })
    await group.agree(conversation, [anna!, ben!], () => [anna!, ben!].every((one) => roomOf(one, conversation).name === `Walkers ${i}`))
  }
  const resealed = () => ben!.engine.quarantine.list(null).length + carol!.engine.quarantine.list(null).filter(({ reason }) => reason === "unreadable").length
  const before = resealed()
  await carol!.open()
  await group.agree(conversation, group.people, () => roomOf(carol!, conversation).name === `Walkers ${CHANGES - 1}`)
  expect((await heardIn(carol!, conversation)).filter((text) => text.startsWith("before change"))).toEqual([])
  // Whoever has read Ben has said how far, and that is known.
  const talk = carol!.engine.conversations.get(conversation)!
  const ofBen = talk.stored.readers.find((reader) => sameBytes(reader.stream, stream))!
  expect(isBefore(ofBen.at, talk.reach.get(ofBen.leaf)!)).toBe(true)
  bens.clear()
  expect(await desk.run(3 * HOURS, () => carol!.stored(conversation).readers.every(({ at }) => at.epoch === carol!.epoch(conversation)))).toBe(true)
  const heard = (await heardIn(carol!, conversation)).filter((text) => text.startsWith("before change"))
  expect(heard).toEqual(Array.from({ length: CHANGES }, (_, i) => `before change ${i}`))
  expect(resealed()).toBe(before)
  const { mls } = carol!.engine.conversations.parts
  const { mls: state } = carol!.stored(conversation)
  expect(await mls.narrow(state, () => false)).toBe(state)
}, 120_000)
