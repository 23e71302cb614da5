import { expect, test } from "vitest"
import { Authority } from "../../directory/authority.ts"
import type { AuthorityEffect } from "../../directory/effect.ts"
import type { Said } from "../../directory/roster.ts"
import type { Admission } from "../../shared/directory/admission.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { signDescriptor } from "../../shared/directory/descriptor.ts"
import { openDocument } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { sized } from "../../shared/names.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { Network, START } from "./network.ts"
import { seeded } from "./seeded.ts"
import { x25519 } from "./x25519.ts"

const parameters = { ...defaultParameters, keyEpochSeconds: 3600, documentSeconds: 600 }
const HOURS = 3_600_000
const admitted: Admission[] = [
  { url: "http://a", role: "mix", layer: 1, operator: "one", provider: "here" },
  { url: "http://b", role: "dropbox", layer: 0, operator: "two", provider: "there" },
]

function authority(storage = memoryStorage(), now = START) {
  return Authority.start({ storage, random: seeded("authority"), admitted, parameters }, now)
}

const sphinxKey = sized("SphinxKey", await x25519.publicKey(seeded("key")(32)))

function descriptor(url: string, { now = START, name = url, ...changes }: Partial<NodeEntry> & { now?: number; name?: string } = {}): Said {
  const seed = seeded(name)(32)
  const admission = admitted.find((node) => node.url === url) ?? admitted[0]!
  const epoch = Math.floor(now / 1000 / parameters.keyEpochSeconds)
  const keys = [0, 1, 2, 3].map((ahead) => ({ epoch: epoch + ahead, key: sphinxKey }))
  const descriptor = signDescriptor(seed, { ...admission, url, id: sized("NodeId", publicEd25519(seed)), keys, ...changes }, now)
  return { url, descriptor }
}

const both = (now = START) => [descriptor("http://a", { now }), descriptor("http://b", { now })]
const published = (effects: readonly AuthorityEffect[]) => effects.find((effect) => effect.kind === "publish") ?? null
const urlsIn = async (node: Authority) => (await openDocument(node.document!, node.authorities)).nodes.map(({ url }) => url).sort()

test("the first document comes as soon as all admitted nodes have answered", async () => {
  const node = await authority()
  expect(node.onWake(START)).toContainEqual({ kind: "gather", urls: ["http://a", "http://b"] })
  expect(published(await node.onDescriptors([descriptor("http://a")], START + 100))).toBeNull()
  const effect = published(await node.onDescriptors([descriptor("http://b")], START + 350))
  expect(effect).toEqual({ kind: "publish", document: node.document, urls: ["http://a", "http://b"] })
  const directory = await openDocument(node.document!, node.authorities)
  expect(directory).toMatchObject({ epoch: 1, validFrom: START + 350, previous: new Uint8Array(32), parameters })
  expect(directory.validUntil).toBe(START + 350 + 600_000 + 3 * HOURS)
})

test("after ten seconds the first document comes with those that answered", async () => {
  const node = await authority()
  expect(published(await node.onDescriptors([descriptor("http://a")], START + 9_999))).toBeNull()
  await node.onDescriptors([], START + 10_000)
  expect(await urlsIn(node)).toEqual(["http://a"])
  await node.onDescriptors([descriptor("http://b")], START + 20_000)
  expect(await urlsIn(node)).toEqual(["http://a", "http://b"])
})

test("without a single answer there is no document", async () => {
  const node = await authority()
  await node.onDescriptors([], START + HOURS)
  expect(node.document).toBeNull()
})

test("nodes are asked often at first, and seldom when all is well", async () => {
  const node = await authority()
  const next = (effects: readonly AuthorityEffect[]) => effects.flatMap((effect) => (effect.kind === "wake" ? [effect.at] : []))
  expect(next(node.onWake(START))).toEqual([START + 250])
  expect(node.onWake(START + 100)).toEqual([{ kind: "wake", at: START + 250 }])
  await node.onDescriptors(both(), START + 200)
  expect(next(node.onWake(START + 250))).toEqual([START + 30_250])
})

test("a node of another role or layer, at another URL, or not admitted is left out", async () => {
  const node = await authority()
  const wrong = [
    descriptor("http://a", { layer: 2 }),
    descriptor("http://b", { role: "mix", layer: 1 }),
    descriptor("http://elsewhere"),
    { url: "http://a", descriptor: seeded("noise")(300) },
    { url: "http://a", descriptor: descriptor("http://a").descriptor.map((byte, i) => (i === 60 ? byte ^ 1 : byte)) },
    // A node that speaks for another.
    { ...descriptor("http://b"), url: "http://a" },
  ]
  await node.onDescriptors(wrong, START + 10_000)
  expect(node.document).toBeNull()
  expect(node.health(START)).toMatchObject({ missing: 2, refused: { malformed: 6 } })
})

test("who runs a node, and where, is what the authority was told", async () => {
  const node = await authority()
  await node.onDescriptors([descriptor("http://a", { operator: "somebody famous", provider: "the moon" }), descriptor("http://b")], START)
  const directory = await openDocument(node.document!, node.authorities)
  expect(directory.layers[0][0]).toMatchObject({ operator: "one", provider: "here" })
})

test("one identity at two URLs is listed once", async () => {
  const twice = [admitted[0]!, { ...admitted[0]!, url: "http://a2" }]
  const node = await Authority.start({ storage: memoryStorage(), random: seeded("authority"), admitted: twice, parameters }, START)
  await node.onDescriptors([descriptor("http://a", { name: "same" }), descriptor("http://a2", { name: "same" })], START)
  expect(await urlsIn(node)).toEqual(["http://a"])
})

test("a changed descriptor is published at once, an older one never", async () => {
  const node = await authority()
  await node.onDescriptors(both(), START)
  const later = START + 60_000
  expect(published(await node.onDescriptors(both(later), later))).toBeNull()
  const moved = [descriptor("http://a", { now: later, name: "reinstalled" })]
  expect(published(await node.onDescriptors(moved, later))).not.toBeNull()
  const directory = await openDocument(node.document!, node.authorities)
  expect(directory.layers[0][0]!.id).toEqual(publicEd25519(seeded("reinstalled")(32)))

  const changed = descriptor("http://b", { now: later + 2, keys: [{ epoch: Math.floor(later / 3_600_000), key: sphinxKey }] })
  expect(published(await node.onDescriptors([changed], later + 2))).not.toBeNull()
  expect(published(await node.onDescriptors([descriptor("http://b", { now: later + 1 })], later + 3))).toBeNull()
})

test("each document is chained to the one before, over restarts too", async () => {
  const storage = memoryStorage()
  const first = await authority(storage)
  await first.onDescriptors(both(), START)
  const one = await openDocument(first.document!, first.authorities)
  const due = START + 600_000
  expect(published(await first.onDescriptors(both(due - 1), due - 1))).toBeNull()
  await first.onDescriptors(both(due), due)
  const two = await openDocument(first.document!, first.authorities)
  expect(two).toMatchObject({ epoch: 2, previous: one.hash, validFrom: due })

  const second = await authority(storage, due + HOURS)
  expect(second.key).toEqual(first.key)
  expect(second.document).toEqual(first.document)
  await second.onDescriptors(both(due + HOURS), due + HOURS)
  expect(await openDocument(second.document!, first.authorities)).toMatchObject({ epoch: 3, previous: two.hash })
})

test("a node that falls silent stays listed until its published keys are used up", async () => {
  const node = await authority()
  await node.onDescriptors(both(), START)
  for (let hour = 1; hour <= 3; hour++) await node.onDescriptors([descriptor("http://a", { now: START + hour * HOURS })], START + hour * HOURS)
  expect(await urlsIn(node)).toEqual(["http://a", "http://b"])
  await node.onDescriptors([descriptor("http://a", { now: START + 4 * HOURS })], START + 4 * HOURS)
  expect(await urlsIn(node)).toEqual(["http://a"])
})

test("nodes take the length of key epochs from the directory, and are listed by it", async () => {
  const network = await Network.start()
  const all = network.directory.nodes.map(({ url, role, layer }) => ({ url, role, layer, operator: "", provider: "" }))
  // The same authority, restarted with other parameters.
  const random = seeded("authority")
  const storage = memoryStorage()
  storage.put("identity", random(32))
  storage.put("directory", network.authority.document!)
  const changed = { ...defaultParameters, keyEpochSeconds: 1800 }
  network.authority = await Authority.start({ storage, random, admitted: all, parameters: changed }, network.now)
  await network.publish()
  expect(network.directory.nodes).toEqual([])
  await network.publish()
  expect(network.directory.nodes).toHaveLength(all.length)
  expect(network.directory.nodes[0]!.keys.map(({ epoch }) => epoch)[0]).toBe(Math.floor(network.now / 1_800_000))
})

test("an authority that is alone publishes each document when it is due, however its questions fall", async () => {
  const parts = { storage: memoryStorage(), random: seeded("authority"), admitted, parameters: { ...parameters, documentSeconds: 50 } }
  const node = await Authority.start(parts, START)
  const times: number[] = []
  for (let now = START; now < START + 600_000; ) {
    const effects = node.onWake(now)
    if (effects.some(({ kind }) => kind === "gather") && published(await node.onDescriptors(both(now), now + 70)) !== null) times.push(now)
    now = Math.max(now + 1, ...effects.flatMap((effect) => (effect.kind === "wake" ? [effect.at] : [])))
  }
  expect(times.length).toBeGreaterThanOrEqual(12)
  for (const [i, time] of times.slice(1).entries()) expect(time - times[i]!).toBeLessThan(50_500)
})
