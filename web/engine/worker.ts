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
import type { Store } from "../../messenger/ports.ts"
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

class StartError extends Error {
  readonly problem: EngineProblem
  constructor(problem: EngineProblem, cause?: unknown) {
    super(problem, { cause })
    this.problem = problem
  }
}

let messenger: Messenger | null = null
/** Ends this tab's turn. Set while this tab holds the lock. */
let giveUp: (() => void) | null = null
let erasing = false

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
  else say({ status: "running", echo: null, otherNetwork: true })
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
  const { echo, ...description } = known.description
  const engine = createMessenger({ store, link, clock, random, network: description, lioness: await fastLioness() })
  engine.subscribe((event) => post({ type: "event", event }))
  const over = new Promise<void>((done) => (giveUp = done))
  await engine.start()
  messenger = engine
  say({ status: "running", echo: echo ?? null, otherNetwork: false })
  if (known.kept) void refresh(known.description)
  await over
  messenger = null
  giveUp = null
  await engine.stop()
  await store.close()
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

self.onmessage = ({ data }: MessageEvent<ToEngine>) => {
  if (data.type === "command") void command(data)
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
