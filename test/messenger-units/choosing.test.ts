import { expect, test } from "vitest"
import { Choosing } from "../../messenger/choosing.ts"
import type { Places } from "../../messenger/places.ts"
import type { Order } from "../../messenger/watch.ts"
import { Watches } from "../../messenger/watches.ts"
import { Writes } from "../../messenger/writes.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { seeded } from "../nodes/seeded.ts"
import { boxAt, dropbox, writtenTo } from "./errands.ts"

const random = seeded("choosing")
const now = () => 0
const isGood = () => true

/** What slots of which both kinds wait carry: w(rite) or r(ead). */
async function carried(order: Order, slots: number): Promise<string> {
  const writes = new Writes({ random, now, stampBits: () => 0, isGood })
  const watches = new Watches({ random, now, isGood, polling: () => false, lossy: () => false })
  for (let i = 0; i < slots; i++) {
    writes.add({ id: `job ${i}`, box: boxAt(i).id, ...writtenTo(boxAt(i)), places: () => [dropbox], stored: async () => {}, taken: async () => {} })
    watches.begin({ id: `watch ${i}`, box: boxAt(100 + i), places: () => [dropbox], found: async () => {}, order: () => order })
  }
  const choosing = new Choosing({ watches, writes, sealing: () => null, places: {} as Places, random })
  let said = ""
  for (let i = 0; i < slots; i++) said += (await choosing.choose("quick", random, defaultParameters, true, true))!.carried[0]
  return said
}

test("writes and reads take turns where both wait", async () => {
  expect(await carried("next", 8)).toBe("wrwrwrwr")
})

test("who is behind reads twice for each write", async () => {
  for (const order of ["known", "likely"] as const) expect(await carried(order, 9)).toBe("wrrwrrwrr")
})
