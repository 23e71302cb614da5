import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store } from "../../messenger/ports.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

async function copyOf(store: Store): Promise<Store> {
  const copy = memoryStore()
  await copy.commit(await store.list(""))
  return copy
}

async function two(seed: string) {
  const desk = await Desk.start(seed)
  const [anna, ben] = [await Sitter.join(desk, "Anna"), await Sitter.join(desk, "Ben")]
  return { desk, anna, ben, ids: await acquaint(anna, ben) }
}

test("a profile restored from an old backup pleads, rejoins, and the conversation goes on both ways", async () => {
  const { desk, anna, ben, ids } = await two("restored")
  const backup = await copyOf(anna.store)
  await anna.send(ids[0], "before")
  await desk.run(10 * MINUTES)
  anna.present = false
  await ben.send(ids[1], "while you were away")
  const restored = new Sitter(desk, "Anna restored", backup)
  await restored.open()
  await restored.engine.recovery.restored()
  await restored.settle()
  await restored.send(ids[0], "from the backup")
  await desk.run(MINUTES)
  // Pleas are looked for soon after a start, and then twice a day.
  await ben.open()
  expect(await desk.run(HOURS, () => restored.stored(ids[0]).isCopy !== true)).toBe(true)
  await desk.run(30 * MINUTES)
  expect(await ben.heard(ids[1])).toEqual(["before", "from the backup"])
  expect(await restored.heard(ids[0])).toEqual(["while you were away"])
  await ben.send(ids[1], "welcome back")
  await desk.run(30 * MINUTES)
  expect(await restored.heard(ids[0])).toEqual(["while you were away", "welcome back"])
  expect(restored.epoch(ids[0])).toBe(ben.epoch(ids[1]))
})

test("an old backup is restored while the original still runs: the original writes no more, and nothing is read twice or lost", async () => {
  const { desk, anna, ben, ids } = await two("while running")
  const backup = await copyOf(anna.store)
  await anna.send(ids[0], "from the original")
  await desk.run(20 * MINUTES)
  const restored = new Sitter(desk, "Anna restored", backup)
  await restored.open()
  // Nobody has told it: it finds its own box taken.
  await restored.send(ids[0], "from the copy")
  expect(await desk.run(2 * HOURS, () => restored.stored(ids[0]).isCopy === true)).toBe(true)
  await desk.run(MINUTES)
  await ben.open()
  // The original has gone on to another epoch meanwhile, which Ben follows first.
  expect(await desk.run(3 * HOURS, () => restored.stored(ids[0]).isCopy !== true)).toBe(true)
  await desk.run(10 * MINUTES)
  await ben.send(ids[1], "who is there?")
  await desk.run(HOURS)
  expect(anna.stored(ids[0]).isReplaced).toBe(true)
  const sent = await anna.send(ids[0], "from the original again")
  expect((await anna.run("message", { message: sent })).message?.state).toBe("failed")
  expect(await ben.heard(ids[1])).toEqual(["from the original", "from the copy"])
  expect(await restored.heard(ids[0])).toEqual(["who is there?"])
})
