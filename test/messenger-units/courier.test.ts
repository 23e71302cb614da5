import { createSphinx, nobleX25519 } from "sphinx-packet"
import { expect, test } from "vitest"
import type { Errand } from "../../messenger/courier.ts"
import { Courier } from "../../messenger/courier.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"
import { directoryOf, entryOf } from "../shared/directory.ts"
import { boxAt } from "./errands.ts"

const EPOCH = 3_600_000

async function prepare(secondLayerKey: Uint8Array) {
  const random = seeded("courier")
  const x25519 = nobleX25519()
  const second = entryOf("two", 2, { keys: [{ epoch: 2, key: sized("SphinxKey", secondLayerKey) }] })
  const nodes = [entryOf("one", 1), second, entryOf("three", 3), entryOf("box", 0)]
  const directory = await directoryOf([...nodes].sort((a, b) => Buffer.compare(a.id, b.id)))
  const [gateway] = directory.layers[0]
  const errand: Errand = { carried: "cover", operation: "read", hold: 0, box: boxAt(0).id, dropbox: directory.dropboxes[0]!, write: null, fate: null }
  const post = { directory, gateway: gateway!, session: sized("SessionId", random(32)), avoided: new Set<NodeEntry>() }
  return new Courier(createSphinx({ random, x25519 }), x25519, random).prepare(errand, post, 2 * EPOCH + 1, random)
}

test("a node whose key nothing can be encrypted to costs a packet, and nothing else", async () => {
  expect(await prepare(seeded("good")(32))).toMatchObject({ packet: { length: 4461 } })
  expect(await prepare(new Uint8Array(32))).toBeNull()
})
