import "./native.ts"
import { describe, expect, test } from "vitest"
import type { Reply } from "../../shared/request.ts"
import { decodeReply } from "../../shared/request.ts"
import { boxOf, Client, contentOf, writeOf } from "./client.ts"
import { Network } from "./network.ts"
import { PacketMaker } from "./packets.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Everything that any node refused, by node and reason. */
function refusals(network: Network): string[] {
  return [...network.places.values()].flatMap(({ url, node }) =>
    Object.entries(node.refusals.all())
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${url} ${reason} ${count}`),
  )
}

/** A client whose clock is fast by some time: it makes packets for the key epoch that it believes in. */
class Wrong {
  readonly client: Client
  readonly #maker: PacketMaker

  private constructor(client: Client, name: string, fast: number) {
    this.client = client
    this.#maker = new PacketMaker(name, () => ({ directory: client.network.directory, now: client.network.now + fast }))
  }

  static async at(network: Network, name: string, fast: number): Promise<Wrong> {
    return new Wrong(await Client.at(network, name), name, fast)
  }

  async read(hold = 0, delay = 100): Promise<void> {
    const { client } = this
    const request = { operation: "read" as const, box: boxOf("nowhere").id, hold }
    await client.send(await this.#maker.request(request, client.forward(delay), client.session, client.back(delay)))
  }

  async replies(): Promise<Reply[]> {
    const replies: Reply[] = []
    for (const frame of this.client.network.received(this.client.connection)) {
      const message = frame.type === "packet" ? await this.#maker.recover(frame.packet) : null
      if (message !== null) replies.push(decodeReply(message))
    }
    return replies
  }
}

/** To some minutes before (or, below zero, after) the hour behind the start. */
async function until(network: Network, minutesBefore: number): Promise<void> {
  const change = Math.ceil(network.now / HOUR) * HOUR
  await network.pass(change - minutesBefore * MINUTE - network.now)
}

test("requests made every minute around a change of keys are all answered, and nobody refuses anything", async () => {
  const network = await Network.start()
  const client = await Wrong.at(network, "right", 0)
  await until(network, 20)
  let asked = 0
  for (let minute = -20; minute <= 45; minute++) {
    // A new directory is there some time after the hour, not at once.
    if (minute === 4) await network.publish()
    await client.read()
    asked++
    await network.pass(MINUTE)
  }
  expect((await client.replies()).map(({ status }) => status)).toEqual(Array(asked).fill("empty"))
  expect(refusals(network)).toEqual([])
})

test("packets that are on their way while the keys change arrive", async () => {
  const network = await Network.start()
  const client = await Wrong.at(network, "right", 0)
  await until(network, 0.02)
  for (let i = 0; i < 5; i++) await client.read(0, 4000)
  await network.pass(MINUTE)
  expect(await client.replies()).toHaveLength(5)
  expect(refusals(network)).toEqual([])
})

test("clients whose clocks are ten minutes wrong are served all the time, with old directories and new ones", async () => {
  const network = await Network.start()
  const clients = [await Wrong.at(network, "slow", -10 * MINUTE), await Wrong.at(network, "fast", 10 * MINUTE)]
  await until(network, 14)
  for (let minute = -14; minute <= 14; minute += 2) {
    if (minute % 6 === 0) await network.publish()
    for (const client of clients) await client.read()
    await network.pass(2 * MINUTE)
  }
  for (const client of clients) expect(await client.replies()).toHaveLength(15)
  expect(refusals(network)).toEqual([])
})

test("a held read from the last second of an epoch is answered half an hour later", async () => {
  const network = await Network.start()
  const client = await Wrong.at(network, "right", 0)
  await until(network, 1 / 60)
  await client.read(1800)
  await network.pass(29 * MINUTE)
  expect(await client.replies()).toEqual([])
  await network.pass(2 * MINUTE)
  expect((await client.replies()).map(({ status }) => status)).toEqual(["empty"])
  expect(refusals(network)).toEqual([])
})

test("a held read is answered by a write of the next epoch", async () => {
  const network = await Network.start()
  const reader = await Client.at(network, "reader")
  const writer = await Client.at(network, "writer")
  await until(network, 10)
  await reader.ask({ operation: "read", box: boxOf("a").id, hold: 1800 })
  await until(network, -10)
  await network.publish()
  await writer.ask(writeOf(boxOf("a"), contentOf("a")))
  await network.pass(MINUTE)
  expect(await writer.statuses()).toEqual(["stored"])
  expect(await reader.statuses()).toEqual(["content"])
  expect(refusals(network)).toEqual([])
})

describe.each([
  ["fast", 10 * MINUTE],
  ["slow", -10 * MINUTE],
])("a node whose clock is ten minutes %s", (_, fast) => {
  test.each(["http://mix-1-0", "http://mix-2-0", "http://mix-3-0", "http://dropbox-0"])("loses nothing around a change of keys: %s", async (url) => {
    const network = await Network.start()
    const client = await Wrong.at(network, "right", 0)
    await network.setClock(url, fast)
    await network.publish()
    await until(network, 14)
    for (let minute = -14; minute <= 14; minute += 2) {
      if (minute === 6) await network.publish()
      await client.read()
      await client.read(600)
      await network.pass(2 * MINUTE)
    }
    await network.pass(11 * MINUTE)
    expect(await client.replies()).toHaveLength(30)
    expect(refusals(network)).toEqual([])
  })
})

test("for hours without a new directory, packets are made for keys that were published ahead", async () => {
  const network = await Network.start()
  const client = await Wrong.at(network, "right", 0)
  await until(network, 1)
  for (let hour = 0; hour < 3; hour++) {
    await network.pass(HOUR)
    await client.read()
  }
  await network.pass(MINUTE)
  expect(await client.replies()).toHaveLength(3)
  expect(refusals(network)).toEqual([])
})

test("no key and no replay tag is older than 95 minutes, however long a node runs", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  for (let hour = 0; hour < 12; hour++) {
    await client.ask({ operation: "read", box: boxOf("nowhere").id })
    await network.pass(HOUR)
    await network.publish()
    for (const { storage } of network.places.values()) {
      const oldest = Math.floor((network.now - 95 * MINUTE) / HOUR)
      const epochs = [...storage.list("key/"), ...storage.list("tags/")].map(([name]) => Number(name.split("/")[2]))
      expect(Math.min(...epochs)).toBeGreaterThan(oldest - 1)
      expect(storage.list("key/").length).toBeLessThanOrEqual(5)
    }
  }
})

test("a network that goes over from long key epochs to short ones loses nothing, and destroys the long ones", async () => {
  const month = 30 * 24 * 3600
  const network = await Network.start({ parameters: { keyEpochSeconds: month } })
  const client = await Wrong.at(network, "right", 0)
  await client.read()
  await client.read(1800)
  await network.pass(5 * MINUTE)
  expect(await client.replies()).toHaveLength(1)
  await network.agree({ keyEpochSeconds: 3600 })
  // The first document says how long key epochs are now, the second lists the nodes with keys of that length.
  for (let i = 0; i < 2; i++) {
    await network.publish()
    await network.pass(10 * MINUTE)
  }
  expect(network.directory.parameters.keyEpochSeconds).toBe(3600)
  await client.read()
  await network.pass(30 * MINUTE)
  expect(await client.replies()).toHaveLength(3)
  expect(refusals(network)).toEqual([])
  await network.pass(4 * HOUR)
  for (const { storage } of network.places.values()) expect(storage.list(`key/${month}/`)).toEqual([])
})
