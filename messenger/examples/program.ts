import { mkdirSync } from "node:fs"
import path from "node:path"
import type { Messenger, NetworkDescription } from "@sotto/messenger"
import { createMessenger, DESCRIPTION_MAX, idOf, parseDescription } from "@sotto/messenger"
import { nodeParts } from "@sotto/messenger/node"
import { fileStore } from "@sotto/messenger/node/file-store"

export interface BotOptions {
  /** Where it keeps all that it knows. */
  readonly folder: string
  /** URL of the network's app; behind a # the network's id, which makes it impossible to be led to another one. */
  readonly network: string
  readonly name: string
}

/** A messenger in a folder, with a profile, started. */
export async function openBot({ folder, network, name }: BotOptions): Promise<{ messenger: Messenger; close(): Promise<void> }> {
  const parts = await nodeParts()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const store = fileStore(path.join(folder, "bot.sqlite"))
  const messenger = createMessenger({ ...parts, store, network: await describedAt(network, parts.link.fetch) })
  await messenger.start()
  if ((await messenger.run("view", {})).profile === null) {
    await messenger.run("create-profile", { name })
    await messenger.run("speed", { speed: "fast" })
  }
  return {
    messenger,
    close: async () => {
      await messenger.stop()
      await store.close()
    },
  }
}

async function describedAt(address: string, fetch: (url: string, max: number) => Promise<Uint8Array | null>): Promise<NetworkDescription> {
  const [app, pin] = address.split("#")
  const bytes = await fetch(new URL("network.json", app!.replace(/\/*$/, "/")).href, DESCRIPTION_MAX)
  const network = bytes && parseDescription(new TextDecoder().decode(bytes))
  if (!network) throw new Error(`no network is described at ${app}`)
  if (pin !== undefined && pin !== idOf(network)) throw new Error("the network there is another one than the id says")
  return network
}

/** When the process is asked to end. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve())
  })
}
