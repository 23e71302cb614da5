import { abortAllDurableObjects, evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { createSphinx, nobleX25519 } from "sphinx-packet"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { DropboxShard } from "../../dropbox/worker/index.ts"
import { sqlBoxes } from "../../dropbox/worker/sql-boxes.ts"
import { sameBytes } from "../../shared/bytes.ts"
import type { Reply, Request } from "../../shared/request.ts"
import { decodeReply } from "../../shared/request.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { sized } from "../../shared/names.ts"
import { hourAt } from "../../shared/stamp.ts"
import { boxOf, contentOf, writeOf } from "../nodes/client.ts"
import { ShardAlone } from "../nodes/dropbox-shard.ts"
import { PacketMaker } from "../nodes/packets.ts"
import { seeded } from "../nodes/seeded.ts"
import type { Neighbour, Sent } from "./surroundings.ts"
import { descriptorOf, health, internet, link, neighbour, packetsIn, publish } from "./surroundings.ts"

const x25519 = nobleX25519()
const sphinx = createSphinx({ random: seeded("observer"), x25519 })
const session = sized("SessionId", seeded("session")(32))

const SHARDS = 4

let dropbox: DurableObjectStub
let sent: Sent[]
let self: NodeEntry
let gateway: Neighbour
let third: Neighbour
let maker: PacketMaker

beforeEach(async () => {
  sent = internet()
  dropbox = env.DROPBOX.get(env.DROPBOX.idFromName("node"))
  self = await descriptorOf(dropbox)
  gateway = await neighbour("https://gateway.test", "mix", 1)
  third = await neighbour("https://third.test", "mix", 3)
  const directory = await publish(dropbox, [self, gateway.entry, third.entry])
  maker = new PacketMaker("client", () => ({ directory, now: Date.now() }))
})

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

async function lose() {
  await abortAllDurableObjects()
  dropbox = env.DROPBOX.get(env.DROPBOX.idFromName("node"))
}

const request = (parts: Partial<Request> & Pick<Request, "operation" | "box">) =>
  maker.request(parts, [{ node: self }], session, [{ node: gateway.entry }])

/** In one link request. */
async function arrive(...requests: Parameters<typeof request>[0][]): Promise<void> {
  await link(dropbox, third, self, ...(await Promise.all(requests.map(request))))
}

const shardAt = (i: number) => env.SHARD.getByName(`shard-${i}`)
const heldAt = (i: number) => runInDurableObject(shardAt(i), (shard: DropboxShard) => shard.heldReads)

async function heldReads(): Promise<number> {
  const held = await Promise.all(Array.from({ length: SHARDS }, (_, i) => heldAt(i)))
  return held.reduce((a, b) => a + b)
}

/** The reply that was sent to the gateway as the nth packet, which the gateway and the client open. */
async function reply(nth: number): Promise<Reply> {
  const packet = await vi.waitFor(async () => {
    const all = (await Promise.all(sent.map((post) => packetsIn(post, self, gateway)))).flat()
    expect(all.length).toBeGreaterThan(nth)
    return all[nth]!
  })
  const released = await sphinx.release(await sphinx.open(await x25519.prepare(gateway.secret), packet))
  if (released.kind !== "forward") throw new Error("not on its way to the session")
  return decodeReply((await maker.recover(released.packet))!)
}

test("what was written is read after the loss of the object", async () => {
  await link(dropbox, third, self, await request(writeOf(boxOf("a"), contentOf("a"))))
  expect(await reply(0)).toMatchObject({ status: "stored" })
  await lose()
  await link(dropbox, third, self, await request({ operation: "read", box: boxOf("a").id }))
  expect(await reply(1)).toMatchObject({ status: "content", content: contentOf("a") })
  await link(dropbox, third, self, await request(writeOf(boxOf("a"), contentOf("b"))))
  expect(await reply(2)).toMatchObject({ status: "taken", content: contentOf("a") })
  expect(sent.every(({ url }) => url === "https://gateway.test/packets")).toBe(true)
})

test("a request that was answered is refused after the loss of the object", async () => {
  const packet = await request({ operation: "read", box: boxOf("a").id })
  await link(dropbox, third, self, packet)
  expect(await reply(0)).toMatchObject({ status: "empty" })
  await lose()
  await link(dropbox, third, self, packet)
  await vi.waitFor(async () => expect((await health(dropbox)).refused).toMatchObject({ replay: 1 }))
  expect(sent).toHaveLength(1)
})

test("a held read is answered when its box is written", async () => {
  await link(dropbox, third, self, await request({ operation: "read", box: boxOf("a").id, hold: 60 }))
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(sent).toEqual([])
  await link(dropbox, third, self, await request(writeOf(boxOf("a"), contentOf("a"))))
  expect([(await reply(0)).status, (await reply(1)).status].sort()).toEqual(["content", "stored"])
})

test("a hold ends by itself", async () => {
  await link(dropbox, third, self, await request({ operation: "read", box: boxOf("a").id, hold: 1 }))
  await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 2000 })
  expect(await reply(0)).toMatchObject({ status: "empty" })
})

test("boxes in SQLite expire oldest first, some at a time, and are counted over a restart", async () => {
  await runInDurableObject(env.SHARD.getByName("shard-0"), (_, state) => {
    const boxes = sqlBoxes(state.storage.sql)
    const [signature, content] = [sized("Signature", seeded("signature")(64)), contentOf("a")]
    const idOf = (i: number) => sized("BoxId", seeded(`box ${i}`)(32))
    expect([boxes.size, boxes.nextExpiry, boxes.countFrom(0), boxes.expire(5000, 1000)]).toEqual([0, Infinity, 0, 0])
    for (let i = 0; i < 2500; i++) boxes.put(idOf(i), signature, content, i < 2100 ? 1000 : 2000)
    expect([boxes.size, boxes.nextExpiry]).toEqual([2500, 1000])
    expect([0, 1000, 1001, 2000, 2001].map((hour) => boxes.countFrom(hour))).toEqual([2500, 2500, 400, 400, 0])
    expect(boxes.expire(999, 1000)).toBe(0)
    expect([1000, 1000, 1000, 1000].map((most) => boxes.expire(1000, most))).toEqual([1000, 1000, 100, 0])
    const again = sqlBoxes(state.storage.sql)
    expect([again.size, again.nextExpiry]).toEqual([400, 2000])
    expect(again.get(idOf(2099))).toBeNull()
    expect(again.get(idOf(2100))).toEqual({ signature, content })
    expect(again.expire(2000, 1000)).toBe(400)
    again.put(idOf(0), signature, content, 3000)
    expect([sqlBoxes(state.storage.sql).size, again.get(idOf(0))]).toEqual([1, { signature, content }])
  })
})

test("a read writes nothing, of an empty box neither; a stored box writes one row and one entry of the index, a deleted one is one row", async () => {
  await runInDurableObject(env.SHARD.getByName("shard-0"), (_, state) => {
    let written = 0
    const sql = {
      exec(query: string, ...values: SqlStorageValue[]) {
        const cursor = state.storage.sql.exec(query, ...values)
        const rows = cursor.toArray()
        written += cursor.rowsWritten
        return { toArray: () => rows, one: () => rows[0] }
      },
    } as unknown as SqlStorage
    const boxes = sqlBoxes(sql)
    const idOf = (i: number) => sized("BoxId", seeded(`box ${i}`)(32))
    const cost = (step: () => void) => {
      const before = written
      step()
      return written - before
    }
    for (let i = 0; i < 10; i++) boxes.put(idOf(i), sized("Signature", seeded("signature")(64)), contentOf("a"), 1000)
    const costs = [cost(() => boxes.put(idOf(10), sized("Signature", seeded("signature")(64)), contentOf("a"), 1000))]
    costs.push(cost(() => boxes.get(idOf(3))), cost(() => boxes.get(idOf(99))), cost(() => boxes.countFrom(1)))
    costs.push(cost(() => boxes.expire(1, 1000)), cost(() => boxes.expire(1000, 1)))
    expect(costs).toEqual([2, 0, 0, 0, 0, 1])
  })
})

/** The front has nothing in memory that it needs: without a timer, it hibernates whenever nobody calls. */
const front = () => evictDurableObject(env.DROPBOX.getByName("node"))
/** So does a shard in which no read waits. The timer of one that does keeps it, so that only the loss of the machine can take it. */
const shards = async () => {
  for (let i = 0; i < SHARDS; i++) {
    if ((await heldAt(i)) === 0) await evictDurableObject(shardAt(i))
    // workerd says so in its log.
    else await expect(runInDurableObject(shardAt(i), (_, state) => state.abort("lost"))).rejects.toThrow("lost")
  }
}

test.each([
  ["nothing", () => Promise.resolve(), 1],
  ["the front", front, 1],
  ["every shard", shards, 0],
  ["the front with all shards", () => front().then(shards), 0],
  ["everything, in the middle of whatever it does,", lose, 0],
])("where %s goes between any two steps, boxes stay, and a read that was held is answered or asked again", async (_, lose, held) => {
  await arrive(writeOf(boxOf("a"), contentOf("a")))
  expect(await reply(0)).toMatchObject({ status: "stored" })
  await lose()
  await arrive({ operation: "read", box: boxOf("a").id, hold: 60 })
  expect(await reply(1)).toMatchObject({ status: "content", content: contentOf("a") })
  await lose()
  await arrive({ operation: "read", box: boxOf("b").id, hold: 60 })
  await vi.waitFor(async () => expect(await heldReads()).toBe(1))
  await lose()
  expect(await heldReads()).toBe(held)
  // What the client does when its deadline has passed.
  if (held === 0) await arrive({ operation: "read", box: boxOf("b").id, hold: 60 })
  await vi.waitFor(async () => expect(await heldReads()).toBe(1))
  await arrive(writeOf(boxOf("b"), contentOf("b")))
  const replies = [await reply(2), await reply(3)].sort((x, y) => (x.status < y.status ? -1 : 1))
  expect(replies).toMatchObject([{ status: "content", content: contentOf("b") }, { status: "stored" }])
  await lose()
  await arrive(writeOf(boxOf("b"), contentOf("other")), writeOf(boxOf("a"), contentOf("a")))
  const last = [await reply(4), await reply(5)].sort((x, y) => (x.status < y.status ? -1 : 1))
  expect(last).toMatchObject([{ status: "stored" }, { status: "taken", content: contentOf("b") }])
  expect(await heldReads()).toBe(0)
})

test("a shard that fails is asked twice; the answers of the others come meanwhile, and its own when it is well again", async () => {
  const names = Array.from({ length: 8 }, (_, i) => `${i}`)
  const shardOf = (name: string) => new DataView(boxOf(name).id.buffer).getUint32(boxOf(name).id.byteOffset) % SHARDS
  const ill = shardOf("0")
  const well = names.filter((name) => shardOf(name) !== ill)
  expect(well.length).toBeGreaterThan(0)
  const serve = DropboxShard.prototype.serve
  const spy = vi.spyOn(DropboxShard.prototype, "serve").mockImplementation(function (this: DropboxShard, requests, rules) {
    const isIll = requests.some(({ box }) => new DataView(box.buffer).getUint32(box.byteOffset) % SHARDS === ill)
    return isIll ? Promise.reject(new Error("ill")) : serve.call(this, requests, rules)
  })
  await arrive(...names.map((name) => ({ operation: "read" as const, box: boxOf(name).id })))
  await reply(well.length - 1)
  await vi.waitFor(() => expect(spy.mock.calls.filter(([requests]) => sameBytes(requests[0]!.box, boxOf("0").id))).toHaveLength(2))
  spy.mockRestore()
  await arrive({ operation: "read", box: boxOf("0").id })
  expect(await reply(well.length)).toMatchObject({ status: "empty" })
})

test("an idle shard holds no timer and no alarm; a held read is a timer, and a box an alarm when it expires", async () => {
  const shard = env.SHARD.getByName("shard-0")
  const alarm = () => runInDurableObject(shard, (_, state) => state.storage.getAlarm())
  const maker = new ShardAlone()
  maker.now = Date.now()
  const timers = vi.spyOn(globalThis, "setTimeout")
  await shard.serve([maker.read("a")], maker.rules)
  expect(timers).not.toHaveBeenCalled()
  expect(await alarm()).toBeNull()
  await shard.serve([maker.write("a")], maker.rules)
  expect(timers).not.toHaveBeenCalled()
  expect(await alarm()).toBe((hourAt(maker.now) + 720) * 3_600_000)
  await shard.serve([maker.read("b", 60)], maker.rules)
  expect(timers).toHaveBeenCalledOnce()
})

const countOf = (shard: DurableObjectStub<DropboxShard>) =>
  runInDurableObject(shard, (_, { storage }) => storage.sql.exec<{ boxes: number }>("SELECT COUNT(*) AS boxes FROM boxes").one().boxes)

test("boxes expire by alarm, some at a time, whether anybody asks or not", async () => {
  const shard = env.SHARD.getByName("shard-0")
  const maker = new ShardAlone()
  maker.now = Date.now()
  const hour = hourAt(maker.now)
  await runInDurableObject(shard, (_, state) => {
    const boxes = sqlBoxes(state.storage.sql)
    const [signature, content] = [sized("Signature", seeded("signature")(64)), contentOf("a")]
    for (let i = 0; i < 800; i++) boxes.put(sized("BoxId", seeded(`box ${i}`)(32)), signature, content, hour)
    boxes.put(sized("BoxId", seeded("young")(32)), signature, content, hour + 2)
  })
  await evictDurableObject(shard)
  await shard.serve([maker.read("a")], maker.rules)
  await evictDurableObject(shard)
  expect(await runDurableObjectAlarm(shard)).toBe(true)
  expect(await countOf(shard)).toBe(301)
  await evictDurableObject(shard)
  expect(await runDurableObjectAlarm(shard)).toBe(true)
  expect(await countOf(shard)).toBe(1)
  expect(await runInDurableObject(shard, (_, state) => state.storage.getAlarm())).toBe((hour + 2) * 3_600_000)
})

test("health tells boxes, held reads and prices of all shards, and what was written since, when the minute is over", async () => {
  const now = 60_000 * Math.ceil(Date.now() / 60_000) + 1000
  const clock = vi.spyOn(Date, "now").mockReturnValue(now)
  expect(await health(dropbox)).toMatchObject({ boxes: 0, heldReads: 0, shards: SHARDS, stampBits: [4, 4, 4, 4] })
  await arrive(writeOf(boxOf("a"), contentOf("a")), { operation: "read", box: boxOf("b").id, hold: 60 })
  await reply(0)
  await vi.waitFor(async () => expect(await heldReads()).toBe(1))
  expect(await health(dropbox)).toMatchObject({ boxes: 0, heldReads: 0 })
  clock.mockReturnValue(now + 59_000)
  expect(await health(dropbox)).toMatchObject({ boxes: 1, heldReads: 1 })
})

test("a dropbox takes no clients and has no paths of its own", async () => {
  for (const path of ["/session", "/boxes", "/"]) {
    const response = await dropbox.fetch(`https://this.test${path}`, { headers: { Upgrade: "websocket" } })
    expect(response.status).toBe(404)
    await response.text()
  }
})
