import { expect, test } from "vitest"
import type { ReadMode } from "../../messenger/api.ts"
import { PACKET_FRAME_LENGTH } from "../../shared/geometry.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

/** What the links of a packet and its answer, of up to 12 ms each, can make of a difference. */
const JITTER = 8 * 12
const WATCHED = 100_000

/** When packets came back to Anna over some minutes, as her gateway sees it, while a contact of hers wrote `count` messages. */
async function returns(mode: ReadMode, count: number): Promise<number[]> {
  const times: number[] = []
  const network = await SimNetwork.start({
    seed: "polling",
    record: ({ time, to, bytes }) => {
      if (to === "Anna" && bytes.length === PACKET_FRAME_LENGTH) times.push(time)
    },
  })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  await anna.messenger.run("reads", { mode })
  const [, benAnna] = await introduce(anna, ben)
  const start = network.clock.now()
  for (let i = 0; i < count; i++) {
    await ben.send(benAnna, `message ${i}`)
    await network.clock.run(4000)
  }
  await network.clock.run(start + WATCHED - network.clock.now())
  expect(anna.heard.length).toBeGreaterThanOrEqual(count / 2)
  return times.filter((time) => time >= start)
}

function furthest(some: readonly number[], others: readonly number[]): number {
  const [a, b] = [some, others].map((times) => [...times].sort((x, y) => x - y))
  return Math.max(...a!.slice(0, b!.length).map((time, i) => Math.abs(time - b![i]!)))
}

test("with polling reads packets return when they do, whether a contact writes or not; with reads that wait the contact can tell", { timeout: 600_000 }, async () => {
  const quiet = await returns("polling", 0)
  // Three of four slots ask to be answered at once.
  expect(quiet.length).toBeGreaterThan(50)
  const written = await returns("polling", 20)
  // One may have come just before the end here, and just behind it there.
  expect(Math.abs(written.length - quiet.length)).toBeLessThan(3)
  expect(furthest(quiet, written)).toBeLessThan(JITTER)
  // The measure finds it where it is so.
  expect(furthest(await returns("waiting", 0), await returns("waiting", 20))).toBeGreaterThan(10 * JITTER)
})
