import { stretch } from "../../messenger/vault/argon2.ts"
import { lookAt } from "../../messenger/vault/vault-state.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import type { Platform } from "./profile.ts"
import { messengerOver, PASSPHRASE } from "./profile.ts"

/** Times in ms. */
export interface Opening {
  /** Argon2id, which takes about half a second on purpose. */
  readonly stretch: number
  readonly vault: number
  readonly engine: number
  readonly list: number
  readonly screen: number
  /** All of these but the first. */
  readonly all: number
}

const SCREEN = 50

/** Opens a profile as a client does when it starts, up to the list of conversations and the first screen of one of them. `seen` is called with the passphrase stretched, and in the end. */
export async function openProfile(platform: Platform, seen: (moment: "begun" | "shown") => void = () => {}): Promise<Opening> {
  const { raw, random } = platform
  const begun = performance.now()
  const state = await lookAt(raw)
  const stretching = state.state === "sealed" ? state.ways.passphrase : null
  if (stretching === null) throw new Error("The profile is not the one that was made.")
  const key = await stretch(PASSPHRASE, stretching)
  const stretched = performance.now()
  seen("begun")
  const opening = await Vault.open({ raw, random }, { way: "passphrase", key })
  if (!opening.ok) throw new Error("The passphrase does not open the profile.")
  const { store } = opening.vault
  const opened = performance.now()
  const messenger = messengerOver(store, platform)
  await messenger.start()
  const started = performance.now()
  const { conversations } = await messenger.run("view", {})
  const listed = performance.now()
  const { messages } = await messenger.run("messages", { conversation: conversations[0]!.id, limit: SCREEN })
  const shown = performance.now()
  seen("shown")
  if (messages.length === 0 || conversations.some(({ last }) => last === null)) throw new Error("The profile is not the one that was made.")
  await messenger.stop()
  await store.close()
  return { stretch: stretched - begun, vault: opened - stretched, engine: started - opened, list: listed - started, screen: shown - listed, all: shown - stretched }
}
