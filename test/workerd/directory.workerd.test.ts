import { abortAllDurableObjects, reset, runDurableObjectAlarm } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { fromHex } from "../../shared/bytes.ts"
import { signDescriptor } from "../../shared/directory/descriptor.ts"
import { openDocument } from "../../shared/directory/document.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"
import type { Sent } from "./surroundings.ts"
import { health, internet, neighbour } from "./surroundings.ts"

let directory: DurableObjectStub
let sent: Sent[]
let asked: string[]

/** The one node that wrangler.toml admits. */
async function descriptor(): Promise<Uint8Array> {
  const { entry } = await neighbour("https://mix.test", "mix", 1)
  const seed = seeded("identity of the mix")(32)
  return signDescriptor(seed, { ...entry, id: sized("NodeId", publicEd25519(seed)) }, Date.now())
}

beforeEach(async () => {
  const bytes = await descriptor()
  asked = []
  sent = internet((url) => {
    asked.push(url)
    return url === "https://mix.test/descriptor" ? new Response(bytes) : null
  })
  directory = env.DIRECTORY.get(env.DIRECTORY.idFromName("node"))
})

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

async function authority() {
  const { key } = await (await directory.fetch("https://this.test/authority")).json<{ key: string }>()
  return { keys: [fromHex(key)], threshold: 1 }
}

async function latest() {
  const response = await vi.waitFor(async () => {
    const answer = await directory.fetch("https://this.test/directory")
    const bytes = new Uint8Array(await answer.arrayBuffer())
    expect(answer.status).toBe(200)
    return bytes
  })
  return openDocument(response, await authority())
}

test("the authority asks its nodes, signs what they say, and brings them the document", async () => {
  const document = await latest()
  expect(document).toMatchObject({ epoch: 1, parameters: { meanDelay: 20 } })
  expect(document.layers[0]).toMatchObject([{ url: "https://mix.test", operator: "a", provider: "b" }])
  await vi.waitFor(() => expect(sent).toMatchObject([{ url: "https://mix.test/directory" }]))
  expect(await health(directory)).toMatchObject({ role: "directory", directory: 1, listed: 1, missing: 0, nodes: [{ url: "https://mix.test", listed: true, reason: null }] })
})

test("key and documents are the same after the loss of the object", async () => {
  const [before, keys] = [await latest(), await authority()]
  await abortAllDurableObjects()
  directory = env.DIRECTORY.get(env.DIRECTORY.idFromName("node"))
  expect(await authority()).toEqual(keys)
  expect((await latest()).hash).toEqual(before.hash)
})

test("before there is a document the answer says so", async () => {
  vi.restoreAllMocks()
  internet()
  const response = await directory.fetch("https://this.test/directory")
  expect(response.status).toBe(503)
  await response.text()
})

test("a mix asks the authorities for the directory until it has one", async () => {
  const mix = env.MIX.get(env.MIX.idFromName("node"))
  await health(mix)
  const times = () => asked.filter((url) => url === "https://authority.test/directory").length
  await vi.waitFor(() => expect(times()).toBeGreaterThan(1), { timeout: 3000 })
  expect(await runDurableObjectAlarm(mix)).toBe(true)
})

test("unknown paths are not found, and nobody brings an authority its document", async () => {
  const answers = await Promise.all([
    directory.fetch("https://this.test/"),
    directory.fetch("https://this.test/session"),
    directory.fetch("https://this.test/directory", { method: "POST", body: new Uint8Array(10) }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  await Promise.all(answers.map((answer) => answer.text()))
})
