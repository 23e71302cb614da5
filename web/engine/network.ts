import * as v from "valibot"
import type { NetworkDescription } from "../../messenger/ports.ts"
import { deleteStore, openStore } from "./store.ts"
import { PLAIN_REQUEST, readBounded } from "./link.ts"

const DATABASE = "sotto-network"
const KEY = "description"
const URL_OF = "/network.json"
const MOST = 65_536

const httpUrl = v.pipe(v.string(), v.url(), v.regex(/^https?:/))

const Description = v.object({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  authorities: v.pipe(v.array(v.object({ key: v.pipe(v.string(), v.minLength(1), v.maxLength(200)), url: httpUrl })), v.minLength(1), v.maxLength(64)),
  threshold: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  directories: v.pipe(v.array(httpUrl), v.minLength(1), v.maxLength(64)),
  /** Path at the app's own origin that hands out one-time codes of the echo bot. */
  echo: v.optional(v.pipe(v.string(), v.regex(/^\/(?!\/)/), v.maxLength(200))),
})

export interface AppNetwork extends NetworkDescription {
  readonly echo?: string | undefined
}

/** Null where it is anything but a description of a network. */
export function parseDescription(json: string): AppNetwork | null {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return null
  }
  const result = v.safeParse(Description, value)
  return result.success && result.output.threshold <= result.output.authorities.length ? result.output : null
}

/** A network is its authorities' keys and its threshold; names and URLs may change. */
export const sameNetwork = (a: NetworkDescription, b: NetworkDescription): boolean => identity(a) === identity(b)
const identity = ({ authorities, threshold }: NetworkDescription) => JSON.stringify([threshold, authorities.map(({ key }) => key).sort()])

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
