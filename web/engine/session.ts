/// <reference lib="webworker" />
/** What this tab's engine has in its hands, and how it speaks to the page. */
import type { Messenger } from "../../messenger/api.ts"
import type { Vault } from "../../messenger/vault/vault.ts"
import type { Secret } from "../../messenger/vault/wraps.ts"
import type { AppNetwork } from "./description.ts"
import type { EngineStatus, FromEngine, ToEngine } from "./protocol.ts"

declare const self: DedicatedWorkerGlobalScope

export type Running = EngineStatus & { status: "running" }

export interface KnownNetwork {
  readonly description: AppNetwork
  /** It was stored here before, and may have changed since. */
  readonly kept: boolean
}

interface Session {
  messenger: Messenger | null
  vault: Vault | null
  network: KnownNetwork | null
  running: Running | null
  /** Hears the next secret while nothing was opened yet. */
  unlocked: ((secret: Secret) => void) | null
  /** Ends this tab's turn. Set while this tab holds the lock. */
  giveUp: (() => void) | null
  erasing: boolean
  /** Takes the place of the empty profile once the engine has stopped. */
  restoring: (ToEngine & { type: "restore" }) | null
  /** What still seals records anew. It fails with the store, of which the engine hears, too. */
  sealing: Promise<void>
}

export const session: Session = {
  messenger: null, vault: null, network: null, running: null, unlocked: null, giveUp: null, erasing: false, restoring: null, sealing: Promise.resolve(),
}

/** `handed` are not copied: they are the page's from then on. */
export const post = (message: FromEngine, handed: Transferable[] = []): void => self.postMessage(message, handed)
export const say = (status: EngineStatus): void => post({ type: "status", status })

/** What holds while the engine runs has changed. Behind a shut door it is told with the unlocking. */
export function change(more: Partial<Running>): void {
  if (session.running === null) return
  session.running = { ...session.running, ...more }
  if (session.messenger?.status.status === "running") say(session.running)
}

/** Where an error of ours arose, and never what it was about: messages of errors hold no user's data by rule. */
export const describe = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}`.slice(0, 2_000) : typeof error)
