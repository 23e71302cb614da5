import { readBounded } from "../../messenger/platform/browser/bounded.ts"
import { deleteStore, openStore } from "../../messenger/platform/browser/indexeddb-store.ts"
import { PLAIN_REQUEST } from "../../messenger/platform/browser/link.ts"
import type { AppNetwork } from "./description.ts"
import { parseDescription } from "./description.ts"

const DATABASE = "sotto-network"
const KEY = "description"
const URL_OF = "/network.json"
const MOST = 65_536

export type Fetched = { readonly found: AppNetwork } | { readonly found: null; readonly problem: "first-start-offline" | "bad-description" }

export async function fetchDescription(): Promise<Fetched> {
  let body: Uint8Array | null
  try {
    body = await readBounded(await fetch(URL_OF, { ...PLAIN_REQUEST, signal: AbortSignal.timeout(10_000) }), MOST)
  } catch {
    return { found: null, problem: "first-start-offline" }
  }
  const found = body && parseDescription(new TextDecoder().decode(body))
  return found ? { found } : { found: null, problem: "bad-description" }
}

/** Kept apart from the engine's entries: it is what the engine is made with. */
export async function storedDescription(): Promise<AppNetwork | null> {
  const store = await openStore(DATABASE)
  const bytes = await store.get(KEY)
  await store.close()
  return bytes && parseDescription(new TextDecoder().decode(bytes))
}

export async function storeDescription(network: AppNetwork): Promise<void> {
  const store = await openStore(DATABASE)
  await store.commit([[KEY, new TextEncoder().encode(JSON.stringify(network))]])
  await store.close()
}

export const forgetDescription = (): Promise<void> => deleteStore(DATABASE)
