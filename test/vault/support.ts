import { readFileSync } from "node:fs"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { NetworkDescription, Store, Write } from "../../messenger/ports.ts"
import { StoreError } from "../../messenger/ports.ts"
import { stretch } from "../../messenger/vault/argon2.ts"
import { fromOneEpoch } from "../../messenger/vault/one-epoch.ts"
import type { Secret } from "../../messenger/vault/wraps.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import { seeded } from "../sim/sim-network.ts"

/** Argon2id at its cheapest: what a passphrase costs is not what these tests are about. */
const cheap = (salt: number) => ({ salt: new Uint8Array(16).fill(salt), memory: 8, passes: 1 })

export async function passphrase(text: string, salt = 1) {
  const stretching = cheap(salt)
  return { way: "passphrase", stretching, key: await stretch(text, stretching) } as const
}

/** What somebody who types this opens, or not. */
export async function typed(text: string, vault: { raw: Store }): Promise<Secret> {
  const { lookAt } = await import("../../messenger/vault/vault-state.ts")
  const state = await lookAt(vault.raw)
  if (state.state !== "sealed" || state.ways.passphrase === null) throw new Error(`nothing to type here: ${state.state}`)
  return { way: "passphrase", key: await stretch(text, state.ways.passphrase) }
}

export const parts = (raw: Store, seed = "vault") => ({ raw, random: seeded(seed) })

export async function opened(raw: Store, text: string | null, seed = "again"): Promise<Vault> {
  const opening = await Vault.open(parts(raw, seed), text === null ? null : await typed(text, { raw }))
  if (!opening.ok) throw new Error(`not opened: ${opening.problem}`)
  await opening.vault.ready()
  return opening.vault
}

export const bytes = (text: string) => new TextEncoder().encode(text)

export async function contents(store: Store): Promise<Record<string, string>> {
  return Object.fromEntries((await store.list("")).map(([key, value]) => [key, new TextDecoder().decode(value)]))
}

/** The records as this program keeps them; how many steps that took. */
export async function migrate(store: Store): Promise<number> {
  let steps = 0
  for (let at: string | null = null; ; steps++) {
    const { writes, next } = await fromOneEpoch(store, at)
    await store.commit(writes)
    if (next === null) return steps
    at = next
  }
}

/** A store of which only so many commits succeed: the device then loses its power. */
export function mortalStore(inner: Store = memoryStore()): Store & { commits: number; left: number } {
  return {
    ...inner,
    commits: 0,
    left: Infinity,
    async commit(writes: readonly Write[]) {
      if (this.left-- <= 0) throw new StoreError("unusable")
      this.commits++
      await inner.commit(writes)
    },
  }
}

interface Fixture {
  readonly network: NetworkDescription
  readonly records: Readonly<Record<string, string>>
}

/** A profile of before there were vaults. */
export function plainProfile(): { network: NetworkDescription; records: [string, Uint8Array][] } {
  const { network, records } = JSON.parse(readFileSync(new URL("fixtures/plain-profile.json", import.meta.url), "utf8")) as Fixture
  return { network, records: Object.entries(records).map(([key, text]) => [key, new Uint8Array(Buffer.from(text, "base64"))]) }
}
