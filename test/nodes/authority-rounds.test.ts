import { expect, test } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import { DirectoryInUse } from "../../shared/node/directory-in-use.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { allUrls, hourly, MINUTE, tenMinutes, World } from "./authority-world.ts"

test("three authorities that begin together have one document within seconds", async () => {
  const world = await World.start()
  expect(await world.until(0, 1, 10_000)).toBe(true)
  await world.clock.run(1_000)
  const [first, ...others] = await Promise.all([0, 1, 2].map((index) => world.directory(index)))
  expect(first).toMatchObject({ epoch: 1, previous: new Uint8Array(32), parameters: tenMinutes })
  expect(first!.validUntil - first!.validFrom).toBe((600 + 3 * 600) * 1000)
  expect(await world.urls(0)).toEqual(allUrls)
  for (const other of others) expect(toHex(other.hash)).toBe(toHex(first!.hash))
})

test("documents follow each other on the grid, each chained to the one before, and nodes are brought them before they begin", async () => {
  const world = await World.start()
  await world.clock.run(25 * MINUTE)
  const directories = await Promise.all(world.published.map((document) => world.open(document)))
  const hashes = [...new Set(directories.map(({ hash }) => toHex(hash)))]
  const [, second, third] = hashes.map((hash) => directories.find((directory) => toHex(directory.hash) === hash)!)
  expect(hashes).toHaveLength(3)
  expect(second).toMatchObject({ epoch: 2, validFrom: Date.UTC(2027, 0, 15, 12, 20) })
  expect(third).toMatchObject({ epoch: 3, validFrom: Date.UTC(2027, 0, 15, 12, 30), previous: second!.hash })
})

test("a document of hours is agreed upon in the ten minutes before", async () => {
  const world = await World.start({ parameters: hourly })
  await world.clock.run(47 * MINUTE)
  expect((await world.directory(0)).epoch).toBe(1)
  expect(await world.until(0, 2, 11 * MINUTE)).toBe(true)
  const { validFrom, validUntil, nodes } = await world.directory(0)
  expect([validFrom, validUntil]).toEqual([Date.UTC(2027, 0, 15, 13), Date.UTC(2027, 0, 15, 17)])
  const epoch = validFrom / 3_600_000
  expect(nodes[0]!.keys.map((key) => key.epoch - epoch)).toEqual([-1, 0, 1, 2])
})

test("with one of three down the others go on, and it continues the chain when it is back", async () => {
  const world = await World.start({}, { down: [2] })
  expect(await world.until(0, 1, 10_000)).toBe(true)
  await world.clock.run(12 * MINUTE)
  expect((await world.directory(1)).epoch).toBe(2)
  await world.group.restart(2)
  await world.clock.run(MINUTE)
  expect(world.group.get(2).document).not.toBeNull()
  world.group.stop(1)
  await world.clock.run(10 * MINUTE)
  const [before, after] = [await world.directory(1), await world.directory(2)]
  expect(after).toMatchObject({ epoch: 3, previous: before.hash })
  expect(toHex((await world.directory(0)).hash)).toBe(toHex(after.hash))
})

test("with two of three down there is no document, and none is made up", async () => {
  const world = await World.start({}, { down: [1, 2] })
  await world.clock.run(15 * MINUTE)
  expect(world.group.get(0).document).toBeNull()
  expect(world.published).toEqual([])
})

test("authorities that are upgraded one after the other stay on one chain", async () => {
  const world = await World.start({ count: 4, threshold: 3 })
  for (const index of [0, 1, 2, 3]) {
    await world.clock.run(4 * MINUTE)
    world.group.stop(index)
    await world.clock.run(4 * MINUTE)
    await world.group.restart(index)
  }
  await world.clock.run(11 * MINUTE)
  const directories = await Promise.all([0, 1, 2, 3].map((index) => world.directory(index)))
  expect(new Set(directories.map(({ hash }) => toHex(hash))).size).toBe(1)
  expect(directories[0]!.epoch).toBeGreaterThanOrEqual(4)
})

test("restarted in the middle of a round, an authority shows the view that it showed before, and signs nothing else", async () => {
  const world = await World.start()
  await world.until(0, 1, 10_000)
  const slot = Date.UTC(2027, 0, 15, 12, 20)
  const at = async (time: number) => world.clock.run(time - world.clock.now())
  await at(slot - 4.9 * MINUTE)
  const view = world.group.get(0).serve(`/view/${slot}`, world.clock.now())
  expect(view).not.toBeNull()
  world.changes.set("http://mix1a", { keys: [] })
  await world.group.restart(0)
  await at(slot - 4.5 * MINUTE)
  expect(world.group.get(0).serve(`/view/${slot}`, world.clock.now())).toEqual(view)
  await at(slot - 0.9 * MINUTE)
  const signed = world.group.get(0).serve(`/signature/${slot}`, world.clock.now())
  expect(signed).not.toBeNull()
  await world.group.restart(0)
  await at(slot - 0.8 * MINUTE)
  expect(world.group.get(0).serve(`/signature/${slot}`, world.clock.now())).toEqual(signed)
  await at(slot)
  expect((await world.directory(0)).epoch).toBe(2)
})

test("after two epochs without a document nodes go on with the old one, and a new one is chained to it", async () => {
  const world = await World.start()
  await world.until(0, 1, 10_000)
  await world.clock.run(1_000)
  const node = new DirectoryInUse(memoryStorage(), world.group.authorities)
  await node.accept(world.group.document!, world.clock.now())
  world.group.stop(1)
  world.group.stop(2)
  await world.clock.run(21 * MINUTE)
  expect((await world.directory(0)).epoch).toBe(1)
  expect(node.directory!.validUntil).toBeGreaterThan(world.clock.now())
  await world.group.restart(1)
  // Epochs that passed without a document are counted: one that was signed and never seen is not of the same epoch as the next.
  expect(await world.until(0, 2, 10 * MINUTE)).toBe(true)
  const next = await world.directory(0)
  expect(next).toMatchObject({ epoch: 4, previous: node.directory!.hash, validFrom: Date.UTC(2027, 0, 15, 12, 40) })
  expect(await node.accept(world.group.document!, world.clock.now())).toBe(true)
  expect(node.forks).toBe(0)
})

test("when the old document has run out a new one comes within seconds, chained to it", async () => {
  const world = await World.start()
  await world.until(0, 1, 10_000)
  await world.clock.run(1_000)
  const old = await world.directory(0)
  for (const index of [0, 1, 2]) world.group.stop(index)
  await world.clock.run(old.validUntil + MINUTE - world.clock.now())
  for (const index of [0, 1, 2]) await world.group.restart(index)
  expect(await world.until(2, 2, 45_000)).toBe(true)
  expect(await world.directory(2)).toMatchObject({ previous: old.hash })
})

test.each([[0, 2_000], [1_500, -1_500], [-5_000, 5_000], [0, 11_000]])("authorities whose clocks are %d and %d ms wrong agree within two minutes", async (...skews) => {
  const world = await World.start({}, { skews: [0, ...skews] })
  expect(await world.until(1, 1, 2.2 * MINUTE)).toBe(true)
  await world.clock.run(30_000)
  const hashes = await Promise.all([0, 1, 2].map(async (index) => toHex((await world.directory(index)).hash)))
  expect(new Set(hashes).size).toBe(1)
  expect(await world.until(1, 2, 15 * MINUTE)).toBe(true)
})

test.each([-10, 10])("an authority whose clock is %d minutes wrong is left behind and catches up", async (minutes) => {
  const world = await World.start({ parameters: hourly }, { skews: [0, 0, minutes * MINUTE] })
  expect(await world.until(0, 1, 10_000)).toBe(true)
  await world.clock.run(2 * 60 * MINUTE)
  const [right, wrong] = [await world.directory(0), await world.directory(2)]
  expect(right.epoch).toBe(3)
  expect(toHex(wrong.hash)).toBe(toHex(right.hash))
  expect(world.group.get(0).health(world.clock.now()).forks).toBe(0)
})

test("a node whose clock is ten minutes wrong is listed, and the difference is shown", async () => {
  const prepare = ({ skews }: World) => skews.set("http://mix2a", 10 * MINUTE).set("http://box-a", -10 * MINUTE).set("http://mix3b", 20 * MINUTE)
  const world = await World.start({ parameters: hourly }, { prepare })
  await world.clock.run(45_000)
  const listed = await world.urls(0)
  expect(listed).toContain("http://mix2a")
  expect(listed).toContain("http://box-a")
  const { nodes } = world.group.get(0).health(world.clock.now())
  const reported = (url: string) => nodes.find((node) => node.url === url)!
  expect(Math.abs(reported("http://mix2a").clock! - 10 * MINUTE)).toBeLessThan(31_000)
  expect(Math.abs(reported("http://box-a").clock! + 10 * MINUTE)).toBeLessThan(31_000)
  expect(reported("http://mix3b")).toMatchObject({ listed: false, reason: "clock" })
})

test("nodes learn from a first document without nodes how long key epochs are, and are listed in the next", async () => {
  const prepare = ({ changes }: World) => allUrls.forEach((url) => changes.set(url, { keys: [] }))
  const world = await World.start({}, { prepare })
  expect(await world.until(0, 1, 30_000)).toBe(true)
  expect((await world.directory(0)).nodes).toEqual([])
  await world.clock.run(30_000)
  expect((await world.directory(0)).epoch).toBe(1)
  world.changes.clear()
  expect(await world.until(0, 2, 45_000)).toBe(true)
  await world.clock.run(MINUTE)
  expect(await world.urls(0)).toEqual(allUrls)
})

test("half of the authorities is no threshold, and no authority is named twice", async () => {
  await expect(World.start({ count: 4, threshold: 2 })).rejects.toThrow(RangeError)
  await expect(World.start({ count: 3, threshold: 1 })).rejects.toThrow(RangeError)
  await expect(World.start({ count: 3, threshold: 4 })).rejects.toThrow(RangeError)
})
