import { beforeAll, expect, test } from "vitest"
import { createMessenger } from "../../messenger/messenger.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store, Write } from "../../messenger/ports.ts"
import { StoreError } from "../../messenger/ports.ts"
import { keys } from "../../messenger/stored.ts"
import { packBackup, readBackup } from "../../messenger/vault/backup.ts"
import { restore } from "../../messenger/vault/restore.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"
import { opened, parts, passphrase, plainProfile } from "./support.ts"

const MINUTES = 60_000
const FAST = { parameters: { meanDelay: 50 } }

/** A store whose disk is full from time to time. */
function fillingStore() {
  const inner = memoryStore()
  return {
    ...inner,
    isFull: false,
    async commit(writes: readonly Write[]) {
      if (this.isFull) throw new StoreError("full")
      await inner.commit(writes)
    },
  }
}

/** Two people for all of these tests, which each leave them well: to introduce them is what takes long. */
const raw = fillingStore()
const passing: string[] = []
let network: SimNetwork
let anna: Person
let ben: Person
let vault: Vault
let [annaBen, benAnna] = ["", ""]

beforeAll(async () => {
  network = await SimNetwork.start({ seed: "vaults", ...FAST, record: ({ from }) => passing.push(from) })
  vault = await Vault.create(parts(raw), await passphrase("x"))
  anna = await Person.join(network, "Anna", "fast", 0, undefined, vault.store)
  ben = await Person.join(network, "Ben")
  ;[annaBen, benAnna] = await introduce(anna, ben)
}, 900_000)

test("behind a locked door packets leave as before, messages arrive and only that is told; unlocked, all is there", async () => {
  anna.messenger.lock()
  expect(anna.messenger.status).toEqual({ status: "locked" })
  const told = anna.events.length
  const sent = await ben.send(benAnna, "Can you hear me?")
  expect(await network.clock.runUntil(() => ben.state(sent) === "received", 10 * MINUTES)).toBe(true)
  expect(anna.events.slice(told)).toEqual([{ type: "arrival" }])
  // What is said of a message is no message.
  await ben.messenger.run("react", { message: sent, reactions: ["❤"] })
  const reacted = () => ben.events.filter((event) => event.type === "message").findLast(({ message }) => message.id === sent)?.message
  expect(await network.clock.runUntil(() => reacted()?.reactions !== undefined && reacted()?.doing === undefined, 10 * MINUTES)).toBe(true)
  expect(anna.events.slice(told)).toEqual([{ type: "arrival" }])
  expect(anna.heard).toEqual([])
  await expect(anna.messenger.run("view", {})).rejects.toThrow("locked")
  anna.messenger.unlock()
  expect((await anna.messenger.run("unread", { limit: 10 })).messages.map(({ text }) => text)).toEqual(["Can you hear me?"])
})

test("on a full disk the engine halts, says so, sends nothing of what it could not keep, and goes on when there is room", async () => {
  raw.isFull = true
  await expect(anna.send(annaBen, "Lost on the way to the disk")).rejects.toMatchObject({ problem: "full" })
  expect(anna.messenger.status).toEqual({ status: "halted", problem: "full" })
  expect(anna.events.at(-1)).toEqual({ type: "status", status: { status: "halted", problem: "full" } })
  await expect(anna.messenger.run("view", {})).rejects.toMatchObject({ problem: "full" })
  const before = passing.length
  expect(passing.filter((from) => from === "Anna").length).toBeGreaterThan(10)
  await network.clock.run(MINUTES)
  expect(passing.slice(before).filter((from) => from === "Anna")).toEqual([])
  await expect(anna.messenger.start()).rejects.toMatchObject({ problem: "full" })
  expect(anna.messenger.status).toEqual({ status: "halted", problem: "full" })
  raw.isFull = false
  await anna.messenger.start()
  expect(anna.messenger.status).toEqual({ status: "running" })
  await anna.send(annaBen, "Written when there was room")
  await ben.send(benAnna, "And back")
  expect(await network.clock.runUntil(() => ben.heard.length > 0 && anna.heard.includes("And back"), 10 * MINUTES)).toBe(true)
  expect(ben.heard).toEqual(["Written when there was room"])
})

test("of a message whose record is damaged the place is shown, and the conversation goes on", async () => {
  const seen = async () => (await anna.messages(annaBen)).map(({ text, damaged, position }) => [position, damaged ?? false, text])
  for (const text of ["one", "two", "three"]) await ben.send(benAnna, text)
  await network.clock.runUntil(() => anna.heard.includes("three"), 10 * MINUTES)
  const before = await seen()
  const [position] = before.find(([, , text]) => text === "two")!
  await anna.messenger.stop()
  const end = `n${String(position).padStart(12, "0")}`
  // Of the records of this number the message's is the long one.
  for (const [key, value] of await raw.list("")) if (key.endsWith(end) && value.length > 600) await raw.commit([[key, new Uint8Array(100)]])
  await anna.open("again")
  expect(await seen()).toEqual(before.map((one) => (one[0] === position ? [position, true, ""] : one)))
  await ben.send(benAnna, "four")
  expect(await network.clock.runUntil(() => anna.heard.includes("four"), 10 * MINUTES)).toBe(true)

  // It is deleted as any other, by the id that it has here; then nothing is damaged any more.
  const damaged = (await anna.messages(annaBen)).find((one) => one.damaged)!
  expect(await anna.messenger.run("message", { message: damaged.id })).toEqual({ message: damaged })
  await expect(anna.messenger.run("delete-for-everyone", { message: damaged.id })).rejects.toThrow("cannot be read")
  expect(vault.store.damage.get("message")).toBe(1)
  await anna.messenger.run("delete-message", { message: damaged.id })
  expect(anna.events.at(-2)).toEqual({ type: "message-deleted", conversation: annaBen, message: damaged.id, position })
  expect((await seen()).map(([at]) => at)).toEqual([...before.map(([at]) => at).filter((at) => at !== position), Number(before.at(-1)![0]) + 1])
  expect(vault.store.damage.get("message")).toBeUndefined()
  // What can be read is not named so.
  const whole = `damaged/${annaBen}/${String(before[0]![0])}`
  await expect(anna.messenger.run("delete-message", { message: whole })).rejects.toThrow("no message")
  await anna.messenger.run("remove", { contact: annaBen })
  expect(await vault.store.list(keys.messages(annaBen))).toEqual([])
})

test("without its profile's record the engine does not start, and says that the store is damaged", async () => {
  const { network: description, records } = plainProfile()
  const raw = memoryStore()
  await raw.commit(records)
  await (await Vault.create(parts(raw), null, { isPlain: true })).ready()
  const start = async () => {
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
    const messenger = createMessenger({ store: (await opened(raw, null)).store, link: network.link("Dora"), clock: network.clock, random, network: description })
    return { messenger, started: await messenger.start().then(() => null, (error: unknown) => error) }
  }
  const { messenger } = await start()
  const view = await messenger.run("view", {})
  expect([view.profile?.name, view.contacts.length, view.conversations[0]?.last?.text]).toEqual(["Anna", 1, "An answer, of before"])
  await messenger.stop()
  const lengths = await raw.list("")
  // What lies in no folder: the profile, and what can be had anew.
  for (const [key] of lengths) if (/^~1\/o[0-9a-f]+$/.test(key)) await raw.commit([[key, new Uint8Array(100)]])
  const broken = await start()
  expect(broken.started).toMatchObject({ name: "StoreError", problem: "damaged" })
  expect(broken.messenger.status).toEqual({ status: "halted", problem: "damaged" })
})

test("an old backup that is restored while the original runs reads, and never writes: the original goes on undisturbed", async () => {
  const clara = await Person.join(network, "Clara")
  const copied = memoryStore()
  const original = await Person.join(network, "Emil", "fast", 0, undefined, copied)
  const [emilClara, claraEmil] = await introduce(original, clara)
  const packed = await packBackup(batchOf(copied), { created: 0, network: new Uint8Array() })
  await original.send(emilClara, "After the backup")
  await network.clock.runUntil(() => clara.heard.includes("After the backup"), 10 * MINUTES)
  const reading = readBackup(packed.bytes)
  if (!reading.ok) throw new Error(reading.problem)
  const copy = await Person.fromStore(network, "Emil's copy", (await restore(parts(memoryStore()), reading.backup, null)).store)
  const text = "To both of you"
  await clara.send(claraEmil, text)
  expect(await network.clock.runUntil(() => original.heard.includes(text) && copy.heard.includes(text), 10 * MINUTES)).toBe(true)
  const unsent = await copy.send(emilClara, "By a ratchet that was used")
  await original.send(emilClara, "Still here")
  expect(await network.clock.runUntil(() => clara.heard.includes("Still here"), 10 * MINUTES)).toBe(true)
  // It waits for the copy to be taken in anew; nothing is written by what was restored.
  expect(copy.state(unsent)).toBe("queued")
  expect(clara.heard).toEqual(["After the backup", "Still here"])
})

async function* batchOf(store: Store) {
  yield await store.list("")
}
