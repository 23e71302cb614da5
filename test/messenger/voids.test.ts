import { expect, test, vi } from "vitest"
import { keys, unpack } from "../../messenger/stored.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { epochOf, isBefore } from "../../messenger/stored-conversation.ts"
import { Writes } from "../../messenger/writes.ts"
import { streamBox } from "../../shared/box.ts"
import { toHex } from "../../shared/bytes.ts"
import { sized } from "../../shared/names.ts"
import { replicas } from "../../shared/placement.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const MINUTES = 60_000

async function stored(person: Person, conversation: string): Promise<StoredConversation> {
  return unpack<StoredConversation>((await person.store.get(keys.conversation(conversation)))!)
}

/** The dropboxes on which this device's box of that index lies. */
async function dropboxesOf(person: Person, conversation: string, index: number): Promise<string[]> {
  const of = await stored(person, conversation)
  const { context, placement } = epochOf(of)
  const { stream } = of
  const ids = replicas(streamBox(context, stream, index).id, placement.map((id) => sized("NodeId", id)), 2).map(toHex)
  const { network } = await person.messenger.run("view", {})
  return network.nodes.filter(({ id }) => ids.includes(id)).map(({ host }) => host.replace(".test", ""))
}

test("a box whose dropboxes are both dead is void after ten minutes, another stands for it, and nothing is lost, twice or in another order", async () => {
  const network = await SimNetwork.start({ seed: "void", dropboxes: 4, parameters: { meanDelay: 50, decoySeconds: 3000 } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  await ben.messenger.stop()
  await network.cut("Ben")
  await anna.messenger.run("speed", { speed: "saver" })
  const begin = (await stored(anna, annaBen)).writing.index
  const dead = await dropboxesOf(anna, annaBen, begin)
  expect(dead).toHaveLength(2)
  for (const name of dead) network.down.add(name)
  const writes = vi.spyOn(Writes.prototype, "add")
  // The first is longer than its block, so that what goes on in the next box must be joined to what is repeated in a later one.
  const texts = [`first ${"long ".repeat(900)}`, "second", "third"]
  const ids: string[] = []
  for (const text of texts) {
    ids.push(await anna.send(annaBen, text))
    await network.clock.run(2 * MINUTES)
  }
  await network.clock.run(3 * MINUTES)
  const sealed = (await stored(anna, annaBen)).writing
  expect(isBefore({ ...sealed, index: begin + 2 }, sealed)).toBe(true)
  // Ten minutes at the least, and three tries at each dropbox: in the slots of saver these take longer.
  await network.clock.run(30 * MINUTES)
  expect(isBefore(sealed, (await stored(anna, annaBen)).writing)).toBe(true)
  // Each block was sealed once into each box: the same box never gets other bytes.
  const boxes = writes.mock.calls.filter(([{ id }]) => id.startsWith("box/")).map(([{ box }]) => toHex(box))
  expect(new Set(boxes).size).toBe(boxes.length)
  writes.mockRestore()
  await ben.open("Ben again")
  await ben.messenger.run("speed", { speed: "saver" })
  expect(await network.clock.runUntil(() => ben.heard.length === 3, 240 * MINUTES)).toBe(true)
  expect(ben.heard).toEqual(texts)
  expect(await network.clock.runUntil(() => ids.every((id) => anna.state(id) === "received"), 60 * MINUTES)).toBe(true)
  for (const name of dead) await network.restart(name)
  ids.push(await anna.send(annaBen, "fourth"))
  expect(await network.clock.runUntil(() => ids.every((id) => anna.state(id) === "received"), 60 * MINUTES)).toBe(true)
  expect(ben.heard).toEqual([...texts, "fourth"])
}, 900_000)
