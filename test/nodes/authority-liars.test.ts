import { expect, test } from "vitest"
import { openView, signBundle, signView } from "../../directory/view.ts"
import type { View } from "../../directory/view.ts"
import { Reader, toHex } from "../../shared/bytes.ts"
import { networkId } from "../../shared/directory/document.ts"
import { openDescriptor } from "../../shared/directory/descriptor.ts"
import * as geometry from "../../shared/geometry.ts"
import { seeded } from "./seeded.ts"
import type { Member } from "./authority-group.ts"
import { descriptorAt } from "./authority-nodes.ts"
import { allUrls, MINUTE, tenMinutes, World } from "./authority-world.ts"

const SECOND_SLOT = Date.UTC(2027, 0, 15, 12, 20)
const LIAR = 2
const VIEW = /^\/view\/\d+$/

/** A view of the liar that says other things than the one it has. */
async function altered(world: World, view: Uint8Array, change: (view: View) => Partial<View>): Promise<Uint8Array> {
  const { authorities, members } = world.group
  const opened = await openView(view, authorities)
  return signView(members[LIAR]!.identity, networkId(authorities), { ...opened, ...change(opened) }).bytes
}

/** The third authority lies in each view that it shows. */
async function withLiar(change: (view: View) => Partial<View>): Promise<World> {
  const world = await World.start()
  world.group.lie = async (from, _to, path, answer) =>
    from.index === LIAR && VIEW.test(path) && answer !== null ? altered(world, answer, change) : answer
  return world
}

async function agree(world: World, epoch: number, indices = [0, 1]): Promise<void> {
  const directories = await Promise.all(indices.map((index) => world.directory(index)))
  expect(directories.map((directory) => directory.epoch)).toEqual(indices.map(() => epoch))
  expect(new Set(directories.map(({ hash }) => toHex(hash))).size).toBe(1)
}

test("nodes that one authority invents are not listed", async () => {
  const descriptor = await descriptorAt("http://invented", SECOND_SLOT - 2 * MINUTE, 600)
  const { entry, issued } = await openDescriptor(descriptor)
  const world = await withLiar(({ nodes }) => ({ nodes: [...nodes, { entry, issued, descriptor }] }))
  await world.clock.run(11 * MINUTE)
  await agree(world, 2)
  expect(await world.urls(0)).toEqual(allUrls)
})

test("one authority cannot change keys, nor say who runs a node, nor where it stands", async () => {
  const old = new Map(await Promise.all(allUrls.map(async (url) => [url, await descriptorAt(url, SECOND_SLOT - 12 * MINUTE, 600)] as const)))
  const world = await withLiar(({ nodes }) => ({
    nodes: nodes.map((node, i) =>
      // Others' words are the liar's to choose; descriptors are signed by their nodes, so that only older ones are.
      i % 2 === 0 ? { ...node, descriptor: old.get(node.entry.url)! } : { ...node, entry: { ...node.entry, operator: "somebody else", provider: "elsewhere" } },
    ),
  }))
  await world.clock.run(11 * MINUTE)
  await agree(world, 2)
  const directory = await world.directory(0)
  expect(directory.nodes.every(({ operator, provider, url }) => operator.endsWith(url.slice(7)) && provider.endsWith(url.slice(7)))).toBe(true)
  expect(directory.nodes.every(({ keys }) => keys[0]!.epoch >= (SECOND_SLOT - 6 * MINUTE) / 600_000 - 1)).toBe(true)
  expect(await world.urls(0)).toEqual(allUrls)
})

test("a view with a descriptor that its node did not sign is no view", async () => {
  const world = await withLiar(({ nodes }) => ({ nodes: nodes.map((node) => ({ ...node, descriptor: node.descriptor.map((byte, i) => (i === 50 ? byte ^ 1 : byte)) })) }))
  await world.clock.run(11 * MINUTE)
  await agree(world, 2)
  expect(world.group.get(0).health(world.clock.now()).refused.malformed).toBeGreaterThan(0)
})

test("one authority cannot change parameters", async () => {
  const world = await withLiar(({ parameters }) => ({ parameters: { ...parameters, meanDelay: 1 } }))
  await world.clock.run(11 * MINUTE)
  await agree(world, 2)
  expect((await world.directory(0)).parameters).toEqual(tenMinutes)
})

test("one authority that drops nearly all nodes drops none", async () => {
  const world = await withLiar(({ nodes }) => ({ nodes: nodes.slice(0, 1) }))
  await world.clock.run(11 * MINUTE)
  await agree(world, 2)
  expect(await world.urls(0)).toEqual(allUrls)
})

test("when more than half of the nodes are gone for all authorities, the old document stands until it has run out", async () => {
  const world = await World.start()
  await world.clock.run(MINUTE)
  const kept = ["http://mix1a", "http://mix2a", "http://mix3a"]
  for (const url of allUrls) if (!kept.includes(url)) world.changes.set(url, { keys: [] })
  const old = await world.directory(0)
  await world.clock.run(old.validUntil - 2 * MINUTE - world.clock.now())
  await agree(world, 1, [0, 1, 2])
  expect(world.group.get(0).health(world.clock.now()).round).toMatchObject({ last: "too-few-nodes" })
  await world.clock.run(5 * MINUTE)
  await agree(world, (await world.directory(0)).epoch, [0, 1, 2])
  expect(await world.urls(0)).toEqual(kept)
  expect(await world.directory(0)).toMatchObject({ previous: old.hash })
})

test("the last node of a layer is not dropped either while the old document is valid", async () => {
  const world = await World.start()
  await world.clock.run(MINUTE)
  for (const url of ["http://mix2a", "http://mix2b"]) world.changes.set(url, { keys: [] })
  await world.clock.run(25 * MINUTE)
  await agree(world, 1, [0, 1, 2])
})

/** A node that the second authority does not reach, so that the liar's word decides whether it is listed. */
const CONTESTED = "http://box-b"
const contested = { prepare: (world: World) => (world.reaches = (url, authority) => url !== CONTESTED || authority !== 1) }
const withoutIt = ({ nodes }: View) => ({ nodes: nodes.filter(({ entry }) => entry.url !== CONTESTED) })

test("an authority that shows different views to the others is left out of that document, and both views are the proof", async () => {
  const world = await World.start({}, contested)
  await world.clock.run(MINUTE)
  world.group.lie = async (from, to, path, answer) =>
    from.index === LIAR && VIEW.test(path) && answer !== null ? altered(world, answer, to.index === 0 ? () => ({}) : withoutIt) : answer
  await world.clock.run(10 * MINUTE)
  await agree(world, 2)
  expect(await world.urls(0)).toEqual(allUrls.filter((url) => url !== CONTESTED))
  const liar = toHex(world.group.members[LIAR]!.identity.id)
  for (const index of [0, 1]) {
    const { round } = world.group.get(index).health(world.clock.now())
    expect(round!.peers.find(({ key }) => key === liar)).toMatchObject({ equivocated: true })
    const proof = new Reader(world.group.get(index).serve(`/equivocation/${liar}`, world.clock.now())!)
    const views = await Promise.all([1, 2].map(() => openView(proof.bytes32(geometry.DIRECTORY_MAX), world.group.authorities)))
    expect(views.map(({ author, slot }) => [toHex(author), slot])).toEqual([[liar, SECOND_SLOT], [liar, SECOND_SLOT]])
    expect(toHex(views[0]!.hash)).not.toBe(toHex(views[1]!.hash))
    expect(world.group.get(index).serve(`/equivocation/${toHex(world.group.members[0]!.identity.id)}`, world.clock.now())).toBeNull()
  }
})

test.each([-60_000, -1_000, -30, -1, 0, 1, 30, 1_000, 60_000])(
  "a second view that arrives at one of the others %d ms after the time for bundles leads to the same document as to the other",
  async (offset) => {
    const world = await World.start({}, contested)
    await world.clock.run(MINUTE)
    const { group, clock } = world
    const [first, second, liar] = group.members as [Member, Member, Member]
    const path = `/view/${SECOND_SLOT}`
    group.lie = (from, to, asked, answer) => (from === liar && asked === path && to === second ? null : answer)
    clock.at(SECOND_SLOT - 3 * MINUTE + offset, async () => {
      const other = await altered(world, liar.authority.serve(path, clock.now())!, withoutIt)
      await group.perform(second, await second.authority.onAnswer(liar.url, path, other, clock.now()))
    })
    await clock.run(9.5 * MINUTE)
    await agree(world, 2)
    const equivocated = [first, second].map(({ authority }) => authority.serve(`/equivocation/${toHex(liar.identity.id)}`, clock.now()) !== null)
    // In time for the bundle of the one it is seen by both; a moment later by none.
    expect(equivocated).toEqual(offset < 0 ? [true, true] : [false, false])
    expect((await world.urls(0)).includes(CONTESTED)).toBe(offset >= 0)
    const signed = [first, second].map(({ authority }) => toHex(authority.serve(`/signature/${SECOND_SLOT}`, clock.now())!.slice(32, 64)))
    expect(signed[0]).toBe(signed[1])
  },
)

test("a view that the liar brings in its own bundle alone does not count", async () => {
  const world = await World.start()
  await world.clock.run(MINUTE)
  const { group } = world
  const liar = group.members[LIAR]!
  const invented = await openDescriptor(await descriptorAt("http://mix1c", SECOND_SLOT - 6 * MINUTE, 600))
  expect(invented.entry.url).toBe("http://mix1c")
  let shown: Uint8Array | null = null
  group.lie = async (from, to, path, answer) => {
    if (from !== liar) return answer
    if (VIEW.test(path)) {
      shown = answer
      return null
    }
    const isBundle = path.startsWith("/views/") && to.index === 0
    return isBundle && shown !== null ? signBundle(liar.identity, networkId(group.authorities), SECOND_SLOT, [shown]) : answer
  }
  await world.clock.run(7.5 * MINUTE)
  expect(shown).not.toBeNull()
  expect(group.get(0).health(world.clock.now()).round!.peers[1]).toMatchObject({ view: "none" })
  await world.clock.run(2 * MINUTE)
  await agree(world, 2)
})

test("a view of the slot before, shown again, does not count", async () => {
  const world = await World.start()
  const old: Uint8Array[] = []
  world.group.lie = (from, _to, path, answer) => {
    if (from.index !== LIAR || !VIEW.test(path) || answer === null) return answer
    old.push(answer)
    return old[0]!
  }
  await world.clock.run(8 * MINUTE)
  expect(world.group.get(0).health(world.clock.now()).round!.peers[1]).toMatchObject({ view: "other-chain", equivocated: false })
  await world.clock.run(3 * MINUTE)
  await agree(world, 2)
})

test("a liar that keeps its signature back leaves no second document of an epoch behind", async () => {
  const world = await World.start()
  await world.clock.run(MINUTE)
  const liar = world.group.members[LIAR]!
  world.group.stop(1)
  world.group.lie = (from, _to, path, answer) => (from === liar && (path.startsWith("/signature") || path === "/directory") ? null : answer)
  await world.clock.run(10 * MINUTE)
  const secret = await world.open(liar.authority.document!)
  expect(secret.epoch).toBe(2)
  await agree(world, 1, [0])
  await world.group.restart(1)
  await world.clock.run(10 * MINUTE)
  await agree(world, 3, [0, 1])
  expect(liar.authority.health(world.clock.now()).forks).toBe(0)
})

test("a liar that shows its view to one of the others only changes nothing: they tell each other", async () => {
  const world = await World.start({}, contested)
  await world.clock.run(MINUTE)
  world.group.lie = (from, to, path, answer) => (from.index === LIAR && VIEW.test(path) && to.index === 1 ? null : answer)
  await world.clock.run(9.5 * MINUTE)
  await agree(world, 2)
  expect(await world.urls(1)).toEqual(allUrls)
})

test("two liars of four, with a threshold of three, can prevent a document, and cannot make two", async () => {
  const world = await World.start({ count: 4, threshold: 3 })
  await world.clock.run(MINUTE)
  const { group } = world
  const liars = [group.members[2]!, group.members[3]!]
  group.lie = async (from, to, path, answer) => {
    if (!liars.includes(from) || answer === null) return answer
    // Each of the honest sees another view of the third, and the fourth tells of neither.
    if (path.startsWith("/views/")) return null
    if (!VIEW.test(path) || from.index !== 2) return answer
    const opened = await openView(answer, group.authorities)
    const nodes = opened.nodes.filter(({ entry }) => entry.url !== allUrls[to.index])
    return signView(from.identity, networkId(group.authorities), { ...opened, nodes }).bytes
  }
  await world.clock.run(10 * MINUTE)
  const epochs = [0, 1].map((index) => group.get(index).health(world.clock.now()))
  expect(epochs.every(({ forks }) => forks === 0)).toBe(true)
  expect(new Set(await Promise.all([0, 1].map(async (index) => toHex((await world.directory(index)).hash)))).size).toBe(1)
})

test("who is no authority is not asked, and what it signs does not count", async () => {
  const world = await World.start()
  await world.clock.run(MINUTE)
  const stranger = { seed: seeded("stranger")(32), id: world.group.members[0]!.identity.id }
  world.group.lie = async (from, _to, path, answer) => {
    if (from.index !== LIAR || !VIEW.test(path) || answer === null) return answer
    const opened = await openView(answer, world.group.authorities)
    return signView(stranger, networkId(world.group.authorities), opened).bytes
  }
  await world.clock.run(7.5 * MINUTE)
  expect(world.group.get(1).health(world.clock.now()).round!.peers[1]).toMatchObject({ view: "none" })
  expect(await world.group.get(0).onAnswer("http://stranger.test", "/directory", world.group.document!, world.clock.now())).toEqual([])
})
