import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store, Write } from "../../messenger/ports.ts"
import { decodeHeader, encodeHeader, HEADER_KEYS } from "../../messenger/vault/header.ts"
import type { Migration } from "../../messenger/vault/migrations.ts"
import { SCHEMA } from "../../messenger/vault/migrations.ts"
import { clear, lookAt, UNFINISHED } from "../../messenger/vault/vault-state.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import { bytes, contents, migrate, mortalStore, opened, parts, passphrase, plainProfile, typed } from "./support.ts"

const FEW: readonly Write[] = [["profile", bytes("Anna")], ["contact/ben", bytes("Ben")], ["message/ben/000000000001", bytes("hello")]]
const WORDS = { profile: "Anna", "contact/ben": "Ben", "message/ben/000000000001": "hello" }

async function filled(raw: Store, text: string | null): Promise<Vault> {
  const vault = await Vault.create(parts(raw), text === null ? null : await passphrase(text))
  await vault.store.commit(FEW)
  return vault
}

const copy = async (raw: Store): Promise<Store> => {
  const made = memoryStore()
  await made.commit(await raw.list(""))
  return made
}

test("the right passphrase opens a vault, and a wrong one says so and changes nothing", async () => {
  const raw = memoryStore()
  await filled(raw, "correct horse")
  const before = await raw.list("")
  const wrong = await Vault.open(parts(raw), await typed("battery staple", { raw }))
  expect(wrong).toEqual({ ok: false, problem: "wrong" })
  expect(await Vault.open(parts(raw), null)).toEqual({ ok: false, problem: "wrong" })
  expect(await raw.list("")).toEqual(before)
  expect(await contents((await opened(raw, "correct horse")).store)).toEqual(WORDS)
  // Typed otherwise, and the same to the eye.
  const accented = memoryStore()
  await filled(accented, "caf\u00e9")
  expect(await contents((await opened(accented, "cafe\u0301")).store)).toEqual(WORDS)
})

test("a raw store says what it holds", async () => {
  const raw = memoryStore()
  expect(await lookAt(raw)).toEqual({ state: "empty" })
  await raw.commit([["profile", bytes("of before")]])
  expect(await lookAt(raw)).toEqual({ state: "plain" })
  const sealed = memoryStore()
  await filled(sealed, null)
  expect(await lookAt(sealed)).toEqual({ state: "sealed", ways: { passphrase: null, passkey: null } })
  const protectedOne = memoryStore()
  const way = await passphrase("x")
  await filled(protectedOne, "x")
  expect(await lookAt(protectedOne)).toEqual({ state: "sealed", ways: { passphrase: way.stretching, passkey: null } })
  // The header alone is lost: what is left is not taken for nothing.
  await protectedOne.commit(HEADER_KEYS.map((key) => [key, null]))
  expect(await lookAt(protectedOne)).toEqual({ state: "damaged" })
})

test("one damaged copy of the header is made up for by the other, two are a state of their own", async () => {
  const raw = memoryStore()
  await filled(raw, "x")
  const whole = (await raw.get(HEADER_KEYS[0]))!
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice()
    changed[at]! ^= 0x10
    await raw.commit([[HEADER_KEYS[0], changed]])
    expect((await lookAt(raw)).state).toBe("sealed")
    await raw.commit([[HEADER_KEYS[1], changed]])
    expect((await lookAt(raw)).state).toBe("damaged")
    expect(await Vault.open(parts(raw), null)).toEqual({ ok: false, problem: "damaged" })
    await raw.commit([[HEADER_KEYS[1], whole]])
  }
  await raw.commit([[HEADER_KEYS[0], whole.subarray(0, 40)]])
  // The next change mends it.
  await (await opened(raw, "x")).protect(await passphrase("y"))
  await raw.commit([[HEADER_KEYS[1], new Uint8Array()]])
  expect(await contents((await opened(raw, "y")).store)).toEqual(WORDS)
})

test("a header with terms beyond reason is damaged, whatever its checksum says", async () => {
  const raw = memoryStore()
  await filled(raw, "x")
  const header = decodeHeader((await raw.get(HEADER_KEYS[0]))!)
  if (header === "newer") throw new Error("not newer")
  const [wrap] = header.wraps
  if (wrap?.way !== "passphrase") throw new Error("no passphrase")
  const { stretching } = wrap
  for (const terms of [{ memory: 1 << 30 }, { memory: 0 }, { passes: 0 }, { passes: 1_000_000 }])
    expect(() => decodeHeader(encodeHeader({ ...header, wraps: [{ ...wrap, stretching: { ...stretching, ...terms } }] }))).toThrow("malformed")
  expect(() => decodeHeader(encodeHeader({ ...header, wraps: [] }))).toThrow("malformed")
  expect(() => decodeHeader(encodeHeader({ ...header, moving: { from: 1, wrapped: new Uint8Array(7) } }))).toThrow("malformed")
  expect(decodeHeader(encodeHeader(header))).toEqual(header)
})

test("what a later version wrote is said to be so, and left alone", async () => {
  const raw = memoryStore()
  await Vault.create({ ...parts(raw), schema: SCHEMA + 1 }, null)
  const before = await raw.list("")
  expect(await lookAt(raw)).toEqual({ state: "newer" })
  expect(await Vault.open(parts(raw), null)).toEqual({ ok: false, problem: "newer" })
  expect(await raw.list("")).toEqual(before)
})

test("another passphrase takes the place of the one before", async () => {
  const raw = memoryStore()
  const vault = await filled(raw, "old")
  await vault.protect(await passphrase("new", 2))
  expect(vault.isOpenedBy(await typed("new", { raw }))).toBe(true)
  expect(vault.isOpenedBy(await typed("old", { raw }))).toBe(false)
  expect(await Vault.open(parts(raw), await typed("old", { raw }))).toEqual({ ok: false, problem: "wrong" })
  expect(await contents((await opened(raw, "new")).store)).toEqual(WORDS)
})

test("the first passphrase replaces the data key: the one that lay in the clear opens nothing any more", async () => {
  const raw = memoryStore()
  const vault = await filled(raw, null)
  const before = await copy(raw)
  await vault.protect(await passphrase("first"))
  expect(await contents(vault.store)).toEqual(WORDS)
  while (await vault.step(1)) expect(await contents(vault.store)).toEqual(WORDS)
  expect(await contents((await opened(raw, "first")).store)).toEqual(WORDS)
  // The old header, put back by somebody who kept it, finds nothing.
  for (const key of HEADER_KEYS) await raw.commit([[key, await before.get(key)]])
  expect(await contents((await opened(raw, null)).store)).toEqual({})
})

test("a passkey opens beside the passphrase, and is taken away again", async () => {
  const raw = memoryStore()
  const vault = await filled(raw, "x")
  const secret = { way: "passkey", key: new Uint8Array(32).fill(5) } as const
  await vault.addPasskey({ ...secret, credential: new Uint8Array([1, 2]), salt: new Uint8Array(32) })
  const opening = await Vault.open(parts(raw), secret)
  expect(opening.ok && (await contents(opening.vault.store))).toEqual(WORDS)
  expect(await Vault.open(parts(raw), { ...secret, key: new Uint8Array(32) })).toEqual({ ok: false, problem: "wrong" })
  expect(await contents((await opened(raw, "x")).store)).toEqual(WORDS)
  await vault.protect(await passphrase("y"))
  expect(vault.isOpenedBy(secret)).toBe(true)
  await vault.removePasskey()
  expect(await Vault.open(parts(raw), secret)).toEqual({ ok: false, problem: "wrong" })
  await expect((await filled(memoryStore(), null)).addPasskey({ ...secret, credential: new Uint8Array(), salt: new Uint8Array(32) })).rejects.toThrow()
})

test("wherever the power goes while a passphrase is set, all is there afterwards, by the old way or the new", async () => {
  for (let left = 0; ; left++) {
    const raw = mortalStore()
    const vault = await filled(raw, null)
    raw.left = left
    const whole = await vault.protect(await passphrase("new")).then(async () => {
      while (await vault.step(1)) continue
      return true
    }, () => false).catch(() => false)
    raw.left = Infinity
    const { state, ...rest } = await lookAt(raw)
    expect(state).toBe("sealed")
    const isNew = "ways" in rest && rest.ways.passphrase !== null
    expect(isNew).toBe(left > 0)
    const again = await opened(raw, isNew ? "new" : null)
    expect(await contents(again.store)).toEqual(WORDS)
    while (await again.step(1)) continue
    expect(await contents((await opened(raw, isNew ? "new" : null)).store)).toEqual(WORDS)
    if (whole) break
  }
})

test("wherever the power goes while a profile of before is sealed, sealing goes on and loses nothing", async () => {
  const { records } = plainProfile()
  const plain = memoryStore()
  await plain.commit(records)
  await migrate(plain)
  const all = await contents(plain)
  for (let left = 0; ; left++) {
    const inner = memoryStore()
    await inner.commit(records)
    const raw = mortalStore({ ...inner, list: (prefix, options) => inner.list(prefix, { ...options, limit: Math.min(options?.limit ?? Infinity, 4) }) })
    raw.left = left
    const whole = await Vault.create(parts(raw), await passphrase("new"), { isPlain: true }).then((vault) => vault.ready()).then(() => true, () => false)
    raw.left = Infinity
    if ((await lookAt(raw)).state === "plain") await Vault.create(parts(raw), await passphrase("new"), { isPlain: true })
    await opened(raw, "new")
    expect((await inner.list("")).every(([key]) => key.startsWith("~"))).toBe(true)
    const vault = await opened(inner, "new")
    expect(await contents(vault.store)).toEqual(all)
    expect(left).toBeLessThan(20)
    if (whole) break
  }
})

test("a migration goes on where it was cut short, each step once, and brings the version with its last", async () => {
  const steps: (string | null)[] = []
  const upper: Migration = async (store, at) => {
    steps.push(at)
    const [found] = await store.list("k/", { limit: 1, ...(at !== null && { from: at }) })
    if (found === undefined) return { writes: [], next: null }
    return { writes: [[found[0], bytes(`${new TextDecoder().decode(found[1])}!`)]], next: found[0] }
  }
  const next = { schema: SCHEMA + 1, migrations: new Map([[SCHEMA, upper]]) }
  const raw = mortalStore()
  const first = await Vault.create(parts(raw), null)
  await first.store.commit(["a", "b", "c"].map((one) => [`k/${one}`, bytes(one)]))
  raw.left = 2
  const broken = await Vault.open({ ...parts(raw), ...next }, null)
  await expect(broken.ok && broken.vault.ready()).rejects.toThrow()
  raw.left = Infinity
  const again = await Vault.open({ ...parts(raw), ...next }, null)
  if (!again.ok) throw new Error(again.problem)
  await again.vault.ready()
  expect(await contents(again.vault.store)).toEqual({ "k/a": "a!", "k/b": "b!", "k/c": "c!" })
  expect(await lookAt(raw)).toEqual({ state: "newer" })
  const count = steps.length
  await again.vault.ready()
  expect(steps.length).toBe(count)
})

test("a wipe takes the keys with its first transaction, and what it left is cleared at the next look", async () => {
  for (let left = 1; ; left++) {
    const raw = mortalStore()
    const vault = await filled(raw, "x")
    const header = await raw.get(HEADER_KEYS[0])
    raw.left = left
    const whole = await vault.wipe().then(() => true, () => false)
    raw.left = Infinity
    for (const key of HEADER_KEYS) expect(await raw.get(key)).not.toEqual(header)
    expect((await Vault.open(parts(raw), { way: "passphrase", key: new Uint8Array(32) })).ok).toBe(false)
    expect(await lookAt(raw)).toEqual({ state: "empty" })
    expect(await raw.list("")).toEqual([])
    if (whole) break
    expect(left).toBeLessThan(10)
  }
})

test("clearing takes the mark last, so that it is taken up again", async () => {
  const raw = mortalStore()
  await raw.commit([[UNFINISHED, new Uint8Array([1])], ["a", bytes("a")]])
  raw.left = 1
  await expect(clear(raw)).rejects.toThrow()
  raw.left = Infinity
  expect((await raw.list("")).map(([key]) => key)).toEqual([UNFINISHED])
  expect(await lookAt(raw)).toEqual({ state: "empty" })
})
