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

test("boxes in SQLite expire, and are counted over a restart", async () => {
  await runInDurableObject(dropbox, (_, state) => {
    const boxes = sqlBoxes(state.storage.sql)
    const [signature, content] = [sized("Signature", seeded("signature")(64)), contentOf("a")]
    for (let i = 0; i < 2500; i++) {
      boxes.put(sized("BoxId", seeded(`box ${i}`)(32)), signature, content, i < 2100 ? 1000 : 2000)
    }
    expect(boxes.size).toBe(2500)
    boxes.expire(1000)
    expect(boxes.size).toBe(400)
    expect(sqlBoxes(state.storage.sql).size).toBe(400)
    expect(boxes.get(sized("BoxId", seeded("box 2099")(32)))).toBeNull()
    expect(boxes.get(sized("BoxId", seeded("box 2100")(32)))).toEqual({ signature, content })
  })
})

test("a dropbox takes no clients and has no paths of its own", async () => {
  for (const path of ["/session", "/boxes", "/"]) {
    const response = await dropbox.fetch(`https://this.test${path}`, { headers: { Upgrade: "websocket" } })
    expect(response.status).toBe(404)
    await response.text()
  }
})
