import { expect, test } from "vitest"
import { Authority } from "../../directory/authority.ts"
import type { Said } from "../../directory/roster.ts"
import type { Admission, AdmissionAnswer, AdmissionRequest } from "../../shared/directory/admission.ts"
import { signAdmission } from "../../shared/directory/admission.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { openDescriptor, signDescriptor } from "../../shared/directory/descriptor.ts"
import { openDocument } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { admissions, descriptorAt, nodeSeedOf } from "./authority-nodes.ts"
import { allUrls, MINUTE, START, World } from "./authority-world.ts"
import { seeded } from "./seeded.ts"

const seed = seeded("admin")(32)
const adminKey = publicEd25519(seed)
const parameters = { ...defaultParameters, keyEpochSeconds: 3600, documentSeconds: 3600, boxDays: 30 }
const DAY = 86_400_000
const [first] = admissions

const saidAt = async (url: string, now = START, changes: Partial<NodeEntry> = {}): Promise<Said> => ({ url, descriptor: await descriptorAt(url, now, 3600, changes) })

let time = 0
const start = (storage = memoryStorage(), admitted: readonly Admission[] = [], now = START) =>
  Authority.start({ storage, random: seeded("authority"), admitted, parameters, adminKey }, now)

/** Distinct by their times, as an operator's are. */
function request(authority: Authority, what: { admit: Admission; force?: boolean } | { remove: string }, now = START, by = seed): Uint8Array {
  const common = { time: now + (time++ % 1000), authority: authority.key }
  const request: AdmissionRequest =
    "admit" in what ? { ...common, action: "admit", admission: what.admit, force: what.force ?? false } : { ...common, action: "remove", url: what.remove }
  return signAdmission(by, request)
}

const ask = async (authority: Authority, bytes: Uint8Array, now = START): Promise<AdmissionAnswer> => (await authority.onAdmission(bytes, now)).answer
const admit = (authority: Authority, admission: Admission, force = false) => ask(authority, request(authority, { admit: admission, force }))
const admittedBy = (authority: Authority, now = START) => authority.health(now).nodes.map(({ url }) => url)

test("a node that the operator admits is asked at once, and listed", async () => {
  const authority = await start()
  const { answer, effects } = await authority.onAdmission(request(authority, { admit: first! }), START)
  expect(answer).toEqual({ done: "admitted" })
  expect(effects).toEqual([{ kind: "wake", at: START }])
  expect(authority.onWake(START)).toContainEqual({ kind: "gather", urls: [first!.url] })
  await authority.onDescriptors([await saidAt(first!.url)], START)
  expect((await openDocument(authority.document!, authority.authorities)).nodes).toMatchObject([{ url: first!.url, operator: first!.operator }])
})

test("what was admitted and removed stays so over a restart, whatever the configuration says", async () => {
  const storage = memoryStorage()
  const authority = await start(storage, admissions.slice(1, 3))
  expect(await admit(authority, first!)).toEqual({ done: "admitted" })
  expect(await ask(authority, request(authority, { remove: admissions[1]!.url }))).toEqual({ done: "removed" })
  expect(await admit(authority, { ...admissions[2]!, provider: "somewhere new" })).toEqual({ done: "changed" })
  expect(await admit(authority, first!)).toEqual({ done: "unchanged" })
  const expected = [admissions[2]!.url, first!.url]
  expect(admittedBy(authority)).toEqual(expected)
  expect(admittedBy(await start(storage, admissions.slice(1, 3)))).toEqual(expected)
})

test("a removed mix leaves the next document; removing what is not there says so", async () => {
  const authority = await start(memoryStorage(), admissions)
  await authority.onDescriptors(await Promise.all(allUrls.map((url) => saidAt(url))), START)
  expect(await ask(authority, request(authority, { remove: "http://mix1a" }))).toEqual({ done: "removed" })
  expect(await ask(authority, request(authority, { remove: "http://mix1a" }))).toEqual({ refused: "unknown" })
  await authority.onDescriptors([], START + 1)
  const directory = await openDocument(authority.document!, authority.authorities)
  expect(directory.nodes.map(({ url }) => url).sort()).toEqual(allUrls.filter((url) => url !== "http://mix1a"))
})

test("a removed dropbox is listed as leaving until the last box in it has run out", async () => {
  const authority = await start(memoryStorage(), admissions)
  const said = (now: number) => Promise.all(allUrls.map((url) => saidAt(url, now)))
  await authority.onDescriptors(await said(START), START)
  expect(await ask(authority, request(authority, { remove: "http://box-a" }))).toEqual({ done: "leaving" })
  const listed = async (now: number) => {
    await authority.onDescriptors(await said(now), now)
    return openDocument(authority.document!, authority.authorities)
  }
  const leaving = await listed(START + 1)
  expect(leaving.nodes.find(({ url }) => url === "http://box-a")).toMatchObject({ leaving: true })
  expect(leaving.dropboxes.map(({ url }) => url)).toEqual(["http://box-b"])
  expect((await listed(START + 29 * DAY)).nodes).toHaveLength(admissions.length)
  authority.onWake(START + 30 * DAY + 1)
  expect((await listed(START + 30 * DAY + 1)).nodes.map(({ url }) => url)).not.toContain("http://box-a")
  // Admitted again in time it takes boxes again; removed twice it is gone at once.
  expect(await ask(authority, request(authority, { admit: admissions[6]! }))).toEqual({ done: "changed" })
  expect(await ask(authority, request(authority, { remove: "http://box-a" }))).toEqual({ done: "leaving" })
  expect(await ask(authority, request(authority, { remove: "http://box-a" }))).toEqual({ done: "removed" })
})

test("an operator's mixes stand in one layer, and a provider's not in adjacent ones, unless it is forced", async () => {
  const authority = await start()
  const node = (url: string, layer: number, operator: string, provider: string): Admission => ({ url: `http://${url}`, role: layer === 0 ? "dropbox" : "mix", layer, operator, provider })
  expect(await admit(authority, node("a", 1, "ann", "ovh"))).toEqual({ done: "admitted" })
  expect(await admit(authority, node("b", 1, "ann", "ovh"))).toEqual({ done: "admitted" })
  expect(await admit(authority, node("c", 3, "ann", "aws"))).toEqual({ refused: "layers", rule: "operator-layer", node: "http://a" })
  expect(await admit(authority, node("c", 2, "cy", "ovh"))).toEqual({ refused: "layers", rule: "provider-adjacent", node: "http://a" })
  expect(await admit(authority, node("c", 3, "cy", "ovh"))).toEqual({ done: "admitted" })
  expect(await admit(authority, node("d", 0, "ann", "ovh"))).toEqual({ done: "admitted" })
  expect(await admit(authority, node("e", 2, "", ""))).toEqual({ done: "admitted" })
  expect(await admit(authority, node("f", 2, "cy", ""))).toEqual({ refused: "layers", rule: "operator-layer", node: "http://c" })
  expect(await admit(authority, node("f", 2, "cy", "ovh"), true)).toEqual({ done: "admitted", forced: "operator-layer" })
  // Moving one's own node is no conflict with itself.
  expect(await admit(authority, node("c", 2, "cy", "aws"))).toEqual({ done: "changed" })
})

test("requests of others, for others, old, early, replayed or malformed change nothing, and the answer says which", async () => {
  const storage = memoryStorage()
  const authority = await start(storage)
  const what = { admit: first! }
  const other = await Authority.start({ storage: memoryStorage(), random: seeded("other"), admitted: [], parameters }, START)
  expect(await ask(authority, request(authority, what, START, seeded("x")(32)))).toEqual({ refused: "signature" })
  expect(await ask(authority, request(other, what))).toEqual({ refused: "authority" })
  expect(await ask(other, request(other, what))).toEqual({ refused: "closed" })
  expect(await ask(authority, request(authority, what, START - 16 * MINUTE))).toEqual({ refused: "old" })
  expect(await ask(authority, request(authority, what, START + 16 * MINUTE))).toEqual({ refused: "old" })
  expect(await ask(authority, seeded("noise")(200))).toEqual({ refused: "malformed" })
  expect(await ask(authority, new Uint8Array())).toEqual({ refused: "malformed" })
  expect(admittedBy(authority)).toEqual([])

  const good = request(authority, what, START + 10 * MINUTE)
  expect(await ask(authority, good)).toEqual({ done: "admitted" })
  await ask(authority, request(authority, { remove: first!.url }))
  expect(await ask(authority, good)).toEqual({ refused: "replayed" })
  expect(await ask(await start(storage), good, START + 24 * MINUTE)).toEqual({ refused: "replayed" })
  expect(await ask(await start(storage), good, START + 26 * MINUTE)).toEqual({ refused: "old" })
  expect(admittedBy(await start(storage))).toEqual([])
})

test("of the requests that were done only those are remembered that could be done again", async () => {
  const storage = memoryStorage()
  const authority = await start(storage)
  for (let minute = 0; minute < 60; minute++) {
    const now = START + minute * MINUTE
    await ask(authority, request(authority, minute % 2 === 0 ? { admit: first! } : { remove: first!.url }, now), now)
  }
  expect(storage.list("request/").length).toBeLessThanOrEqual(17)
})

test("a node that one of three authorities admits is not listed until another does, too", async () => {
  const world = await World.start({ admitted: admissions.slice(1), adminKey })
  await world.until(0, 1, 30_000)
  const say = async (index: number) => ask(world.group.get(index), request(world.group.get(index), { admit: first! }, world.clock.now()), world.clock.now())
  expect(await say(0)).toEqual({ done: "admitted" })
  await world.clock.run(11 * MINUTE)
  expect((await world.directory(0)).epoch).toBe(2)
  expect(await world.urls(0)).not.toContain(first!.url)
  expect(world.group.get(0).health(world.clock.now()).nodes.find(({ url }) => url === first!.url)).toMatchObject({ listed: false, reason: "waiting" })
  expect(await say(2)).toEqual({ done: "admitted" })
  await world.clock.run(10 * MINUTE)
  expect(await world.urls(1)).toEqual(allUrls)
})

async function signedAt(url: string, of: string): Promise<Said> {
  const { entry } = await openDescriptor(await descriptorAt(of, START, 3600))
  return { url, descriptor: signDescriptor(nodeSeedOf(of), { ...entry, url }, START) }
}

test("health tells of each admitted node whether it is listed, or why not", async () => {
  const twice = { ...admissions[1]!, url: "http://copy" }
  const authority = await start(memoryStorage(), [...admissions.slice(0, 6), twice])
  const descriptors = [
    await saidAt("http://mix1a"),
    await saidAt("http://mix1b"),
    // The same identity at another place.
    await signedAt("http://copy", "http://mix1b"),
    await saidAt("http://mix2a", START, { layer: 3 }),
    await saidAt("http://mix2b", START - 20 * MINUTE),
    await saidAt("http://mix3a", START, { keys: [] }),
  ]
  await authority.onDescriptors(descriptors, START + 10_000)
  const { nodes, missing, listed } = authority.health(START + 10_000)
  expect(nodes.map(({ url, listed, reason }) => [url.slice(7), listed, reason])).toEqual([
    ["mix1a", true, null],
    ["mix1b", true, null],
    ["mix2a", false, "another"],
    ["mix2b", false, "clock"],
    ["mix3a", false, "keys"],
    ["mix3b", false, "silent"],
    ["copy", false, "twice"],
  ])
  expect([missing, listed]).toEqual([5, 2])
  expect(nodes[0]).toMatchObject({ lastAnswer: START + 10_000, clock: -10_000, leaving: false, layer: 1, role: "mix" })
})
