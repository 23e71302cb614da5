import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store, Write } from "../../messenger/ports.ts"
import { keys, pack, unpack } from "../../messenger/stored.ts"
import type { StoredBox, StoredConversation, StoredOutgoing } from "../../messenger/stored-conversation.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"
import { migrate } from "./support.ts"

const MINUTES = 60_000

/** As version 1 kept it: one MLS epoch, places in streams by their index alone, devices not kept. */
async function asVersion1(store: Store): Promise<Store> {
  const old = memoryStore()
  const writes: Write[] = await store.list("")
  for (const [key, bytes] of await store.list(keys.conversations)) {
    const { epochs, writing, readers, attempt: _attempt, renewal: _renewal, ...kept } = unpack<StoredConversation>(bytes)
    const [{ epoch, context, placement }] = epochs as [(typeof epochs)[number]]
    expect(epochs).toHaveLength(1)
    const oldReaders = readers.map(({ leaf, identity, stream, at, told, unfinished }) => ({ leaf, identity, stream, next: at.index, told: told.index, unfinished }))
    writes.push([key, pack({ ...kept, epoch, context, placement, nextWrite: writing.index, readers: oldReaders })])
    for (const [boxKey, box] of await store.list(keys.boxes(kept.id))) {
      const { epoch: _, ...oldBox } = unpack<StoredBox>(box)
      writes.push([boxKey, null], [`${keys.boxes(kept.id)}${String(oldBox.index).padStart(12, "0")}`, pack(oldBox)])
    }
    for (const [outgoingKey, bytes] of await store.list(keys.outgoings(kept.id))) {
      const { position, box } = unpack<StoredOutgoing>(bytes)
      writes.push([outgoingKey, pack({ position, box: box?.index ?? null })])
    }
  }
  await old.commit(writes)
  return old
}

test("conversations of version 1 go on in version 2, with what was under way, and a second migration changes nothing", async () => {
  const network = await SimNetwork.start({ seed: "version 1", parameters: { meanDelay: 50 } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)
  network.down.add("dropbox-a").add("dropbox-b")
  await anna.send(annaBen, "under way when the program changed")
  await network.clock.runUntil(() => false, 5000)
  await anna.messenger.stop()
  await network.cut("Anna")
  const store = await asVersion1(anna.store)
  const boxes = (await store.list(keys.boxes(annaBen))).length
  expect(boxes).toBeGreaterThan(0)
  expect(await migrate(store)).toBe(1)
  expect(await store.list(keys.boxes(annaBen))).toHaveLength(boxes)
  const { mls: _, ...before } = unpack<StoredConversation>((await anna.store.get(keys.conversation(annaBen)))!)
  const after = unpack<StoredConversation>((await store.get(keys.conversation(annaBen)))!)
  expect(after).toMatchObject({ ...before, epochs: [{ ...before.epochs[0], since: expect.any(Number) as number }], renewal: after.renewal, readers: [{ ...before.readers[0], confirmed: after.readers[0]!.confirmed }] })
  const all = await store.list("")
  await migrate(store)
  expect(await store.list("")).toEqual(all)
  network.down.clear()
  const later = await Person.fromStore(network, "Anna", store)
  const answered = await ben.send(benAnna, "and back")
  expect(await network.clock.runUntil(() => ben.heard.length > 0 && later.heard.length > 0 && ben.state(answered) === "received", 10 * MINUTES)).toBe(true)
  expect([ben.heard, later.heard]).toEqual([["under way when the program changed"], ["and back"]])
})
