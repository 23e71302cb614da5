/// <reference lib="webworker" />
/**
 * The engine's worker. One tab of the browser runs the engine, whoever holds the lock; the others wait for it here and
 * show a screen that says so. Two engines on one store would give two packets the same box, so nothing ever starts
 * without the lock, and a lock is given up only after the engine has stopped.
 */
import type { Messenger } from "../../messenger/api.ts"
import { createMessenger } from "../../messenger/messenger.ts"
import { clock, random } from "../../messenger/platform/browser/clock.ts"
import { deleteStore, openStore } from "../../messenger/platform/browser/indexeddb-store.ts"
import { link } from "../../messenger/platform/browser/link.ts"
import type { Store, StoreProblem } from "../../messenger/ports.ts"
import { StoreError } from "../../messenger/ports.ts"
import { lookAt, wipe } from "../../messenger/vault/vault-state.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import type { Secret } from "../../messenger/vault/wraps.ts"
import type { AppNetwork } from "./description.ts"
import { sameNetwork } from "./description.ts"
import { fastLioness } from "./lioness.ts"
import { fetchDescription, forgetDescription, storeDescription, storedDescription } from "./network.ts"
import type { CommandRequest, EngineProblem, EngineStatus, FromEngine, ToEngine } from "./protocol.ts"

declare const self: DedicatedWorkerGlobalScope

const LOCK = "sotto-engine"
const DATABASE = "sotto"
const RETRY = 5_000

const tabs = new BroadcastChannel("sotto-tabs")
const post = (message: FromEngine) => self.postMessage(message)
const say = (status: EngineStatus) => post({ type: "status", status })
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** Where an error of ours arose, and never what it was about: messages of errors hold no user's data by rule. */
const describe = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}`.slice(0, 2_000) : typeof error)

const halts: Record<StoreProblem, EngineProblem> = { full: "full", damaged: "damaged", unusable: "storage", "in-use": "storage" }

class StartError extends Error {
  readonly problem: EngineProblem
  constructor(problem: EngineProblem, cause?: unknown) {
    super(problem, { cause })
    this.problem = problem
  }
}

let messenger: Messenger | null = null
let vault: Vault | null = null
let running: (EngineStatus & { status: "running" }) | null = null
/** Hears the next key while nothing was opened yet. */
let unlocked: ((key: Uint8Array) => void) | null = null
/** Ends this tab's turn. Set while this tab holds the lock. */
let giveUp: (() => void) | null = null
let erasing = false
/** What still seals records anew. It fails with the store, of which the engine hears, too. */
let sealing: Promise<void> = Promise.resolve()

async function network(): Promise<{ description: AppNetwork; kept: boolean }> {
  const stored = await storedDescription()
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
  else if (running !== null) {
    running = { ...running, echo: null, otherNetwork: true }
    if (messenger?.status.status === "running") say(running)
  }
}

/** Opens what is kept, once the passphrase is there; what was never sealed is sealed now. Null where the turn was given up meanwhile. */
async function openVault(raw: Store, over: Promise<void>): Promise<Vault | null> {
  const parts = { raw, random }
  const found = await lookAt(raw)
  if (found.state === "damaged" || found.state === "newer") throw new StartError(found.state)
  if (found.state !== "sealed") return Vault.create(parts, null, { isPlain: found.state === "plain" })
  const stretching = found.ways.passphrase
  for (let wrong = false; ; wrong = true) {
    let secret: Secret | null = null
    if (stretching !== null) {
      const key = new Promise<Uint8Array>((done) => (unlocked = done))
      say({ status: "locked", stretching, wrong, ticking: false })
      const typed = await Promise.race([key, over])
      unlocked = null
      if (typed === undefined) return null
      secret = { way: "passphrase", key: typed }
    }
    const opening = await Vault.open(parts, secret)
    if (opening.ok) return opening.vault
    if (opening.problem !== "wrong" || secret === null) throw new StartError("damaged")
  }
}

/** Seals anew, under the key that a first passphrase has made, a little at a time: packets go before. */
async function sealAnew(of: Vault): Promise<void> {
  while (vault === of && (await of.step(20))) await wait(30)
}

/** Only one of these goes on at a time, none beside a change of the passphrase, and none when the vault is closed. */
function sealOn(of: Vault): void {
  sealing = sealing.then(() => sealAnew(of))
  sealing.catch(() => undefined)
}

async function turn(): Promise<void> {
  say({ status: "starting" })
  let store: Store
  let known: Awaited<ReturnType<typeof network>>
  try {
    store = await openStore(DATABASE)
    known = await network()
  } catch (error) {
    throw new StartError("storage", error)
  }
  try {
    await live(store, known)
  } catch (error) {
    giveUp = messenger = vault = null
    await store.close()
    throw error instanceof StoreError ? new StartError(halts[error.problem], error) : error
  }
}

async function live(store: Store, known: Awaited<ReturnType<typeof network>>): Promise<void> {
  const over = new Promise<void>((done) => (giveUp = done))
  const opened = await openVault(store, over)
  if (opened === null) {
    giveUp = null
    if (erasing) await wipe(store, random)
    await store.close()
    return erasing ? remove() : undefined
  }
  await opened.ready()
  vault = opened
  const { echo, ...description } = known.description
  const engine = createMessenger({ store: opened.store, link, clock, random, network: description, lioness: await fastLioness() })
  engine.subscribe((event) => {
    if (event.type === "status" && event.status.status === "halted") say({ status: "failed", problem: halts[event.status.problem], detail: null })
    else if (event.type !== "status") post({ type: "event", event })
  })
  await engine.start()
  messenger = engine
  running = { status: "running", echo: echo ?? null, otherNetwork: false, isProtected: opened.isProtected }
  say(running)
  sealOn(opened)
  if (known.kept) void refresh(known.description)
  await over
  messenger = null
  giveUp = null
  await engine.stop()
  vault = null
  await sealing.catch(() => undefined)
  if (erasing) await opened.wipe()
  await opened.close()
  if (erasing) await remove()
}

async function remove(): Promise<void> {
  await Promise.all([deleteStore(DATABASE), forgetDescription()])
  post({ type: "erased" })
}

async function run(): Promise<void> {
  if (!self.navigator.locks || !self.indexedDB) return say({ status: "failed", problem: "browser", detail: null })
  for (;;) {
    const free = await self.navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await turn()
      return lock !== null
    })
    if (erasing) return
    say({ status: "elsewhere" })
    // After a turn was given up to another tab, that tab is in front of us in the queue.
    if (!free) await self.navigator.locks.request(LOCK, turn)
    else await wait(500)
  }
}

async function command({ call, name, input }: CommandRequest): Promise<void> {
  if (messenger === null) return post({ type: "refused", call, reason: "the engine does not run in this tab" })
  try {
    post({ type: "answer", call, output: await messenger.run(name, input) })
  } catch (error) {
    post({ type: "refused", call, reason: error instanceof Error ? error.message : "" })
    if (!(error instanceof Error) || error.name !== "CommandError") post({ type: "trouble", detail: describe(error) })
  }
}

/** Under the lock like everything else: by the turn under way, or by a turn of its own where the engine does not run. */
function erase(): void {
  erasing = true
  if (giveUp) return giveUp()
  tabs.postMessage("take-over")
  void self.navigator.locks.request(LOCK, remove)
}

function lock(): void {
  const stretching = vault?.ways.passphrase ?? null
  if (stretching === null || messenger?.status.status !== "running") return
  messenger.lock()
  say({ status: "locked", stretching, wrong: false, ticking: true })
}

function unlock(key: Uint8Array): void {
  if (vault === null || messenger === null) return unlocked?.(key)
  const stretching = vault.ways.passphrase
  const isOpen = vault.isOpenedBy({ way: "passphrase", key })
  key.fill(0)
  if (isOpen && running !== null) {
    messenger.unlock()
    say(running)
  } else if (stretching !== null) say({ status: "locked", stretching, wrong: true, ticking: true })
}

async function protect({ fresh, current }: ToEngine & { type: "protect" }): Promise<void> {
  await sealing.catch(() => undefined)
  const of = vault
  const may = of !== null && (!of.isProtected || (current !== null && of.isOpenedBy({ way: "passphrase", key: current })))
  let ok = false
  try {
    if (of !== null && may) {
      await of.protect({ way: "passphrase", ...fresh })
      ok = true
      if (running !== null) say((running = { ...running, isProtected: true }))
      sealOn(of)
    }
  } finally {
    post({ type: "protected", ok, stretching: of?.ways.passphrase ?? null })
  }
}

self.onmessage = ({ data }: MessageEvent<ToEngine>) => {
  if (data.type === "command") void command(data)
  else if (data.type === "lock") lock()
  else if (data.type === "unlock") unlock(data.key)
  else if (data.type === "protect") void protect(data)
  else if (data.type === "take-over") tabs.postMessage("take-over")
  else erase()
}
tabs.onmessage = ({ data }) => {
  if (data === "take-over") giveUp?.()
}
self.addEventListener("unhandledrejection", (event) => post({ type: "trouble", detail: describe(event.reason) }))
self.addEventListener("error", (event) => {
  // Heard here; at the page's end it would say that the worker did not start.
  event.preventDefault()
  post({ type: "trouble", detail: describe(event.error) })
})

run().catch((error: unknown) => {
  const problem = error instanceof StartError ? error.problem : "broken"
  say({ status: "failed", problem, detail: describe(error instanceof StartError ? error.cause : error) })
})
