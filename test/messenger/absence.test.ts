import { expect, test, vi } from "vitest"
import { keys } from "../../messenger/stored.ts"
import { sameBytes } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES
const DAYS = 24 * HOURS

async function two(seed: string) {
  const desk = await Desk.start(seed)
  const [anna, ben] = [await Sitter.join(desk, "Anna"), await Sitter.join(desk, "Ben")]
  const ids = await acquaint(anna, ben)
  const people = [anna, ben] as const
  const sent: [string[], string[]] = [[], []]
  const send = async (who: 0 | 1) => {
    sent[who].push(`${who} ${sent[who].length}`)
    await people[who].send(ids[who], sent[who].at(-1)!)
  }
  for (let i = 0; i < 3; i++) {
    await send(0)
    await send(1)
    await desk.run(3 * MINUTES)
  }
  await desk.run(10 * MINUTES)
  const heard = async () => [await ben.heard(ids[1]), await anna.heard(ids[0])]
  /** Starts again, as after days in which the device was off. */
  const wakes = async (...who: Sitter[]) => {
    for (const person of who) await person.open()
  }
  const allCame = async () => JSON.stringify(await heard()) === JSON.stringify(sent)
  const settle = async (limit: number) => {
    for (const end = desk.now + limit; desk.now < end && !(await allCame()); ) await desk.run(5 * MINUTES)
    expect(await heard()).toEqual(sent)
  }
  return { desk, anna, ben, ids, sent, send, heard, wakes, settle }
}

test.each([10, 28, 40, 85])("whoever was away for %i days gets all that was written meanwhile, once and in order", async (days) => {
  const { desk, anna, ben, ids, send, wakes, settle } = await two(`away ${days}`)
  // What Ben wrote last has not come to Anna yet.
  anna.present = false
  await send(1)
  await send(1)
  await desk.run(2 * MINUTES)
  const step = Math.ceil(days / 20)
  for (let day = 0; day < days; day += step) {
    if (day % (3 * step) === step) await send(1)
    desk.pass(step * DAYS - 2 * MINUTES)
    if (day % (2 * step) === 0) await wakes(ben)
    await desk.run(2 * MINUTES)
  }
  // She wrote without a connection, too.
  await send(0)
  await wakes(anna)
  const known = (await anna.heard(ids[0])).length
  const network = async () => (await anna.run("view", {})).network
  expect(await network()).toMatchObject({ came: 0 })
  expect((await network()).behind).toBeGreaterThan(0)
  await settle(3 * HOURS)
  await desk.run(HOURS)
  expect(await network()).toMatchObject({ came: (await anna.heard(ids[0])).length - known, behind: 0 })
  await send(0)
  await send(1)
  await settle(HOURS)
  await desk.run(15 * MINUTES)
  expect(anna.epoch(ids[0])).toBe(ben.epoch(ids[1]))
}, 900_000)

test("whoever was away for 130 days pleads, and gets all that was written meanwhile, once and in order", async () => {
  const { desk, anna, ben, ids, send, wakes, settle } = await two("130 days")
  anna.present = false
  await send(1)
  await desk.run(2 * MINUTES)
  for (let day = 0; day < 130; day += 5) {
    if (day % 20 === 5) await send(1)
    desk.pass(5 * DAYS - 2 * MINUTES)
    await wakes(ben)
    await desk.run(2 * MINUTES)
  }
  await send(0)
  await wakes(anna)
  await desk.run(30 * MINUTES)
  await wakes(ben)
  await settle(3 * HOURS)
  await desk.run(15 * MINUTES)
  expect(anna.epoch(ids[0])).toBe(ben.epoch(ids[1]))
  expect(await anna.store.list(keys.pleas)).toEqual([])
})

test("two who were both away for forty days go on where they were, and neither has lost anything", async () => {
  const { desk, anna, ben, send, wakes, settle } = await two("both away")
  for (const person of [anna, ben]) person.present = false
  await send(0)
  await send(1)
  await wakes(anna)
  await desk.run(2 * MINUTES)
  anna.present = false
  desk.pass(40 * DAYS)
  await wakes(ben)
  await desk.run(20 * MINUTES)
  await wakes(anna)
  await settle(3 * HOURS)
})

test("a leaf whose certificate ends within a month is taken back with a new one", async () => {
  const { desk, anna, ben, ids, send, wakes, settle } = await two("certificates")
  desk.pass(300 * DAYS)
  await wakes(anna, ben)
  await desk.run(10 * MINUTES)
  const before = [anna.stored(ids[0]), ben.stored(ids[1])]
  desk.pass(45 * DAYS)
  await wakes(anna, ben)
  await desk.run(10 * MINUTES)
  await wakes(anna, ben)
  await desk.run(2 * HOURS)
  const after = [anna.stored(ids[0]), ben.stored(ids[1])]
  after.forEach(({ stream, certified }, i) => {
    expect(stream).not.toEqual(before[i]!.stream)
    expect(certified! - desk.now).toBeGreaterThan(300 * DAYS)
  })
  await send(0)
  await send(1)
  await settle(2 * HOURS)
  expect(await anna.store.list(keys.pleas)).toEqual([])
}, 900_000)

test("a message that its reader cannot open is sealed anew three times under its id, and then it has failed; a retry brings it, once", async () => {
  const { desk, anna, ben, ids, sent, heard } = await two("unreadable")
  const open = vi.spyOn(ben.engine.parts.mls, "open")
  const seal = vi.spyOn(anna.engine.parts.mls, "seal")
  open.mockResolvedValueOnce({ ok: false, problem: "other-epoch" })
  const once = await anna.send(ids[0], "once more")
  const state = async (message: string) => (await anna.run("message", { message })).message!
  await desk.run(30 * MINUTES)
  expect((await state(once)).state).toBe("received")
  expect(await heard()).toEqual([[...sent[0], "once more"], sent[1]])
  seal.mockClear()
  open.mockResolvedValue({ ok: false, problem: "other-epoch" })
  const never = await anna.send(ids[0], "never")
  await desk.run(HOURS)
  expect(await state(never)).toMatchObject({ state: "failed", problem: "unreadable" })
  // What devices say to each other meanwhile is not counted.
  const text = utf8("never")
  expect(seal.mock.calls.filter(([, plaintext]) => plaintext.some((_, i) => sameBytes(plaintext.slice(i, i + text.length), text)))).toHaveLength(4)
  vi.restoreAllMocks()
  await anna.run("retry", { message: never })
  await desk.run(30 * MINUTES)
  expect((await state(never)).state).toBe("received")
  expect(await heard()).toEqual([[...sent[0], "once more", "never"], sent[1]])
})
