import { expect, test } from "vitest"
import { cloudflare } from "../../bench/cost/cloudflare.ts"
import type { Rates } from "../../bench/cost/days.ts"
import { boxesOf, dayOf, heldBy, slotsADay, storedBy } from "../../bench/cost/days.ts"
import type { Use } from "../../bench/cost/formulas.ts"
import { awakeShare, beyond, freeLimits, monthly, nothing, objectRequests, rowsPerPacket, sum, times } from "../../bench/cost/formulas.ts"
import { exponential } from "../../shared/random.ts"
import { seeded } from "../sim/sim-network.ts"

/** A mix with packets that come at random and stay for 1 on average: which share of time it is not empty, and how many rows it writes per packet. */
function mix(held: number, packets: number): { awake: number; rows: number } {
  const random = seeded(`mix ${held}`)
  const leaving: number[] = []
  let [arrival, now, awake, rows, unsaved, left] = [exponential(random, 1 / held), 0, 0, 0, false, 0]
  while (left < packets) {
    const departure = Math.min(...leaving)
    const next = Math.min(arrival, departure)
    if (leaving.length > 0) awake += next - now
    now = next
    if (arrival < departure) {
      leaving.push(now + exponential(random, 1))
      arrival = now + exponential(random, 1 / held)
      unsaved = true
    } else {
      leaving.splice(leaving.indexOf(departure), 1)
      left++
      if (unsaved) rows++
      unsaved = false
    }
  }
  return { awake: awake / now, rows: rows / packets }
}

test.each([0.1, 0.5, 2, 8])("a mix that holds %d packets on average is awake, and writes rows, as the formulas say", (held) => {
  const measured = mix(held, 40_000)
  expect(awakeShare(held)).toBeCloseTo(measured.awake, 1.5)
  expect(rowsPerPacket(held)).toBeCloseTo(measured.rows, 1.5)
})

test("a quiet mix writes a row for each packet, a busy one for every second", () => {
  expect(rowsPerPacket(0)).toBe(1)
  expect(rowsPerPacket(1e-6)).toBeCloseTo(1)
  expect(rowsPerPacket(5000)).toBeCloseTo(0.5, 3)
})

test("twenty messages over a WebSocket are one request, calls and alarms one each", () => {
  expect(objectRequests({ fetches: 3, calls: 4, alarms: 5, messages: 40 })).toBe(14)
})

test("a month costs the plan, and only what is beyond what it includes", () => {
  expect(monthly(nothing)).toBe(5)
  expect(monthly({ ...nothing, workerRequests: 10e6, objectRequests: 1e6, rowsWritten: 50e6, gigabyteSeconds: 400_000 })).toBe(5)
  // Cloudflare's own example of requests: 15 million are $1.50 more.
  expect(monthly({ ...nothing, workerRequests: 15e6 })).toBeCloseTo(6.5)
  expect(monthly({ ...nothing, objectRequests: 3e6, rowsWritten: 51e6, gigabyteSeconds: 600_000 })).toBeCloseTo(5 + 0.3 + 1 + 2.5)
  expect(beyond({ workerRequests: 1e6, objectRequests: 1e6, rowsWritten: 1e6, rowsRead: 1e6, gigabyteSeconds: 1e6 })).toBeCloseTo(0.3 + 0.15 + 1 + 0.001 + 12.5)
})

test("uses are added and multiplied kind by kind", () => {
  const use: Use = { workerRequests: 1, objectRequests: 2, rowsWritten: 3, rowsRead: 4, gigabyteSeconds: 5 }
  expect(sum(use, times(use, 2))).toEqual({ workerRequests: 3, objectRequests: 6, rowsWritten: 9, rowsRead: 12, gigabyteSeconds: 15 })
})

test("the free plan carries as many clients as the limit that ends first", () => {
  const [first, second] = freeLimits((clients) => ({ ...nothing, workerRequests: 10_000 * clients, rowsWritten: 20_000 + 40_000 * clients }))
  expect(first.kind).toBe("rowsWritten")
  expect(first.clients).toBeCloseTo(2, 2)
  expect(second).toEqual({ kind: "workerRequests", clients: expect.closeTo(10, 1) as number })
  expect(freeLimits(() => ({ ...nothing, gigabyteSeconds: 20_000 }))[0]).toEqual({ kind: "gigabyteSeconds", clients: 0 })
  expect(freeLimits(() => nothing)[0].clients).toBe(Infinity)
})

const rates: Rates = {
  requestsPerPacket: 1,
  calls: 1.1,
  frontRows: 1,
  shardReads: 1,
  frontAwake: 0.1,
  rowsPerBox: 2,
  idle: { "layer 1": nothing, "layer 2 or 3": nothing, dropbox: nothing, authority: nothing },
}
const alone = { clients: 1, speed: "balanced", boxes: 0 } as const

test("a slot passes a mix of layer 2 twice, one of layer 1 three times and first over a WebSocket, and one of the dropboxes", () => {
  expect(slotsADay(alone)).toBe(28_800)
  const middle = dayOf("layer 2 or 3", alone, rates)
  expect(middle.workerRequests).toBe(57_600)
  expect(middle.objectRequests).toBe(57_600)
  // A third of a packet is there on average.
  expect(heldBy("layer 2 or 3", alone)).toBeCloseTo(1 / 3)
  expect(middle.rowsWritten).toBeCloseTo(57_600 * rowsPerPacket(1 / 3))
  const gateway = dayOf("layer 1", alone, rates)
  expect(gateway.workerRequests).toBe(57_600)
  expect(gateway.objectRequests).toBe(57_600 + 28_800 / 20)
  expect(gateway.rowsWritten).toBeCloseTo(86_400 * rowsPerPacket(1 / 2))
  const dropbox = dayOf("dropbox", { ...alone, boxes: 100 }, rates)
  expect(dropbox.objectRequests).toBeCloseTo(14_400 * 2.1)
  expect(dropbox.rowsWritten).toBe(14_400 + 300)
})

test("a mix is awake for as long as it holds packets, and never more than all day; a dropbox's shard all day", () => {
  const day = 86_400 * cloudflare.objectGigabytes
  expect(dayOf("layer 2 or 3", alone, rates).gigabyteSeconds).toBeCloseTo(day * (1 - Math.exp(-1 / 3)))
  expect(dayOf("layer 2 or 3", { ...alone, clients: 1000 }, rates).gigabyteSeconds).toBeCloseTo(day)
  expect(dayOf("dropbox", { ...alone, clients: 0 }, rates).gigabyteSeconds).toBe(0)
  const dropbox = dayOf("dropbox", alone, rates).gigabyteSeconds
  expect(dropbox).toBeGreaterThan(day)
  expect(dropbox).toBeLessThan(day * 1.1)
})

test("what an idle node uses is there with clients, too", () => {
  const idle = { ...nothing, workerRequests: 2880 }
  const busy = dayOf("layer 2 or 3", alone, { ...rates, idle: { ...rates.idle, "layer 2 or 3": idle } })
  expect(busy.workerRequests).toBe(57_600 + 2880)
})

test("somebody online for two hours writes their messages and a box of a decoy every five minutes, which lie for thirty days", () => {
  expect(boxesOf(2, 50)).toBe(74)
  expect(storedBy(74)).toBeCloseTo(74 * 30 * 4152 / 1e9)
})
