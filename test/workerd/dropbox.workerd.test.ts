import { abortAllDurableObjects, reset, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { createSphinx, nobleX25519 } from "sphinx-packet"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { sqlBoxes } from "../../dropbox/worker/sql-boxes.ts"
import type { Reply, Request } from "../../shared/request.ts"
import { decodeReply } from "../../shared/request.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { sized } from "../../shared/names.ts"
import { boxOf, contentOf, writeOf } from "../nodes/client.ts"
import { PacketMaker } from "../nodes/packets.ts"
import { seeded } from "../nodes/seeded.ts"
import type { Neighbour, Sent } from "./surroundings.ts"
import { descriptorOf, health, internet, link, neighbour, packetsIn, publish } from "./surroundings.ts"

const x25519 = nobleX25519()
const sphinx = createSphinx({ random: seeded("observer"), x25519 })
const session = sized("SessionId", seeded("session")(32))

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

test("a stored box writes one row and one entry of the index, and a deleted one is one row", async () => {
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

test("a dropbox takes no clients and has no paths of its own", async () => {
  for (const path of ["/session", "/boxes", "/"]) {
    const response = await dropbox.fetch(`https://this.test${path}`, { headers: { Upgrade: "websocket" } })
    expect(response.status).toBe(404)
    await response.text()
  }
})
