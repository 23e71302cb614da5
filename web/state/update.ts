/** The service worker: installed once, looked after every hour. A new version is used when the user says so, and not before. */
import { shallowRef } from "vue"
import type { FromWorker, ToWorker, Version, Versions } from "../service-worker/protocol.ts"
import { storeDrafts } from "./drafts.ts"
import { scriptPolicy } from "./trusted.ts"

const LOOK_AGAIN = 60 * 60 * 1000
/** How long a new worker may take to be in charge. */
const CHANGE = 3_000

/** Set while a new version is ready; `change` uses it, and reloads the page. */
export const update = shallowRef<{ readonly fingerprint: string | null; readonly change: () => Promise<void> } | null>(null)
/** The user has said "later": it is not spoken of again until the next start. */
export const isPutOff = shallowRef(false)
/** How many files of the server were not those that their version lists. */
export const damagedFiles = shallowRef(0)
/** The version that runs here; null where no service worker keeps one. */
export const version = shallowRef<Version | null>(null)
/** Another tab has changed over to a new version. */
export const isBehind = shallowRef(false)

const listeners = new Set<(message: FromWorker) => void>()
export const onWorkerMessage = (listener: (message: FromWorker) => void): void => void listeners.add(listener)

const container = (): ServiceWorkerContainer | null => (import.meta.env.PROD && "serviceWorker" in navigator ? navigator.serviceWorker : null)

/** Null where there is no worker, or one that does not answer. */
export function askWorker<T>(message: ToWorker, worker: ServiceWorker | null = container()?.controller ?? null): Promise<T | null> {
  if (worker === null) return Promise.resolve(null)
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => done(data as T)
    worker.postMessage(message, [port2])
    setTimeout(() => done(null), CHANGE)
  })
}

let isChanging = false

async function change(worker: ServiceWorker): Promise<void> {
  isChanging = true
  await storeDrafts()
  const taken = new Promise<void>((done) => container()!.addEventListener("controllerchange", () => done(), { once: true }))
  const isRunning = worker.state === "activated"
  if ((await askWorker<boolean>({ type: "change" }, worker)) === false) {
    // There is nothing to change over to. It is offered again at the next start.
    isChanging = false
    update.value = null
    return
  }
  if (!isRunning) await Promise.race([taken, new Promise((done) => setTimeout(done, CHANGE))])
  location.reload()
}

/** A worker that waits is a new version; so is one that the browser has started by itself, and that still serves the version before. */
async function look(registration: ServiceWorkerRegistration): Promise<void> {
  const { waiting, active } = registration
  const running = active && (await askWorker<Versions>({ type: "versions" }, active))
  if (running) version.value = running.served
  if (waiting && active) {
    const brought = await askWorker<Versions>({ type: "versions" }, waiting)
    update.value = { fingerprint: brought?.own?.fingerprint ?? null, change: () => change(waiting) }
  } else if (active && running?.own && running.own.files !== running.served?.files) {
    update.value = { fingerprint: running.own.fingerprint, change: () => change(active) }
  } else update.value = null
  if (update.value !== null) damagedFiles.value = 0
}

function follow(registration: ServiceWorkerRegistration): void {
  const { installing } = registration
  installing?.addEventListener("statechange", () => {
    if (installing.state === "installed" || installing.state === "activated") void look(registration)
  })
}

function hear(message: FromWorker): void {
  if (message.type === "damaged") damagedFiles.value = message.files
  else if (message.type === "changed") isBehind.value = !isChanging
  for (const listener of listeners) listener(message)
}

export async function startUpdates(): Promise<void> {
  const workers = container()
  if (workers === null) return
  workers.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => hear(data))
  workers.startMessages()
  try {
    const registration = await workers.register(scriptPolicy("sw", "/sw.js"))
    registration.addEventListener("updatefound", () => follow(registration))
    follow(registration)
    await look(registration)
    if (update.value === null) void askWorker({ type: "settled" })
    setInterval(() => void registration.update().catch(() => undefined), LOOK_AGAIN)
  } catch {
    // Without a service worker the app runs, but does not open offline.
  }
}
