import { expect, test } from "vitest"
import type { Trip } from "../../messenger/courier.ts"
import { NodeHealth } from "../../messenger/node-health.ts"
import { uniform } from "../../shared/random.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { seeded } from "../nodes/seeded.ts"
import { directoryOf, entryOf } from "../shared/directory.ts"

const SECONDS = 1000
const MINUTES = 60 * SECONDS

const named = (layer: number, count: number) => Array.from({ length: count }, (_, i) => entryOf(`n${layer}${i}`, layer))
const sorted = (nodes: NodeEntry[]) => [...nodes].sort((a, b) => Buffer.compare(a.id, b.id))

const layers = async (count: number) => directoryOf(sorted([...named(1, count), ...named(2, count), ...named(3, count), ...named(0, 2)]))

const trip = (out: readonly NodeEntry[], sent: number, hold = 0): Trip => ({ carried: "cover", asked: "read", out, back: [], hold, sent, answered: null, lost: false })

/** A request every 4 s through one node of each layer and a dropbox; it gets lost by chance, and where `dead` says so. */
async function run(count: number, minutes: number, loss: number, dead: (node: NodeEntry) => boolean) {
  const directory = await layers(count)
  const random = seeded(`health ${count} ${loss}`)
  const health = new NodeHealth()
  const any = (nodes: readonly NodeEntry[], avoided: ReadonlySet<NodeEntry>) => {
    const left = nodes.filter((node) => !avoided.has(node))
    return left[Math.floor(uniform(random) * left.length)]!
  }
  let most = 0
  let now = 0
  for (; now < minutes * MINUTES; now += 4 * SECONDS) {
    const avoided = health.avoided(directory, now)
    most = Math.max(most, avoided.size)
    const out = [...directory.layers.map((layer) => any(layer, avoided)), any(directory.dropboxes, new Set())]
    if (uniform(random) < loss || out.some(dead)) health.lost(trip(out, now), now)
    else health.answered(trip(out, now), now + 3 * SECONDS)
  }
  return { health, directory, now, most }
}

test("a mix through which nothing comes is avoided after some minutes, and no other", async () => {
  const { health, directory, now, most } = await run(4, 20, 0.02, ({ url }) => url === entryOf("n21", 2).url)
  const dead = directory.layers[1].find(({ url }) => url === entryOf("n21", 2).url)!
  expect([...health.avoided(directory, now)]).toEqual([dead])
  expect(most).toBe(1)
  expect(health.view(directory, now).filter(({ avoided }) => avoided)).toHaveLength(1)
})

test("of four nodes of a layer two at most are avoided, of three one, of two none", async () => {
  for (const [count, most] of [[4, 2], [3, 1], [2, 0]] as const) {
    const layer = new Set(named(2, count).map(({ id }) => Buffer.from(id).toString("hex")))
    const directory = await layers(count)
    const health = new NodeHealth()
    for (let now = 0; now < 10 * MINUTES; now += SECONDS) {
      for (const node of directory.layers[1]) health.lost(trip([node], now), now)
      for (const node of directory.layers[0]) health.answered(trip([node], now), now)
    }
    const avoided = [...health.avoided(directory, 10 * MINUTES)]
    expect(avoided).toHaveLength(most)
    expect(avoided.every(({ id }) => layer.has(Buffer.from(id).toString("hex")))).toBe(true)
  }
})

test.each([0, 0.3, 0.8])("by chance alone nobody is avoided, with losses of %f", async (loss) => {
  const { most, health } = await run(4, 120, loss, () => false)
  expect(most).toBe(0)
  expect(health.isLossy).toBe(loss > 0.1)
  expect(health.isAlarming).toBe(loss > 0.5)
})

test("a node that answers again is not avoided any more, and a new session forgets losses", async () => {
  const directory = await layers(3)
  const [node] = directory.layers[0]
  const health = new NodeHealth()
  const losing = () => {
    for (let now = 0; now <= 2 * MINUTES; now += 10 * SECONDS) {
      for (let i = 0; i < 3; i++) health.answered(trip([directory.layers[0][1]!], now), now)
      health.lost(trip([node!], now), now)
    }
    return health.isFailing(node!, 2 * MINUTES)
  }
  expect(losing()).toBe(true)
  health.answered(trip([node!], 2 * MINUTES), 2 * MINUTES)
  expect(health.isFailing(node!, 2 * MINUTES)).toBe(false)
  expect(losing()).toBe(true)
  health.forget()
  expect(health.isFailing(node!, 2 * MINUTES)).toBe(false)
})

test("many losses at once, few over a long time, or of held reads say nothing of a node", async () => {
  const directory = await layers(3)
  const [node] = directory.layers[0]
  const health = new NodeHealth()
  for (let i = 0; i < 50; i++) health.lost(trip([node!], 0), 0)
  expect(health.isFailing(node!, 59 * SECONDS)).toBe(false)
  const rare = new NodeHealth()
  for (let i = 0; i < 4; i++) rare.lost(trip([node!], i * 10 * MINUTES), i * 10 * MINUTES)
  for (let i = 0; i < 50; i++) rare.lost(trip([node!], i * MINUTES, 60), i * MINUTES)
  expect(rare.isFailing(node!, 60 * MINUTES)).toBe(false)
})

test("a gateway through which nearly nothing comes for five minutes is hopeless, and one through which a fifth comes is not", async () => {
  const { health, now } = await run(4, 4, 0.98, () => false)
  expect(health.isHopeless(now)).toBe(false)
  expect((await run(4, 6, 0.98, () => false)).health.isHopeless(6 * MINUTES)).toBe(true)
  expect((await run(4, 60, 0.8, () => false)).health.isHopeless(60 * MINUTES)).toBe(false)
})
