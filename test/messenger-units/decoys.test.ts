import { expect, test } from "vitest"
import { DecoyTurns } from "../../messenger/decoy-turns.ts"
import type { StoredDecoy, StoredDecoyTalk, StoredTurn } from "../../messenger/stored-decoy.ts"
import { keys, pack, unpack, unpackAll } from "../../messenger/stored.ts"
import { newStreamKey } from "../../shared/box.ts"
import type { Random } from "../../shared/random.ts"
import { Desk, Sitter } from "../sim/desk.ts"
import { seeded } from "../sim/sim-network.ts"

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A decoy conversation of people who say something every half hour, as it is stored, in a messenger that runs now and then. */
class HalfHourly {
  readonly #random: Random
  #stored: Uint8Array

  constructor(random: Random, turn: StoredTurn) {
    this.#random = random
    const renewal = { at: null, messages: 0, due: false }
    this.#stored = pack({ recovery: new Uint8Array(32), since: 0, attempt: 0, renewals: [renewal, renewal], turn, away: [[], []] } satisfies StoredDecoyTalk)
  }

  /** The messenger is started, and asks every 8 seconds; when something was said. */
  async run(from: number, until: number): Promise<number[]> {
    const talk = () => unpack<StoredDecoyTalk>(this.#stored)
    const rhythm = { next: async () => ({ gap: HOUR / 2, isSame: false, bytes: 100, unread: 0 }) }
    const turns = new DecoyTurns({ random: this.#random, rhythm, talk, save: (change) => (this.#stored = pack({ ...talk(), ...change })) })
    const said = []
    for (let now = from; now < until; now += 8000) if ((await turns.take(now, 5 * MINUTE)) !== null) said.push(now)
    return said
  }
}

async function decoysOf({ store }: Sitter): Promise<StoredDecoy[]> {
  return unpackAll<StoredDecoy>(await store.list(keys.decoys))
}

test("decoy streams of before, which were three and each for itself, go on and go from epoch to epoch", async () => {
  const desk = await Desk.start("decoys of before")
  const anna = await Sitter.join(desk, "Anna")
  for (const [key] of await anna.store.list(keys.decoys)) await anna.store.commit([[key, null]])
  const before = [0, 1, 2].map((number): StoredDecoy => ({ number, context: desk.random(32), ...newStreamKey(desk.random), nextRead: 7, nextWrite: 7 }))
  await anna.store.commit(before.map((decoy) => [keys.decoy(decoy.number), pack(decoy)] as const))
  await anna.open()
  const isOnward = async () => (await decoysOf(anna)).slice(0, 2).every(({ epoch = 0 }) => epoch > 0)
  for (let i = 0; i < 24 && !(await isOnward()); i++) await desk.run(HOUR / 2)
  const after = await decoysOf(anna)
  expect(after.map(({ number }) => number)).toEqual([0, 1, 2, 3])
  expect(after.slice(0, 3).map(({ stream }) => stream)).toEqual(before.map(({ stream }) => stream))
  // What was written was read, in the epoch of before and in one that began with a commit, as those of conversations do.
  expect(await isOnward()).toBe(true)
  const lying = [...desk.dropboxes.values()].map((boxes) => boxes.size)
  // Each box, those of commits too, lies at both replicas.
  expect(Math.min(...lying)).toBeGreaterThan(10)
  expect(Math.max(...lying) - Math.min(...lying)).toBeLessThan(3)
})

test("decoys go on where they were after a restart at any time", async () => {
  const desk = await Desk.start("decoys again")
  const anna = await Sitter.join(desk, "Anna")
  const written = async () => (await decoysOf(anna)).reduce((sum, { epoch = 0, nextWrite }) => sum + 1000 * epoch + nextWrite, 0)
  let last = 0
  for (let i = 0; i < 12; i++) {
    await desk.run(HOUR / 6 + i * 7000)
    await anna.open()
    const now = await written()
    expect(now).toBeGreaterThanOrEqual(last)
    last = now
  }
  await desk.run(2 * HOUR)
  expect(await written()).toBeGreaterThan(last)
  for (const { nextRead, nextWrite, onward } of await decoysOf(anna)) if (onward === undefined) expect(nextWrite - nextRead).toBeLessThan(3)
})

test("what decoys have to say when their client starts is said soon, and not all at once", async () => {
  const random = seeded("at once")
  const first = []
  for (let i = 0; i < 20; i++) {
    const decoy = new HalfHourly(random, { at: DAY - (i + 1) * 1000, gap: HOUR, side: 0, bytes: 100 })
    first.push((await decoy.run(DAY, DAY + HOUR))[0]!)
  }
  expect(first.filter((at) => at < DAY + 8000).length).toBeLessThan(6)
  expect(Math.max(...first) - DAY).toBeGreaterThan(MINUTE)
  expect(Math.max(...first) - DAY).toBeLessThan(10 * MINUTE)
})
