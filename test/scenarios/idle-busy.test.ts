import { beforeAll, expect, test } from "vitest"
import type { Clock } from "../../messenger/ports.ts"
import { SLOT_MEAN } from "../../messenger/timing.ts"
import { CLIENT_PACKET_FRAME_LENGTH } from "../../shared/geometry.ts"
import { exponentialDistribution, kolmogorov, KOLMOGOROV_LIMIT, kolmogorovOfTwo } from "../shared/statistics.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const SECOND = 1000
const ROUNDS = 100
const SEEDS = [1, 2, 3]
const HURRY = 300

/** What the gateways saw of one client. */
interface Seen {
  readonly times: number[]
  readonly sizes: Set<number>
  /** When the user did something. */
  readonly acts: number[]
}

interface Both {
  readonly idle: readonly Seen[]
  readonly busy: readonly Seen[]
}

interface Timer {
  readonly time: number
  readonly wake: () => void | Promise<void>
  cancel: () => void
}

/** A clock that leaps a little ahead when something was done: whatever is waited for comes sooner. */
class HurryingClock implements Clock {
  readonly #clock: Clock
  readonly #pending = new Set<Timer>()
  #ahead = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() + this.#ahead
  }

  at(time: number, wake: () => void | Promise<void>): () => void {
    const timer: Timer = { time, wake, cancel: () => undefined }
    this.#pending.add(timer)
    this.#set(timer)
    return () => {
      timer.cancel()
      this.#pending.delete(timer)
    }
  }

  hurry(): void {
    this.#ahead += HURRY
    for (const timer of this.#pending) {
      timer.cancel()
      this.#set(timer)
    }
  }

  #set(timer: Timer): void {
    timer.cancel = this.#clock.at(timer.time - this.#ahead, () => {
      this.#pending.delete(timer)
      return timer.wake()
    })
  }
}

/** A client that does nothing, and two that make contacts, write and are written to, and work for stamps. */
async function watch(seed: number, hurries = false): Promise<Both> {
  const seen = new Map<string, Seen>()
  const network = await SimNetwork.start({
    seed: `idle and busy ${seed}`,
    // Dear stamps: work that could hold up a packet.
    parameters: { stampBits: 12, meanDelay: 100 },
    record: ({ from, time, bytes }) => {
      const one = seen.get(from)
      if (one === undefined) return
      one.sizes.add(bytes.length)
      if (bytes.length === CLIENT_PACKET_FRAME_LENGTH) one.times.push(time)
    },
  })
  const hurrying = new Map<string, HurryingClock>()
  const join = (role: string) => {
    const name = `${role} ${seed}`
    seen.set(name, { times: [], sizes: new Set(), acts: [] })
    return Person.join(network, name, "fast", 0, (clock) => {
      const made = new HurryingClock(clock)
      hurrying.set(name, made)
      return made
    })
  }
  const idle = [await join("Ida")]
  const busy = [await join("Anna"), await join("Ben")] as const
  const [anna, ben] = busy
  const [annaBen, benAnna] = await introduce(anna, ben)
  const act = async (person: Person, what: () => Promise<unknown>) => {
    seen.get(person.name)!.acts.push(network.clock.now())
    if (hurries) hurrying.get(person.name)!.hurry()
    await what()
  }
  for (let i = 0; i < ROUNDS; i++) {
    await act(anna, () => anna.send(annaBen, `${i} ${"many words ".repeat(i % 5 === 0 ? 500 : i % 7)}`))
    if (i % 2 === 0) await act(ben, () => ben.send(benAnna, `${i}`))
    if (i % 10 === 3) await act(ben, () => ben.messenger.run("invite", { name: `${i}` }))
    await network.clock.run(1500)
    const code = (await ben.contacts()).find(({ name, code }) => code !== null && name !== anna.name)?.code
    if (i % 10 === 9 && code !== undefined && code !== null) await act(anna, () => anna.messenger.run("add", { code, name: `${i}` }))
    await network.clock.run(500)
  }
  // They were busy indeed.
  expect(ben.heard.length).toBeGreaterThan(ROUNDS / 2)
  expect((await anna.contacts()).length).toBeGreaterThan(3)
  expect((await anna.messenger.run("view", {})).network.cover / (await anna.messenger.run("view", {})).network.sent).toBeLessThan(0.6)
  const of = (people: readonly Person[]) => people.map(({ name }) => seen.get(name)!)
  return { idle: of(idle), busy: of(busy) }
}

/** Two clients that send each other files, fetch them, and stop and continue that now and then. */
async function watchFiles(): Promise<readonly Seen[]> {
  const seen = new Map<string, Seen>()
  const network = await SimNetwork.start({
    seed: "files to and fro",
    parameters: { stampBits: 12, meanDelay: 100 },
    record: ({ from, time, bytes }) => {
      seen.get(from)?.sizes.add(bytes.length)
      if (bytes.length === CLIENT_PACKET_FRAME_LENGTH) seen.get(from)?.times.push(time)
    },
  })
  const people = [await Person.join(network, "Carl"), await Person.join(network, "Dora")] as const
  const ids = await introduce(...people)
  for (const { name } of people) seen.set(name, { times: [], sizes: new Set(), acts: [] })
  const files: string[] = []
  for (const [i, { messenger, name }] of people.entries()) {
    const { file } = await messenger.run("attach", { conversation: ids[i]!, name: "", mediaType: "image/webp", size: 100_000 })
    await network.clock.run(777)
    seen.get(name)!.acts.push(network.clock.now())
    files.push((await messenger.run("attach-bytes", { file, bytes: new Uint8Array(100_000).fill(i) })).message!)
  }
  for (let round = 0; round < 56; round++) {
    await network.clock.run(1500 + 100 * (round % 9))
    const { messenger, name } = people[round % 2]!
    seen.get(name)!.acts.push(network.clock.now())
    await messenger.run("pause-attachment", { message: files[round % 2]!, paused: round % 4 < 2 })
  }
  const done = people.map(({ events }) => Math.max(...events.map((event) => (event.type === "message" && !event.message.own ? (event.message.attachment?.done ?? 0) : 0))))
  expect(Math.min(...done)).toBeGreaterThan(2)
  return [...seen.values()]
}

const gaps = (all: readonly Seen[]) => all.flatMap(({ times }) => times.slice(1).map((time, i) => time - times[i]!))
/** How long after something was done the next packet left. */
const waits = (all: readonly Seen[]) =>
  all.flatMap(({ times, acts }) => acts.map((act) => times.find((time) => time >= act)! - act).filter((wait) => Number.isFinite(wait)))

function join(all: readonly Both[]): Both {
  return { idle: all.flatMap(({ idle }) => idle), busy: all.flatMap(({ busy }) => busy) }
}

async function watchAll(seeds: readonly number[]): Promise<Both> {
  const all: Both[] = []
  for (const seed of seeds) all.push(await watch(seed))
  const { idle, busy } = join(all)
  return { idle, busy: [...busy, ...(await watchFiles())] }
}

const exponential = exponentialDistribution(SLOT_MEAN.fast)
let both: Both

beforeAll(async () => {
  both = await watchAll(SEEDS)
}, 900 * SECOND)

test("the gaps between packets of busy clients are distributed as those of idle ones, and as the clock says", () => {
  const [idle, busy] = [gaps(both.idle), gaps(both.busy)]
  expect(Math.min(idle.length, 2 * busy.length)).toBeGreaterThan(600)
  expect(kolmogorovOfTwo(busy, idle)).toBeLessThan(KOLMOGOROV_LIMIT)
  expect(kolmogorov(busy, exponential)).toBeLessThan(KOLMOGOROV_LIMIT)
})

test("when something is done says nothing of when the next packet leaves", () => {
  const after = waits(both.busy)
  expect(after.length).toBeGreaterThan(400)
  expect(kolmogorov(after, exponential)).toBeLessThan(KOLMOGOROV_LIMIT)
})

test("busy clients send what idle ones send: greetings, and packets of one size", () => {
  const sizes = (all: readonly Seen[]) => [...new Set(all.flatMap(({ sizes }) => [...sizes]))].sort((a, b) => a - b)
  expect(sizes(both.busy)).toEqual(sizes(both.idle))
  expect(sizes(both.busy).length).toBe(2)
})

test("a clock that hurries for what was written is found out", { timeout: 600 * SECOND }, async () => {
  const { busy } = await watch(SEEDS[0]!, true)
  expect(kolmogorov(waits(busy), exponential)).toBeGreaterThan(KOLMOGOROV_LIMIT)
})
