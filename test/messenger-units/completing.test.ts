import { expect, test } from "vitest"
import type { Messenger } from "../../messenger/api.ts"
import { late } from "../../messenger/late.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { createMessenger } from "../../messenger/messenger.ts"
import type { Link, Store } from "../../messenger/ports.ts"
import { StoreError } from "../../messenger/ports.ts"
import { keys } from "../../messenger/stored.ts"
import { COMPLETED_AFTER } from "../../messenger/timing.ts"
import { seeded } from "../sim/sim-network.ts"
import { VirtualClock } from "../sim/virtual-clock.ts"

const network = { name: "Nowhere", authorities: [{ key: "00".repeat(32), url: "http://authority.test" }], threshold: 1, directories: ["http://directory.test"] }
const nowhere: Link = { connect: () => ({ send: () => false, close: () => undefined }), fetch: async () => null }

interface Begun {
  readonly messenger: Messenger
  readonly clock: VirtualClock
  readonly store: Store
}

/** Somebody's first start, without a network. */
async function begin(): Promise<Begun> {
  const clock = new VirtualClock(1_700_000_000_000)
  const store = memoryStore()
  const messenger = createMessenger({ store, link: nowhere, clock, random: seeded("completing"), network })
  await messenger.start()
  return { messenger, clock, store }
}

const decoys = async ({ store }: Begun) => (await store.list(keys.decoys)).length

test("the rest of the engine is loaded at the same time after the start, whatever is done", async () => {
  const begun = await begin()
  await begun.messenger.run("create-profile", { name: "Anna" })
  await begun.messenger.run("speed", { speed: "fast" })
  expect(await begun.messenger.run("view", {})).toMatchObject({ profile: { name: "Anna" }, contacts: [], conversations: [], quarantine: [] })
  await begun.clock.run(COMPLETED_AFTER - 1)
  expect(await decoys(begun)).toBe(0)
  await begun.clock.run(1)
  expect(await decoys(begun)).toBeGreaterThan(0)

  const idle = await begin()
  await idle.clock.run(COMPLETED_AFTER)
  expect(await decoys(idle)).toBe(0)
  await idle.messenger.run("create-profile", { name: "Ben" })
  expect(await decoys(idle)).toBeGreaterThan(0)
})

test("who has begun has all of the engine from the start on", async () => {
  const { messenger, store } = await begin()
  await messenger.run("create-profile", { name: "Anna" })
  await messenger.stop()
  const again = createMessenger({ store, link: nowhere, clock: new VirtualClock(1_700_000_100_000), random: seeded("again"), network })
  await again.start()
  expect((await store.list(keys.decoys)).length).toBeGreaterThan(0)
})

test("what is stored is shown before the engine goes on with it, and what else is commanded waits for that", async () => {
  const { messenger, store } = await begin()
  await messenger.run("create-profile", { name: "Anna" })
  await messenger.run("invite", { name: "Ben" })
  await messenger.stop()
  const again = createMessenger({ store, link: nowhere, clock: new VirtualClock(1_700_000_100_000), random: seeded("again"), network })
  const done: string[] = []
  const commands: Promise<unknown>[] = []
  again.subscribe((event) => {
    if (event.type !== "status" || event.status.status !== "running") return
    commands.push(again.run("rename", { name: "Anne" }).then(() => done.push("rename")))
    commands.push(again.run("view", {}).then(({ profile, contacts }) => done.push(`${profile?.name} knows ${contacts.map(({ name }) => name).join()}`)))
    commands.push(again.run("drafts", {}).then(() => done.push("drafts")))
  })
  // Of what the engine goes on with the decoys are read last.
  const list = store.list.bind(store)
  store.list = async (prefix, options) => {
    if (prefix === keys.decoys) done.push("resumed")
    return list(prefix, options)
  }
  await again.start()
  await Promise.all(commands)
  expect(done).toEqual(["Anna knows Ben", "drafts", "resumed", "rename"])
})

test("where nobody has begun a command is carried out as soon as the engine runs, and one that needs a profile is refused", async () => {
  const messenger = createMessenger({ store: memoryStore(), link: nowhere, clock: new VirtualClock(1_700_000_000_000), random: seeded("nobody"), network })
  const told: Promise<string>[] = []
  messenger.subscribe((event) => {
    if (event.type !== "status" || event.status.status !== "running") return
    told.push(messenger.run("invite", { name: "Ben" }).then(() => "invited", (error: Error) => error.message))
    told.push(messenger.run("view", {}).then(({ profile }) => `profile: ${profile?.name}`))
  })
  await messenger.start()
  expect(await Promise.all(told)).toEqual(["there is no profile yet", "profile: undefined"])
})

test("what cannot be gone on with is said, and what was commanded meanwhile fails", async () => {
  const { messenger, store } = await begin()
  await messenger.run("create-profile", { name: "Anna" })
  await messenger.run("invite", { name: "Ben" })
  await messenger.stop()
  const again = createMessenger({ store, link: nowhere, clock: new VirtualClock(1_700_000_100_000), random: seeded("again"), network })
  const list = store.list.bind(store)
  store.list = async (prefix, options) => {
    if (prefix === keys.decoys) throw new StoreError("damaged", "cannot be read")
    return list(prefix, options)
  }
  const statuses: unknown[] = []
  const commands: Promise<unknown>[] = []
  const unsubscribe = again.subscribe((event) => {
    if (event.type !== "status") return
    statuses.push(event.status)
    if (event.status.status === "running") commands.push(again.run("rename", { name: "Anne" }).catch((error: unknown) => (error instanceof StoreError ? error.problem : error)))
  })
  await expect(again.start()).rejects.toThrow(StoreError)
  expect(statuses).toEqual([{ status: "running" }, { status: "halted", problem: "damaged" }])
  expect(await Promise.all(commands)).toEqual(["damaged"])

  // And begins again where the store can be read.
  store.list = list
  unsubscribe()
  await again.start()
  expect(await again.run("view", {})).toMatchObject({ profile: { name: "Anna" }, contacts: [{ name: "Ben" }] })
})

test("a command that needs more of the engine loads it, and those behind it wait their turn", async () => {
  const begun = await begin()
  await begun.messenger.run("create-profile", { name: "Anna" })
  const done: string[] = []
  await Promise.all([
    begun.messenger.run("speed", { speed: "saver" }).then(() => done.push("speed")),
    begun.messenger.run("invite", { name: "Ben" }).then(() => done.push("invite")),
    begun.messenger.run("rename", { name: "Anne" }).then(() => done.push("rename")),
    begun.messenger.run("quarantine", {}).then(() => done.push("quarantine")),
  ])
  expect(done).toEqual(["speed", "invite", "rename", "quarantine"])
  expect(await decoys(begun)).toBeGreaterThan(0)
  expect(await begun.messenger.run("view", {})).toMatchObject({ profile: { name: "Anne", speed: "saver" }, contacts: [{ name: "Ben" }] })
})

test("what waited for code is refused where the messenger was stopped or locked meanwhile", async () => {
  const { messenger } = await begin()
  await messenger.run("create-profile", { name: "Anna" })
  const late = messenger.run("invite", { name: "Ben" })
  messenger.lock()
  await expect(late).rejects.toThrow("the messenger is locked")
  messenger.unlock()
  await messenger.stop()
  await messenger.start()
  expect((await messenger.run("view", {})).contacts).toEqual([])

  const begun = await begin()
  await begun.messenger.run("create-profile", { name: "Ben" })
  const stopped = begun.messenger.run("invite", { name: "Cleo" })
  await Promise.all([begun.messenger.stop(), expect(stopped).rejects.toThrow("the messenger is not running")])
  expect((await begun.store.list(keys.contacts)).length).toBe(0)
})

test("a part that could not be loaded is asked for again, and one that was is not", async () => {
  let asked = 0
  const load = late(async () => {
    if (++asked === 1) throw new Error("offline")
    return asked
  })
  await expect(Promise.all([load(), load()])).rejects.toThrow("offline")
  expect(asked).toBe(1)
  expect(await load()).toBe(2)
  expect(await load()).toBe(2)
})
