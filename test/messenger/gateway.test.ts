import { expect, test, vi } from "vitest"
import type { Link, LinkEvent } from "../../messenger/ports.ts"
import type { StoredGateway } from "../../messenger/stored.ts"
import { keys, unpack } from "../../messenger/stored.ts"
import { toHex } from "../../shared/bytes.ts"
import { encodeGatewayFrame } from "../../shared/frames.ts"
import { sized } from "../../shared/names.ts"
import { Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const MINUTES = 60_000
const HELLO = 34

async function gatewayOf(person: Person): Promise<string> {
  return toHex(unpack<StoredGateway>((await person.store.get(keys.gateway))!).node)
}

/** Lets a test stand between clients and their gateways. */
function between(network: SimNetwork, connect: (honest: Link["connect"]) => Link["connect"]): void {
  const link = network.link.bind(network)
  vi.spyOn(network, "link").mockImplementation((name) => ({ fetch: link(name).fetch, connect: connect(link(name).connect) }))
}

test("being offline does not lead to another gateway", async () => {
  const network = await SimNetwork.start({ seed: "offline gateway" })
  const anna = await Person.join(network, "Anna")
  await network.clock.run(5000)
  const before = await gatewayOf(anna)
  network.down.add("Anna")
  await network.cut("Anna")
  await network.clock.run(20 * MINUTES)
  network.down.delete("Anna")
  await network.clock.run(2 * MINUTES)
  expect((await anna.messenger.run("view", {})).network.link).toBe("online")
  expect(await gatewayOf(anna)).toBe(before)
})

test("a gateway that greets and forwards nothing is asked less and less often, and left after minutes", async () => {
  const network = await SimNetwork.start({ seed: "silent gateway", parameters: { meanDelay: 50 } })
  const silent = new Set<string>()
  let greetings = 0
  between(network, (honest) => (url, onEvent) => {
    const connection = honest(url, onEvent)
    if (silent.size === 0) silent.add(url)
    return {
      close: () => connection.close(),
      send(frame) {
        if (frame.length === HELLO && silent.has(url)) greetings++
        if (frame.length === HELLO || !silent.has(url)) connection.send(frame)
      },
    }
  })
  const anna = await Person.join(network, "Anna")
  await network.clock.run(5000)
  const before = await gatewayOf(anna)
  await network.clock.run(10 * MINUTES)
  expect(await gatewayOf(anna)).not.toBe(before)
  expect(greetings).toBeLessThan(8)
  expect((await anna.messenger.run("view", {})).network.replies).toBeGreaterThan(0)
})

test("a gateway that greets and hangs up is not called every second", async () => {
  const network = await SimNetwork.start({ seed: "rude gateway" })
  let greetings = 0
  between(network, (honest) => (url, onEvent) => {
    const connection = honest(url, async (event) => {
      await onEvent(event)
      if (event.type === "frame") connection.close()
    })
    greetings++
    return connection
  })
  await Person.join(network, "Anna")
  await network.clock.run(5 * MINUTES)
  expect(greetings).toBeGreaterThan(5)
  expect(greetings).toBeLessThan(15)
})

test("a second greeting on one connection changes nothing", async () => {
  const network = await SimNetwork.start({ seed: "second greeting", parameters: { meanDelay: 50 } })
  const told: ((event: LinkEvent) => void | Promise<void>)[] = []
  let welcome: Uint8Array | null = null
  between(network, (honest) => (url, onEvent) => {
    told.push(onEvent)
    return honest(url, (event) => {
      if (event.type === "frame" && welcome === null) welcome = event.frame
      return onEvent(event)
    })
  })
  const anna = await Person.join(network, "Anna")
  expect(await network.clock.runUntil(() => anna.events.some((event) => event.type === "network" && event.network.replies > 20 && event.network.behind === 0), MINUTES)).toBe(true)
  const node = sized("NodeId", welcome!.slice(2, 34))
  const session = sized("SessionId", welcome!.slice(34, 66))
  await told.at(-1)!({ type: "frame", frame: encodeGatewayFrame({ type: "welcome", node, session, resumed: false, time: 0 }) })
  expect((await anna.messenger.run("view", {})).network.behind).toBe(0)
})
