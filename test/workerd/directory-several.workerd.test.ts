import { abortAllDurableObjects, reset } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { fromHex, toHex } from "../../shared/bytes.ts"
import type { AdmissionRequest } from "../../shared/directory/admission.ts"
import { signAdmission } from "../../shared/directory/admission.ts"
import { signDescriptor } from "../../shared/directory/descriptor.ts"
import type { Authorities } from "../../shared/directory/document.ts"
import { openDocument } from "../../shared/directory/document.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"
import { neighbour } from "./surroundings.ts"

const NAMES = ["one", "two", "three"] as const
const adminSeed = seeded("admin")(32)
const node = (name: string) => env.DIRECTORY.get(env.DIRECTORY.idFromName(name))
const get = async (name: string, path: string) => node(name).fetch(`https://${name}.test${path}`)

async function descriptor(url: string): Promise<Uint8Array> {
  const { entry } = await neighbour(url, "mix", 1)
  const seed = seeded(`identity of ${url}`)(32)
  return signDescriptor(seed, { ...entry, id: sized("NodeId", publicEd25519(seed)) }, Date.now())
}

/** Requests between the objects reach each other, and two mixes answer; all else is down. */
function connected(): void {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = new URL(String(input))
    const name = url.hostname.replace(/\.test$/, "")
    if ((NAMES as readonly string[]).includes(name)) return node(name).fetch(url.href)
    if (init?.method === "POST") return new Response(null, { status: 202 })
    return /^mix2?$/.test(name) ? new Response(await descriptor(url.origin)) : new Response(null, { status: 503 })
  })
}

beforeEach(() => {
  // Slots are quick at the beginning of each two minutes.
  const { now } = Date
  const ahead = 120_000 - (now() % 120_000) + 100
  vi.spyOn(Date, "now").mockImplementation(() => now() + ahead)
  Object.assign(env, { ADMIN_KEY: toHex(publicEd25519(adminSeed)) })
})

afterEach(async () => {
  vi.restoreAllMocks()
  Object.assign(env, { ADMIN_KEY: undefined, AUTHORITY_PEERS: undefined, THRESHOLD: undefined })
  await reset()
})

const keyOf = async (name: string) => (await (await get(name, "/authority")).json<{ key: string }>()).key

async function together(): Promise<Authorities> {
  const peers = await Promise.all(NAMES.map(async (name) => ({ key: await keyOf(name), url: `https://${name}.test` })))
  await abortAllDurableObjects()
  connected()
  Object.assign(env, { AUTHORITY_PEERS: JSON.stringify(peers), THRESHOLD: "2" })
  // Requests make the objects.
  await Promise.all(NAMES.map(async (name) => (await get(name, "/health")).text()))
  return { keys: peers.map(({ key }) => fromHex(key)), threshold: 2 }
}

async function documentOf(name: string, authorities: Authorities) {
  const response = await get(name, "/directory")
  const bytes = new Uint8Array(await response.arrayBuffer())
  expect(response.status).toBe(200)
  return openDocument(bytes, authorities)
}

async function ask(name: string, what: { admit: string } | { remove: string }, seed = adminSeed) {
  const common = { time: Date.now(), authority: fromHex(await keyOf(name)) }
  const admission = (url: string) => ({ url, role: "mix", layer: 1, operator: "a", provider: "b" }) as const
  const request: AdmissionRequest =
    "admit" in what ? { ...common, action: "admit", admission: admission(what.admit), force: false } : { ...common, action: "remove", url: what.remove }
  const response = await node(name).fetch("https://this.test/admit", { method: "POST", body: signAdmission(seed, request) })
  return { status: response.status, answer: await response.json() }
}

test("three authorities agree on a document, and keep it over the loss of their objects", { timeout: 40_000 }, async () => {
  const authorities = await together()
  const first = await vi.waitFor(() => documentOf("one", authorities), { timeout: 15_000, interval: 250 })
  expect(first).toMatchObject({ epoch: 1, nodes: [{ url: "https://mix.test", operator: "a", provider: "b" }] })
  const others = await Promise.all(["two", "three"].map((name) => vi.waitFor(() => documentOf(name, authorities), { timeout: 15_000, interval: 250 })))
  for (const other of others) expect(toHex(other.hash)).toBe(toHex(first.hash))
  await abortAllDurableObjects()
  expect(toHex((await documentOf("two", authorities)).hash)).toBe(toHex(first.hash))
  expect(await (await get("two", "/health")).json()).toMatchObject({ authorities: 3, threshold: 2, directory: 1, forks: 0 })
  const metrics = await (await get("two", "/metrics")).text()
  expect(metrics).toContain("sotto_directory 1")
})

test("the operator admits and removes nodes over HTTP, and nobody else does", async () => {
  connected()
  expect(await ask("one", { admit: "https://mix2.test" }, seeded("somebody")(32))).toEqual({ status: 400, answer: { refused: "signature" } })
  expect(await ask("one", { admit: "https://mix2.test" })).toEqual({ status: 200, answer: { done: "admitted" } })
  const listed = async () => {
    const authorities = { keys: [fromHex(await keyOf("one"))], threshold: 1 }
    return (await documentOf("one", authorities)).nodes.map(({ url }) => url).sort()
  }
  await vi.waitFor(async () => expect(await listed()).toEqual(["https://mix.test", "https://mix2.test"]), { timeout: 5_000 })
  expect(await ask("one", { remove: "https://mix2.test" })).toEqual({ status: 200, answer: { done: "removed" } })
  await vi.waitFor(async () => expect(await listed()).toEqual(["https://mix.test"]), { timeout: 5_000 })
  for (const body of [new Uint8Array(), seeded("noise")(500), new Uint8Array(5000)]) {
    const response = await node("one").fetch("https://this.test/admit", { method: "POST", body })
    expect([response.status, await response.json()]).toEqual([400, { refused: "malformed" }])
  }
})

test("without an admin key nobody admits nodes", async () => {
  connected()
  Object.assign(env, { ADMIN_KEY: undefined })
  expect(await ask("one", { admit: "https://mix2.test" })).toEqual({ status: 400, answer: { refused: "closed" } })
})

test("an authority with a wrong secret, or none, answers nobody, says so, and is itself again with the right one", async () => {
  connected()
  const key = await keyOf("one")
  const { NODE_SECRET } = env
  for (const wrong of ["the secret of some other authority, of course", undefined]) {
    await abortAllDurableObjects()
    Object.assign(env, { NODE_SECRET: wrong })
    const response = await get("one", "/health")
    expect([response.status, await response.text()]).toEqual([503, "secret"])
    expect((await get("one", "/authority")).status).toBe(503)
  }
  await abortAllDurableObjects()
  Object.assign(env, { NODE_SECRET })
  expect(await keyOf("one")).toBe(key)
})
