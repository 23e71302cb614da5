import { expect, test, vi } from "vitest"
import type { Link, LinkEvent } from "../../messenger/ports.ts"
import type { StoredGateway } from "../../messenger/stored.ts"
import { keys, unpack } from "../../messenger/stored.ts"
import { toHex } from "../../shared/bytes.ts"
import { encodeGatewayFrame } from "../../shared/frames.ts"
import { DIRECTORY_MAX, PACKET_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const MINUTES = 60_000
const HELLO = 34
/** Type of a gateway's frame. */
const DIRECTORY = 0x83

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

test("a gateway that forwards nothing and sends garbage instead is left after minutes, as a silent one", async () => {
  const network = await SimNetwork.start({ seed: "chatty gateway", parameters: { meanDelay: 50 } })
  const chatty = new Set<string>()
  const garbage = encodeGatewayFrame({ type: "packet", packet: sized("Packet", new Uint8Array(PACKET_LENGTH)) })
  between(network, (honest) => (url, onEvent) => {
    const connection = honest(url, onEvent)
    if (chatty.size === 0) chatty.add(url)
    return {
      close: () => connection.close(),
      send(frame) {
        if (frame.length === HELLO || !chatty.has(url)) connection.send(frame)
        else void onEvent({ type: "frame", frame: garbage })
      },
    }
  })
  const anna = await Person.join(network, "Anna")
  await network.clock.run(5000)
  const before = await gatewayOf(anna)
  await network.clock.run(10 * MINUTES)
  expect(await gatewayOf(anna)).not.toBe(before)
  expect((await anna.messenger.run("view", {})).network.replies).toBeGreaterThan(0)
})

test.each([["keeps the directory back", null, 10], ["knows only the first directory", "first", 24]] as const)(
  "a gateway that %s does not keep its clients from the next: they get it elsewhere",
  async (_, kept, minutes) => {
    const network = await SimNetwork.start({ seed: `gateway ${kept}`, parameters: { meanDelay: 50, keyEpochSeconds: 120, documentSeconds: 120 } })
    const first = { type: "frame" as const, frame: encodeGatewayFrame({ type: "directory", document: (await network.link("Test").fetch(network.description.directories[0]!, DIRECTORY_MAX))! }) }
    between(network, (honest) => (url, onEvent) =>
      honest(url, (event) => {
        if (event.type !== "frame" || event.frame[0] !== DIRECTORY) return onEvent(event)
        return kept === null ? undefined : onEvent(first)
      }),
    )
    const anna = await Person.join(network, "Anna")
    await network.clock.run(minutes * MINUTES)
    const { replies } = (await anna.messenger.run("view", {})).network
    await network.clock.run(3 * MINUTES)
    expect((await anna.messenger.run("view", {})).network.replies).toBeGreaterThan(replies + 30)
  },
)

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

test("a connection that breaks is taken up again within two minutes: nothing is lost, and nothing is asked anew", async () => {
  const network = await SimNetwork.start({ seed: "resume", parameters: { meanDelay: 50 } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  await network.clock.runUntil(() => ben.events.some((event) => event.type === "network" && event.network.behind === 0), MINUTES)
  await network.clock.run(10_000)
  network.down.add("Ben")
  await network.cut("Ben")
  // What is written meanwhile is answered into the session, which keeps it.
  await anna.send(annaBen, "while you were in the tunnel")
  await network.clock.run(30_000)
  network.down.delete("Ben")
  const before = ben.events.length
  expect(await network.clock.runUntil(() => ben.heard.length === 1, MINUTES)).toBe(true)
  const seen = ben.events.slice(before).filter((event) => event.type === "network")
  expect(seen.every(({ network: { behind } }) => behind === 0)).toBe(true)
  expect(seen.at(-1)?.network.lost).toBe(0)
})

test("a gateway that is started again knows no session: reads are asked anew, and what comes is found", async () => {
  const network = await SimNetwork.start({ seed: "gateway restarts", parameters: { meanDelay: 50 } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const gateway = (await ben.messenger.run("view", {})).network.gateway!.host.replace(".test", "")
  const before = ben.events.length
  await network.restart(gateway, 1000)
  await anna.send(annaBen, "to a new session")
  expect(await network.clock.runUntil(() => ben.heard.length === 1, MINUTES)).toBe(true)
  const links = ben.events.slice(before).flatMap((event) => (event.type === "network" ? [event.network] : []))
  expect(new Set(links.map(({ link }) => link))).toEqual(new Set(["offline", "connecting", "online"]))
  expect(links.some(({ behind }) => behind > 0)).toBe(true)
  expect(links.at(-1)!.gateway!.host.replace(".test", "")).toBe(gateway)
})

test("a gateway that has no room is asked less and less often, and another is taken after minutes", async () => {
  const network = await SimNetwork.start({ seed: "full gateway", parameters: { meanDelay: 50 } })
  const full = new Set<string>()
  let calls = 0
  between(network, (honest) => (url, onEvent) => {
    if (full.size === 0) full.add(url)
    if (full.has(url)) calls++
    const connection = honest(url, onEvent)
    // As the cap on sessions does it: the connection is made, and closed.
    if (full.has(url)) connection.close()
    return connection
  })
  const anna = await Person.join(network, "Anna")
  await network.clock.run(8 * MINUTES)
  expect(calls).toBeGreaterThan(3)
  expect(calls).toBeLessThan(15)
  const view = (await anna.messenger.run("view", {})).network
  expect(view.link).toBe("online")
  expect(full.has(`http://${view.gateway!.host}`)).toBe(false)
})

test("packets that a gateway drops as too many are sent again, and the connection stays", async () => {
  const network = await SimNetwork.start({ seed: "rate", parameters: { meanDelay: 50, sessionRate: 1, sessionBurst: 1, meanHold: 30, maxHold: 60 } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const before = anna.events.length
  for (let i = 0; i < 5; i++) await anna.send(annaBen, `${i}`)
  expect(await network.clock.runUntil(() => ben.heard.length === 5, 5 * MINUTES)).toBe(true)
  expect(ben.heard).toEqual(["0", "1", "2", "3", "4"])
  expect(network.refused.rate).toBeGreaterThan(10)
  expect(anna.events.slice(before).filter((event) => event.type === "network" && event.network.link === "offline")).toEqual([])
})
