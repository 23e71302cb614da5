import { expect, test } from "vitest"
import { CLAIM_LABEL, claimMessage, claimOf, encodeClaim } from "../../messenger/claim.ts"
import { placementHash } from "../../messenger/places.ts"
import { blockOf } from "../../messenger/records.ts"
import { keys } from "../../messenger/stored.ts"
import { epochOf } from "../../messenger/stored-conversation.ts"
import type { OwnBox } from "../../shared/box.ts"
import { commitBox, sealBlock } from "../../shared/box.ts"
import { toHex } from "../../shared/bytes.ts"
import type { Block } from "../../shared/names.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

async function two(seed: string) {
  const desk = await Desk.start(seed)
  const [anna, ben] = [await Sitter.join(desk, "Anna"), await Sitter.join(desk, "Ben")]
  const ids = await acquaint(anna, ben)
  /** Each sends a text in turn, with so long between. */
  const sent: [string[], string[]] = [[], []]
  const talk = async (rounds: number, gap = MINUTES / 2) => {
    for (let i = 0; i < rounds; i++) {
      for (const [j, person] of [anna, ben].entries()) {
        sent[j]!.push(`${j} ${sent[j]!.length}`)
        await person.send(ids[j]!, sent[j]!.at(-1)!)
      }
      await desk.run(gap)
    }
  }
  const epochs = () => [anna.epoch(ids[0]), ben.epoch(ids[1])]
  const heard = async () => [await ben.heard(ids[1]), await anna.heard(ids[0])]
  return { desk, anna, ben, ids, sent, talk, epochs, heard }
}

/** Puts a block into a box on all dropboxes, as somebody who has its key. */
function plant(desk: Desk, box: OwnBox, block: Block): void {
  const content = sealBlock(box, block)
  for (const boxes of desk.dropboxes.values()) boxes.set(toHex(box.id), { content, signature: box.sign(content, desk.random), at: desk.now })
}

test("both renew their leaves after their first messages, whoever comes first; old epochs are forgotten when their streams are closed", async () => {
  const { desk, anna, ben, ids, sent, talk, epochs, heard } = await two("both renew")
  await talk(20)
  await desk.run(5 * MINUTES)
  expect(await heard()).toEqual(sent)
  expect(epochs()).toEqual([3, 3])
  await desk.run(HOURS)
  for (const [person, id] of [[anna, ids[0]], [ben, ids[1]]] as const) {
    expect((await person.onDisk(id)).epochs.map((one) => one.epoch)).toEqual([3])
    expect(await person.store.list(keys.commits(id))).toEqual([])
  }
  expect(epochOf(anna.stored(ids[0])).authenticator).toEqual(epochOf(ben.stored(ids[1])).authenticator)
})

test("a leaf is renewed with the first message after a day, and after a hundred messages", async () => {
  const { desk, anna, ids, talk, epochs } = await two("a day")
  await talk(20)
  expect(epochs()).toEqual([3, 3])
  desk.pass(25 * HOURS)
  await desk.run(10 * MINUTES)
  expect(epochs()).toEqual([3, 3])
  await anna.send(ids[0], "good morning")
  await desk.run(10 * MINUTES)
  expect(epochs()).toEqual([4, 4])
  for (let i = 0; i < 100; i++) await anna.send(ids[0], `${i}`)
  await desk.run(20 * MINUTES)
  expect(epochs()).toEqual([5, 5])
})

test("what is no claim in a commit box is passed: the commit is made in the next attempt", async () => {
  const { desk, anna, ids, sent, talk, epochs, heard } = await two("malformed")
  const { context } = epochOf(anna.stored(ids[0]))
  plant(desk, commitBox(context, 0), blockOf({ type: "claim", bytes: desk.random(300) }))
  await talk(20)
  await desk.run(5 * MINUTES)
  expect(epochs()).toEqual([3, 3])
  expect(await heard()).toEqual(sent)
})

test("a claim whose body never comes is void after an hour: its box is filled, and the commit is made in the next attempt", async () => {
  const { desk, anna, ben, ids, sent, talk, epochs, heard } = await two("no body")
  const { stored } = { stored: anna.stored(ids[0]) }
  const { context, epoch, placement } = epochOf(stored)
  const { mls } = anna.engine.parts
  const { commit } = await mls.commit(stored.mls, [], desk.now)
  const unsigned = claimOf("member", stored.ownLeaf, placementHash(placement), desk.random(32), commit)
  const signature = await mls.signAs(stored.mls, CLAIM_LABEL, claimMessage(stored.groupId, epoch, 0, unsigned))
  plant(desk, commitBox(context, 0), blockOf({ type: "claim", bytes: encodeClaim({ ...unsigned, signature }) }))
  await ben.send(ids[1], "first")
  await desk.run(50 * MINUTES)
  expect(epochs()).toEqual([1, 1])
  await desk.run(40 * MINUTES)
  expect(ben.stored(ids[1]).attempt + ben.epoch(ids[1])).toBeGreaterThan(1)
  await talk(10)
  await desk.run(10 * MINUTES)
  expect(epochs()[0]).toBeGreaterThan(1)
  expect(epochs()[0]).toBe(epochs()[1])
  expect([(await heard())[0], (await heard())[1]!.slice(1)]).toEqual(sent)
})

test("without its first replica a commit waits, and messages go on; without the second it is made all the same", async () => {
  const { desk, anna, ben, ids, sent, talk, epochs, heard } = await two("dead replica")
  const box = commitBox(epochOf(anna.stored(ids[0])).context, 0)
  const [first, second] = anna.engine.places.among(box.id, epochOf(anna.stored(ids[0])).placement)().map(({ id }) => toHex(id))
  desk.dead.add(first!)
  await talk(20)
  await desk.run(20 * MINUTES)
  expect(epochs()).toEqual([1, 1])
  expect(await heard()).toEqual(sent)
  desk.dead.delete(first!)
  desk.dead.add(second!)
  await desk.run(2 * HOURS, () => epochs().includes(2))
  expect(epochs()).toContain(2)
  await ben.send(ids[1], "and now?")
  await desk.run(20 * MINUTES)
  expect((await anna.heard(ids[0])).at(-1)).toBe("and now?")
})

test("while the first replica is dead, who has won is taken from the second by the hash that the winner's closed stream names", async () => {
  const { desk, anna, ben, ids, epochs, heard } = await two("first replica dead")
  const box = commitBox(epochOf(anna.stored(ids[0])).context, 0)
  const [first] = anna.engine.places.among(box.id, epochOf(anna.stored(ids[0])).placement)().map(({ id }) => toHex(id))
  await ben.send(ids[1], "hello")
  expect(await desk.run(5 * MINUTES, () => anna.stored(ids[0]).readers[0]!.at.index > 0)).toBe(true)
  ben.present = false
  await anna.send(ids[0], "in the first epoch")
  expect(await desk.run(HOURS, () => anna.epoch(ids[0]) === 2)).toBe(true)
  desk.dead.add(first!)
  await anna.send(ids[0], "in the second")
  await desk.run(5 * MINUTES)
  ben.present = true
  expect(await desk.run(20 * MINUTES, () => ben.epoch(ids[1]) === 2)).toBe(true)
  await desk.run(5 * MINUTES)
  expect(await heard()).toEqual([["in the first epoch", "in the second"], ["hello"]])
  expect(epochs()[0]).toBe(epochs()[1])
})

test("after four void attempts members publish their commits in their streams, and the conversation goes on", async () => {
  const { desk, anna, ben, ids, sent, talk, epochs, heard } = await two("all void")
  const { context } = epochOf(anna.stored(ids[0]))
  for (const attempt of [0, 1, 2, 3]) plant(desk, commitBox(context, attempt), blockOf({ type: "claim", bytes: desk.random(300) }))
  await talk(1)
  expect(await desk.run(HOURS, () => epochs().every((epoch) => epoch === 3))).toBe(true)
  await talk(1)
  await desk.run(5 * MINUTES)
  expect(await heard()).toEqual(sent)
  expect(epochOf(anna.stored(ids[0])).authenticator).toEqual(epochOf(ben.stored(ids[1])).authenticator)
})
