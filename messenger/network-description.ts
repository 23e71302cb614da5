import * as v from "valibot"
import { fromHex, toHex } from "../shared/bytes.ts"
import { networkId } from "../shared/directory/document.ts"
import type { NetworkDescription } from "./ports.ts"

/** No description is longer, bytes: for whoever fetches one. */
export const DESCRIPTION_MAX = 100_000

const Url = v.pipe(v.string(), v.maxLength(300), v.regex(/^https?:\/\/[^\s]+$/))
const Key = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const Description = v.pipe(
  v.object({
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    authorities: v.pipe(v.array(v.object({ key: Key, url: Url })), v.minLength(1), v.maxLength(32)),
    threshold: v.pipe(v.number(), v.integer(), v.minValue(1)),
    directories: v.pipe(v.array(Url), v.minLength(1), v.maxLength(1000)),
  }),
  v.check(({ authorities, threshold }) => threshold <= authorities.length),
)

/** What an app's server gives out at /network.json; null where it is anything else. */
export function parseDescription(json: string): NetworkDescription | null {
  try {
    return v.parse(Description, JSON.parse(json))
  } catch {
    return null
  }
}

/** The network's name for machines, 64 hex digits: a hash of its authorities' keys and threshold. A pin, and part of every contact code. */
export function idOf({ authorities, threshold }: NetworkDescription): string {
  return toHex(networkId({ keys: authorities.map(({ key }) => fromHex(key)), threshold }))
}
