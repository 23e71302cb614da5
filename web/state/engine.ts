/** The page's end of the engine's worker. */
import type { CommandInput, CommandName, CommandOutput } from "../../messenger/api.ts"
import type { CommandRequest, EngineStatus, FromEngine, PasskeyAnswer, StretchAnswer, ToEngine } from "../engine/protocol.ts"
import type { BackupHead } from "../../messenger/vault/backup-reader.ts"
import type { Stretching } from "../../messenger/vault/header.ts"
import { dropDraft, forgetDrafts, loadDrafts } from "./drafts.ts"
import { followFound } from "./found.ts"
import { followPicked } from "./selecting.ts"
import { apply, state } from "./state.ts"
import type { AppEvent } from "./state.ts"
import { stretched } from "./passphrase.ts"
import { listenToEngine } from "./worker.ts"

interface Call {
  readonly done: (output: never) => void
  readonly failed: (error: Error) => void
}

const calls = new Map<number, Call>()
let lastCall = 0
let worker: Worker | null = null
/** Events that come while the first view is being fetched may be newer than it: they are applied once more behind it. */
let since: AppEvent[] | null = null
/** What the engine gave to be shown first, until it is. */
let first: (FromEngine & { type: "first" }) | null = null
/** The terms of the passphrase that holds. */
let terms: Stretching | null = null
/** Who waits for answers about the ways in, in the order in which they asked. */
const asking: ((ok: boolean) => void)[] = []
let restored: ((ok: boolean) => void) | null = null
let erased: (() => void) | null = null

const tell = (message: ToEngine, handed: Transferable[] = []) => worker?.postMessage(message, handed)

export function startEngine(): void {
  worker = listenToEngine(hear, (event) => apply({ type: "engine", status: { status: "failed", problem: "broken", detail: event.message || null } }))
  // A page that is left may be kept as it is, to be shown at once when one comes back (WebKit), and its worker would keep the profile to itself.
  addEventListener("pagehide", () => worker?.terminate())
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload())
}

function hear(message: FromEngine): void {
  switch (message.type) {
    case "event":
      since?.push(message.event)
      apply(message.event)
      followPicked(message.event)
      followFound(message.event)
      if (message.event.type === "contact-removed") dropDraft(message.event.contact)
      if (message.event.type === "conversation-removed") dropDraft(message.event.conversation)
      break
    case "here":
      break
    case "first":
      first = message
      break
    case "answer":
      take(message.call)?.done(message.output as never)
      break
    case "refused":
      take(message.call)?.failed(new Error(message.reason))
      break
    case "trouble":
      apply({ type: "trouble", detail: message.detail })
      break
    case "ways":
      asking.shift()?.(message.ok)
      break
    case "restored":
      restored?.(message.ok)
      break
    case "erased":
      erased?.()
      break
    case "status":
      if ("stretching" in message.status) terms = message.status.stretching
      if (message.status.status === "running" && state.engine.status !== "running") void load(message.status)
      else {
        if (message.status.status !== "running") close()
        apply({ type: "engine", status: message.status })
      }
  }
}

/** The app shows itself when it has something to show: status "running" comes behind the first view. */
async function load(status: EngineStatus): Promise<void> {
  since = []
  try {
    // After an unlocking it is asked for.
    const { view, drafts } = first ?? (await look())
    first = null
    apply({ type: "view", view })
    loadDrafts(drafts, (conversation, { text, mentions }, about) => run("keep-draft", { conversation, text, mentions, ...(about && { about }) }).then(() => undefined, () => undefined))
    for (const event of since) apply(event)
    apply({ type: "engine", status })
  } catch (error) {
    apply({ type: "engine", status: { status: "failed", problem: "broken", detail: String(error) } })
  }
  since = null
}

/** Who has no profile yet has no drafts, and is told so. */
async function look(): Promise<Omit<FromEngine & { type: "first" }, "type">> {
  const [view, drafts] = await Promise.all([run("view", {}), run("drafts", {}).catch(() => ({ drafts: {}, mentions: {}, abouts: {} }))])
  return { view, drafts }
}

/** Behind the door, and while another tab runs the engine, the page holds nothing of what it showed. */
function close(): void {
  first = null
  forgetDrafts()
  apply({ type: "closed" })
}

function take(call: number): Call | undefined {
  const found = calls.get(call)
  calls.delete(call)
  return found
}

/** Runs a command in the engine. Rejects where the command was refused; what arose out of the engine itself is shown by itself. `handed` is the engine's from then on. */
export function run<Name extends CommandName>(name: Name, input: CommandInput<Name>, handed: Transferable[] = []): Promise<CommandOutput<Name>> {
  return new Promise((done, failed) => {
    const call = ++lastCall
    calls.set(call, { done, failed })
    tell({ type: "command", call, name, input } as CommandRequest, handed)
  })
}

export const lock = (): void => {
  forgetDrafts()
  tell({ type: "lock" })
}

/** The status says whether it was the right one. */
export async function unlock(passphrase: string, stretching: Stretching): Promise<void> {
  tell({ type: "unlock", secret: { way: "passphrase", key: (await stretched(passphrase, stretching)).key } })
}

export const unlockByPasskey = (key: Uint8Array): void => tell({ type: "unlock", secret: { way: "passkey", key } })

function ask(message: ToEngine): Promise<boolean> {
  return new Promise((done) => {
    asking.push(done)
    tell(message)
  })
}

async function keyOf(passphrase: string): Promise<Uint8Array> {
  if (terms === null) throw new Error("no passphrase is set")
  return (await stretched(passphrase, terms)).key
}

/** Sets the passphrase, or another one in place of `current`. False where that is not the one. */
export async function protect(passphrase: string, current: string | null): Promise<boolean> {
  const before = current === null || terms === null ? null : await keyOf(current)
  return ask({ type: "protect", fresh: await stretched(passphrase, null), current: before })
}

/** Adds the passkey that `make` makes, once the passphrase was found to be right; null where `make` gave none. */
export async function addPasskey(passphrase: string, make: () => Promise<PasskeyAnswer | null>): Promise<boolean | null> {
  const current = await keyOf(passphrase)
  if (!(await ask({ type: "prove", current }))) return false
  const fresh = await make()
  return fresh && ask({ type: "add-passkey", fresh, current })
}

export const removePasskey = (): Promise<boolean> => ask({ type: "remove-passkey" })

/** All that is kept is given to whoever takes it at the port's other end. */
export const sendBackup = (port: MessagePort): void => tell({ type: "backup", port }, [port])

export const noteBackup = (created: number): void => tell({ type: "backed-up", created })

/** False where the records could not be read to their end; then the profile is an empty one. */
export function restoreFrom(port: MessagePort, head: BackupHead, fresh: StretchAnswer): Promise<boolean> {
  return new Promise((done) => {
    restored = done
    tell({ type: "restore", port, head, fresh }, [port])
  })
}

export const takeOver = (): void => tell({ type: "take-over" })

/** Deletes everything that this device keeps and begins anew. */
export async function erase(): Promise<void> {
  await new Promise<void>((done) => {
    erased = done
    tell({ type: "erase" })
  })
  localStorage.clear()
  location.replace("/")
}
