import type { Store, Write } from "../ports.ts"
import { DAMAGED } from "../ports.ts"
import type { Header, Stretching } from "./header.ts"
import { decodeHeader, HEADER_KEYS } from "./header.ts"
import { SEALED } from "./hidden-names.ts"
import { SCHEMA } from "./migrations.ts"
import { WireError } from "../../shared/bytes.ts"

/** How a vault can be opened. Both null: by anybody, since no passphrase was set. */
export interface Ways {
  readonly passphrase: Stretching | null
  readonly passkey: { readonly credential: Uint8Array; readonly salt: Uint8Array } | null
}

/**
 * What lies in a raw store:
 * - empty: nothing
 * - plain: a profile of before there were vaults; opening seals it
 * - sealed: a vault
 * - damaged: records whose header is lost or damaged, in both its copies. Nothing can open them; a backup can be restored
 * - newer: a later version of the program wrote it
 */
export type VaultState =
  | { readonly state: "empty" }
  | { readonly state: "plain" }
  | { readonly state: "sealed"; readonly ways: Ways }
  | { readonly state: "damaged" }
  | { readonly state: "newer" }

/** Written before a restore or a wipe begins, and deleted with its end: what is there meanwhile is nobody's. */
export const UNFINISHED = `${SEALED}unfinished`
const BATCH = 500

/** Looks into a raw store. What a wipe or a restore that was cut short has left is cleared away. Throws StoreError. */
export async function lookAt(raw: Store, schema = SCHEMA): Promise<VaultState> {
  const [unfinished, found] = await Promise.all([raw.get(UNFINISHED), readHeader(raw, schema)])
  if (unfinished !== null) await clear(raw)
  const header = unfinished === null ? found : await readHeader(raw, schema)
  if (header === "damaged" || header === "newer") return { state: header }
  if (header !== null) return { state: "sealed", ways: waysOf(header) }
  const [first] = await raw.list("", { limit: 1 })
  if (first === undefined) return { state: "empty" }
  return { state: first[0].startsWith(SEALED) ? "damaged" : "plain" }
}

/** The better of the two copies; null where there is none. */
export async function readHeader(raw: Store, schema: number): Promise<Header | "damaged" | "newer" | null> {
  let worst: "damaged" | "newer" | null = null
  for (const key of HEADER_KEYS) {
    const bytes = await raw.get(key)
    if (bytes === null) continue
    const header = bytes === DAMAGED ? "damaged" : readCopy(bytes)
    if (header !== "damaged" && header !== "newer") return header.schema > schema ? "newer" : header
    if (worst !== "newer") worst = header
  }
  return worst
}

function readCopy(bytes: Uint8Array): Header | "damaged" | "newer" {
  try {
    return decodeHeader(bytes)
  } catch (error) {
    if (error instanceof WireError) return "damaged"
    throw error
  }
}

export function waysOf({ wraps }: Header): Ways {
  const passphrase = wraps.find((wrap) => wrap.way === "passphrase")
  const passkey = wraps.find((wrap) => wrap.way === "passkey")
  return {
    passphrase: passphrase?.stretching ?? null,
    passkey: passkey === undefined ? null : { credential: passkey.credential, salt: passkey.salt },
  }
}

/** Deletes all that a raw store holds, and the mark last. */
export async function clear(raw: Store): Promise<void> {
  for (;;) {
    const found = await raw.list("", { limit: BATCH })
    const others = found.filter(([key]) => key !== UNFINISHED)
    if (others.length === 0) break
    await raw.commit(others.map(([key]): Write => [key, null]))
  }
  await raw.commit([[UNFINISHED, null]])
}

/** Keys first: the header is overwritten in the first transaction, deleted in the second, and the records follow. */
export async function wipe(raw: Store, noise: (length: number) => Uint8Array): Promise<void> {
  const sizes = await Promise.all(HEADER_KEYS.map(async (key) => (await raw.get(key))?.length ?? 0))
  await raw.commit([[UNFINISHED, new Uint8Array([1])], ...HEADER_KEYS.map((key, i): Write => [key, noise(sizes[i]!)])])
  await raw.commit(HEADER_KEYS.map((key): Write => [key, null]))
  await clear(raw)
}
