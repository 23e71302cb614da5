import { expect, test } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import type { NodeStorage } from "../../shared/node/effect.ts"
import { loadIdentity } from "../../shared/node/identity.ts"
import { KeyRing } from "../../shared/node/key-ring.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { SecretError, sealedStorage } from "../../shared/node/sealed-storage.ts"
import { seeded } from "./seeded.ts"
import { x25519 } from "./x25519.ts"

const SECRET = "a secret of thirty-two characters"
const OTHER = "b secret of thirty-two characters"
const NOW = 1_800_000_000_000

const sealed = (storage: NodeStorage, secret: string | undefined = SECRET) => sealedStorage(storage, secret, seeded("nonces"))

/** What a node does with its storage at a start; its identity and its Sphinx secrets, as it sees them. */
function use(storage: NodeStorage): string[] {
  const { seed } = loadIdentity(storage, seeded("identity"))
  new KeyRing({ storage, random: seeded("keys"), x25519 }).advance(3600, NOW)
  storage.put("directory", seeded("directory")(500))
  return [toHex(seed), ...storage.list("key/").map(([, secret]) => toHex(secret))]
}

const everything = (storage: NodeStorage) => storage.list("").map(([name, value]) => `${name} ${toHex(value)}`)

test("no key of a node lies in its storage as it is, and all are there again with the same secret", () => {
  const storage = memoryStorage()
  const secrets = use(sealed(storage))
  expect(secrets).toHaveLength(5)
  for (const secret of secrets) expect(everything(storage).join()).not.toContain(secret)
  expect(use(sealed(storage))).toEqual(secrets)
})

test("what is no secret lies as it is", () => {
  const storage = memoryStorage()
  use(sealed(storage))
  expect(storage.get("directory")).toEqual(seeded("directory")(500))
})

test("with another secret, a short one or none, nothing is opened, made or changed", () => {
  const storage = memoryStorage()
  use(sealed(storage))
  const before = everything(storage)
  for (const secret of [OTHER, "", "short", undefined]) expect(() => sealedStorage(storage, secret, seeded("nonces"))).toThrow(SecretError)
  expect(everything(storage)).toEqual(before)
})

test("a new node without a secret makes no identity", () => {
  const storage = memoryStorage()
  expect(() => sealedStorage(storage, undefined, seeded("nonces"))).toThrow(SecretError)
  expect(everything(storage)).toEqual([])
})

test("keys from before there was a secret are sealed at the next start, and stay the same", () => {
  const storage = memoryStorage()
  const secrets = use(storage)
  expect(everything(storage).join()).toContain(secrets[0]!)
  const opened = sealed(storage)
  for (const secret of secrets) expect(everything(storage).join()).not.toContain(secret)
  expect(use(opened)).toEqual(secrets)
  expect(() => sealedStorage(storage, OTHER, seeded("nonces"))).toThrow(SecretError)
})

test("where only some keys could be opened, the others are not sealed by the wrong secret", () => {
  const storage = memoryStorage()
  use(sealed(storage))
  storage.put("key/3600/1", seeded("bare")(32))
  const before = everything(storage)
  expect(() => sealedStorage(storage, OTHER, seeded("nonces"))).toThrow(SecretError)
  expect(everything(storage)).toEqual(before)
})

test("a sealed key that was changed, or lies under the name of another, is not opened", () => {
  const storage = memoryStorage()
  use(sealed(storage))
  const [[name, value], [other]] = storage.list("key/") as [[string, Uint8Array], [string, Uint8Array]]
  for (const at of [0, 1, 25, value.length - 1]) {
    const changed = value.map((byte, i) => (i === at ? byte ^ 1 : byte))
    storage.put(name, changed)
    expect(() => sealed(storage), `byte ${at}`).toThrow(SecretError)
  }
  storage.put(name, value)
  storage.put(other, value)
  expect(() => sealed(storage)).toThrow(SecretError)
})

test("sealing the same key twice gives other bytes", () => {
  const storage = memoryStorage()
  const opened = sealed(storage)
  opened.put("identity", seeded("seed")(32))
  const first = storage.get("identity")
  opened.put("identity", seeded("seed")(32))
  expect(storage.get("identity")).not.toEqual(first)
})
