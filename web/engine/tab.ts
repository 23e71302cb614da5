/// <reference lib="webworker" />
/**
 * The engine's worker. One tab of the browser runs the engine, whoever holds the lock; the others wait for it here and
 * show a screen that says so. Two engines on one store would give two packets the same box, so nothing ever starts
 * without the lock, and a lock is given up only after the engine has stopped.
 */
import { createMessenger } from "../../messenger/messenger.ts"
import { clock, random } from "../../messenger/platform/browser/clock.ts"
import { deleteStore, openStore } from "../../messenger/platform/browser/indexeddb-store.ts"
import { link } from "../../messenger/platform/browser/link.ts"
import type { Messenger } from "../../messenger/api.ts"
import type { Store } from "../../messenger/ports.ts"
import { StoreError } from "../../messenger/ports.ts"
import { wipe } from "../../messenger/vault/vault-state.ts"
import type { Vault } from "../../messenger/vault/vault.ts"
import type { AppNetwork } from "./description.ts"
import { sameNetwork } from "./description.ts"
import { changeWays, lock, openVault, sealOn, unlock, waysNow } from "./door.ts"
import { damageOf, giveBackup, lastBackup, noteBackup, restore, restoreInto, tellDamage } from "./keeping.ts"
import { fastLioness } from "./lioness.ts"
import { fetchDescription, forgetDescription, storeDescription, storedDescription } from "./network.ts"
import type { CommandRequest, ToEngine } from "./protocol.ts"
import type { KnownNetwork } from "./session.ts"
import { change, describe, post, say, session } from "./session.ts"
import { halts, StartError, startErrorOf } from "./start-error.ts"

declare const self: DedicatedWorkerGlobalScope

const LOCK = "sotto-engine"
const DATABASE = "sotto"
const RETRY = 5_000
const STEP_BACK = 3_000

const tabs = new BroadcastChannel("sotto-tabs")
/** Fetched while the store is opened, and the passphrase typed. */
const lioness = fastLioness()
/** Set while this tab waits for the lock. */
let stepBack: (() => void) | null = null
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

async function network(stored: AppNetwork | null): Promise<KnownNetwork> {
  if (stored) return { description: stored, kept: true }
  for (let told: string | null = null; ; await wait(RETRY)) {
    const fetched = await fetchDescription()
    if (fetched.found) {
      await storeDescription(fetched.found)
      return { description: fetched.found, kept: false }
    }
    if (told !== fetched.problem) say({ status: "failed", problem: (told = fetched.problem), detail: null })
  }
}

/** The server may have moved its nodes' entry points, or run another network by now. */
async function refresh(current: AppNetwork): Promise<void> {
  const { found } = await fetchDescription()
  if (found === null) return
  if (sameNetwork(found, current)) await storeDescription(found)
  else change({ echo: null, otherNetwork: true })
}

async function turn(): Promise<void> {
  say({ status: "starting" })
  let store: Store | null = null
  try {
    const stored = storedDescription()
    // Heard below, unless the store fails before.
    stored.catch(() => undefined)
    store = await openStore(DATABASE)
    session.network = await network(await stored)
    await live(store)
  } catch (error) {
    session.giveUp = session.messenger = session.vault = session.running = null
    await store?.close()
    throw startErrorOf(error)
  }
}

/** From the opening of what is kept until this tab's turn is over. */
async function live(store: Store): Promise<void> {
  let over = turnOver()
  let opened = await openVault(store, over)
  if (opened === null) {
    session.giveUp = null
    if (session.erasing) await wipe(store, random)
    await store.close()
    return session.erasing ? remove() : undefined
  }
  for (;;) {
    await runEngine(opened, over)
    const { restoring } = session
    if (restoring === null) break
    session.restoring = null
    over = turnOver()
    opened = await restoreInto(store, restoring)
  }
  if (session.erasing) await opened.wipe()
  await opened.close()
  if (session.erasing) await remove()
}

const turnOver = () => new Promise<void>((done) => (session.giveUp = done))

async function runEngine(opened: Vault, over: Promise<void>): Promise<void> {
  await opened.ready()
  session.vault = opened
  const { description: app, kept } = session.network!
  const { echo, ...description } = app
  const engine = createMessenger({ store: opened.store, link, clock, random, network: description, lioness: await lioness })
  engine.subscribe((event) => {
    if (event.type !== "status") post({ type: "event", event })
    else if (event.status.status === "halted") say({ status: "failed", problem: halts[event.status.problem], detail: null })
    else if (event.status.status === "running" && session.messenger === null) void show(engine, opened, echo ?? null)
  })
  await engine.start()
  tellDamage()
  sealOn(opened)
  if (kept) void refresh(app)
  await over
  session.messenger = session.running = session.giveUp = null
  await engine.stop()
  session.vault = null
  await session.sealing.catch(() => undefined)
}

/** The page gets what it shows first without asking for it, before the engine does anything else. */
async function show(engine: Messenger, opened: Vault, echo: string | null): Promise<void> {
  session.messenger = engine
  try {
    const looked = Promise.all([engine.run("view", {}), engine.run("drafts", {}).catch(() => ({ drafts: {}, mentions: {}, abouts: {} }))])
    const backedUp = await lastBackup(opened)
    const [view, drafts] = await looked
    if (session.messenger !== engine) return
    post({ type: "first", view, drafts })
    session.running = { status: "running", echo, otherNetwork: false, ...waysNow(opened), backedUp, damage: damageOf(opened) }
    say(session.running)
  } catch (error) {
    // Where the engine could not go on, that is said by itself.
    if (!(error instanceof StoreError)) post({ type: "trouble", detail: describe(error) })
  }
}

async function remove(): Promise<void> {
  await Promise.all([deleteStore(DATABASE), forgetDescription()])
  // Tabs that wait for the lock step back: whoever erased goes on in this one.
  tabs.postMessage("erased")
  await wait(STEP_BACK / 10)
  post({ type: "erased" })
}

async function run(): Promise<void> {
  if (!self.navigator.locks || !self.indexedDB) return say({ status: "failed", problem: "browser", detail: null })
  for (;;) {
    const free = await self.navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await turn()
      return lock !== null
    })
    if (session.erasing) return
    say({ status: "elsewhere" })
    // After a turn was given up to another tab, that tab is in front of us in the queue.
    if (free) await wait(500)
    else await queue()
  }
}

/** Waits for the lock, unless the tab that has it erases everything. */
async function queue(): Promise<void> {
  const stepping = new AbortController()
  stepBack = () => stepping.abort()
  try {
    await self.navigator.locks.request(LOCK, { signal: stepping.signal }, turn)
  } catch (error) {
    if (!stepping.signal.aborted) throw error
    await wait(STEP_BACK)
  } finally {
    stepBack = null
  }
}

async function command({ call, name, input }: CommandRequest): Promise<void> {
  const { messenger } = session
  if (messenger === null) return post({ type: "refused", call, reason: "the engine does not run in this tab" })
  try {
    const output = await messenger.run(name, input)
    // The bytes of files were made for this answer.
    post({ type: "answer", call, output }, "bytes" in output ? [output.bytes.buffer] : [])
    tellDamage()
  } catch (error) {
    post({ type: "refused", call, reason: error instanceof Error ? error.message : "" })
    if (!(error instanceof Error) || error.name !== "CommandError") post({ type: "trouble", detail: describe(error) })
  }
}

/** Under the lock like everything else: by the turn under way, or by a turn of its own where the engine does not run. */
function erase(): void {
  session.erasing = true
  if (session.giveUp) return session.giveUp()
  tabs.postMessage("take-over")
  void self.navigator.locks.request(LOCK, remove)
}

function hear(asked: ToEngine): void | Promise<void> {
  switch (asked.type) {
    case "command":
      return command(asked)
    case "lock":
      return lock()
    case "unlock":
      return unlock(asked.secret)
    case "protect":
    case "add-passkey":
    case "remove-passkey":
    case "prove":
      return changeWays(asked)
    case "backup":
      return giveBackup(asked.port)
    case "backed-up":
      return noteBackup(asked.created)
    case "restore":
      return restore(asked)
    case "take-over":
      tabs.postMessage("take-over")
      return
    case "erase":
      return erase()
  }
}

self.onmessage = ({ data }: MessageEvent<ToEngine>) => void hear(data)
tabs.onmessage = ({ data }) => {
  if (data === "take-over") session.giveUp?.()
  else if (data === "erased") stepBack?.()
}
self.addEventListener("unhandledrejection", (event) => post({ type: "trouble", detail: describe(event.reason) }))
self.addEventListener("error", (event) => {
  // Heard here; at the page's end it would say that the worker did not start.
  event.preventDefault()
  post({ type: "trouble", detail: describe(event.error) })
})

run().catch((error: unknown) => {
  const problem = error instanceof StartError ? error.problem : "broken"
  say({ status: "failed", problem, detail: describe(error instanceof StartError ? (error.cause ?? error) : error) })
})
