import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import { DAMAGED } from "../../messenger/ports.ts"
import type { StoredContact } from "../../messenger/stored.ts"
import { keys, pack, unpack } from "../../messenger/stored.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { countRecords, NO_CONTENTS } from "../../messenger/vault/backup-contents.ts"
import { BackupReader } from "../../messenger/vault/backup-reader.ts"
import type { BackupReading } from "../../messenger/vault/backup.ts"
import { isRehearsed, packBackup, readBackup } from "../../messenger/vault/backup.ts"
import { SCHEMA } from "../../messenger/vault/migrations.ts"
import { restore, restoreBatches, restoredRecord } from "../../messenger/vault/restore.ts"
import { lookAt } from "../../messenger/vault/vault-state.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import { Writer } from "../../shared/bytes.ts"
import { bytes, contents, mortalStore, opened, parts, passphrase, plainProfile } from "./support.ts"

const ABOUT = { created: 1_700_000_000_000, network: bytes("{}") }

async function* batches(...all: [string, Uint8Array][][]) {
  yield* all
}

async function profile(): Promise<Vault> {
  const raw = memoryStore()
  await raw.commit(plainProfile().records)
  const vault = await Vault.create(parts(raw), await passphrase("x"), { isPlain: true })
  await vault.ready()
  return vault
}

const read = (reading: BackupReading) => {
  if (!reading.ok) throw new Error(reading.problem)
  return reading.backup
}

test("a backup holds every record, is rehearsed, and comes back as a profile that writes nothing by old keys", async () => {
  const vault = await profile()
  const packed = await packBackup(vault.store.batches(5), ABOUT)
  expect(packed).toMatchObject({ records: plainProfile().records.length, damaged: 0 })
  expect(isRehearsed(packed, packed.bytes.slice())).toBe(true)
  const backup = read(readBackup(packed.bytes))
  expect(backup).toMatchObject({ schema: SCHEMA, ...ABOUT })
  const raw = memoryStore()
  await raw.commit([["~1/rubbish", bytes("of a vault that nobody can open")]])
  await restore(parts(raw, "restored"), backup, await passphrase("y"))
  const before = await vault.store.list("")
  const after = new Map(await (await opened(raw, "y")).store.list(""))
  for (const [key, value] of before) {
    if (key.startsWith(keys.decoys)) expect(after.has(key)).toBe(false)
    else if (key.startsWith(keys.conversations)) expect(unpack<StoredConversation>(after.get(key)!)).toEqual({ ...unpack<StoredConversation>(value), isCopy: true })
    else expect(after.get(key), key).toEqual(value)
  }
})

test("codes that nobody has answered are void in a restored profile: their KeyPackage works once, for whoever is asked first", () => {
  const invitation = { bundle: bytes("b"), keyPackage: bytes("k"), secrets: bytes("s"), scalar: bytes("x") }
  const waiting = { id: "a", role: "inviter", state: "waiting", problem: null, invitation } as unknown as StoredContact
  const ready = { ...waiting, id: "b", state: "ready", invitation: null } as StoredContact
  const writes = new Map([[keys.contact("a"), waiting] as const, [keys.contact("b"), ready] as const].flatMap(([key, contact]) => restoredRecord([key, pack(contact)])))
  expect(unpack<StoredContact>(writes.get(keys.contact("a"))!)).toMatchObject({ state: "failed", problem: "expired", invitation: null })
  expect(unpack<StoredContact>(writes.get(keys.contact("b"))!)).toEqual(ready)
})

test("a rehearsal fails where the file holds anything else, or no profile", async () => {
  const packed = await packBackup(batches([[keys.profile, bytes("Anna")], ["a", bytes("a")]]), ABOUT)
  const other = await packBackup(batches([[keys.profile, bytes("Anna")], ["a", bytes("b")]]), ABOUT)
  const empty = await packBackup(batches([["a", bytes("a")]]), ABOUT)
  expect(isRehearsed(packed, packed.bytes)).toBe(true)
  expect(isRehearsed(packed, other.bytes)).toBe(false)
  expect(isRehearsed(packed, packed.bytes.subarray(1))).toBe(false)
  expect(isRehearsed(empty, empty.bytes)).toBe(false)
})

test("records that are damaged are left out of a backup, and counted", async () => {
  const packed = await packBackup(batches([[keys.profile, bytes("Anna")], ["~1/x", DAMAGED]]), ABOUT)
  expect(packed).toMatchObject({ records: 1, damaged: 1 })
  expect([...read(readBackup(packed.bytes)).records.keys()]).toEqual([keys.profile])
})

test("a backup that is cut short, goes on too long or tells wrong lengths is damaged; another file is none", async () => {
  const { bytes: whole } = await packBackup(batches([[keys.profile, bytes("Anna")]], [["a", bytes("a")]]), ABOUT)
  for (let length = 0; length < whole.length; length++)
    expect(readBackup(whole.subarray(0, length))).toEqual({ ok: false, problem: length <= 13 ? "not-a-backup" : "damaged" })
  expect(readBackup(new Uint8Array([...whole, 0]))).toEqual({ ok: false, problem: "damaged" })
  expect(readBackup(bytes("PK zip"))).toEqual({ ok: false, problem: "not-a-backup" })
  const start = () => new Writer().put(bytes("sotto backup\n"))
  const hostile = start().u16(1).u16(1).u64(0).bytes32(new Uint8Array()).u8(1).text16("a").u32(0xffffffff).done()
  expect(readBackup(hostile)).toEqual({ ok: false, problem: "damaged" })
  expect(readBackup(start().u16(2).u16(1).done())).toEqual({ ok: false, problem: "newer" })
  expect(readBackup(start().u16(1).u16(SCHEMA + 1).u64(0).done())).toEqual({ ok: false, problem: "newer" })
  expect(readBackup(start().u16(1).u16(0).u64(0).bytes32(new Uint8Array()).u8(0).u32(0).done())).toEqual({ ok: false, problem: "damaged" })
})

test("a backup that comes in pieces is read as one that comes whole, however it is cut", async () => {
  const records: [string, Uint8Array][] = [[keys.profile, bytes("Anna")], ["a", new Uint8Array(300).fill(7)], ["b", new Uint8Array()], ["contact/é", bytes("c")]]
  const { bytes: whole } = await packBackup(batches(records.slice(0, 2), [], records.slice(2)), ABOUT)
  for (const size of [1, 2, 3, 7, 16, 17, 64, 301, whole.length]) {
    const reader = new BackupReader()
    const found: unknown[] = []
    for (let at = 0; at < whole.length; at += size) {
      const read = reader.push(whole.slice(at, at + size))
      if (!read.ok) throw new Error(read.problem)
      found.push(...read.records)
    }
    expect(found).toEqual(records)
    expect(reader.end()).toEqual({ ok: true, head: { schema: SCHEMA, ...ABOUT } })
  }
})

test("what a backup holds is counted as it is read: whose it is, contacts, messages, records", () => {
  const all: [string, Uint8Array][] = plainProfile().records
  const whole = countRecords(NO_CONTENTS, all)
  const begins = (kind: string) => all.filter(([key]) => key.startsWith(kind)).length
  expect(whole).toEqual({ name: expect.stringMatching(/./), files: 0, fileBytes: 0, contacts: begins("contact/"), messages: begins("message/"), records: all.length })
  expect(whole.contacts * whole.messages).toBeGreaterThan(0)
  expect(countRecords(countRecords(NO_CONTENTS, all.slice(0, 9)), all.slice(9))).toEqual(whole)
})

test("a restore whose records stop coming leaves nothing", async () => {
  const raw = memoryStore()
  async function* broken(): AsyncGenerator<[string, Uint8Array][]> {
    yield [[keys.profile, bytes("Anna")]]
    throw new Error("the file is gone")
  }
  await expect(restoreBatches(parts(raw), SCHEMA, broken(), null)).rejects.toThrow("gone")
  expect(await lookAt(raw)).toEqual({ state: "empty" })
  expect(await raw.list("")).toEqual([])
})

test("wherever the power goes while a backup is restored, afterwards all of it is there or nothing", async () => {
  const backup = read(readBackup((await packBackup(batches([[keys.profile, bytes("Anna")], ["k", bytes("v")]]), ABOUT)).bytes))
  for (let left = 0; ; left++) {
    const raw = mortalStore()
    raw.left = left
    const whole = await restore(parts(raw), backup, null).then(() => true, () => false)
    raw.left = Infinity
    const state = await lookAt(raw)
    expect(state.state).toBe(whole ? "sealed" : "empty")
    if (!whole) expect(await raw.list("")).toEqual([])
    else expect(await contents((await opened(raw, null)).store)).toEqual({ [keys.profile]: "Anna", k: "v" })
    if (whole) break
    expect(left).toBeLessThan(20)
  }
})
