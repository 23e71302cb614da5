import { hkdf } from "@noble/hashes/hkdf.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { toHex } from "../shared/bytes.ts"
import { KEY_LENGTH } from "../shared/geometry.ts"
import { utf8 } from "../shared/text.ts"

const INFO = utf8("sotto v1 client addresses")
const HASH = 16
/** Of an IPv6 address, what one customer has in the least: 64 bits, four groups. */
const GROUPS = 4
const ALL_GROUPS = 8

/**
 * Names for the networks that clients come from, good for counting them and nothing else: keyed hashes, kept in memory and with
 * connections only. The key follows from the node's secret, so the names are the same after the object was out of memory.
 */
export function addressNames(secret: string): (header: string | null) => string {
  const key = hkdf(sha256, utf8(secret), undefined, INFO, KEY_LENGTH)
  return (header) => toHex(hmac(sha256, key, utf8(networkOf(header))).subarray(0, HASH))
}

/**
 * What counts as one place: an IPv4 address, or the first 64 bits of an IPv6 one. Of a list (X-Forwarded-For) the last counts, which our
 * own proxy has written. All that come without an address are one place.
 */
export function networkOf(header: string | null): string {
  const address = (header ?? "").split(",").at(-1)!.trim().toLowerCase().slice(0, 100)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  if (mapped !== null) return mapped[1]!
  const groups = groupsOf(address.split("%")[0]!)
  return groups === null ? address : groups.slice(0, GROUPS).join(":")
}

/** The eight groups of an IPv6 address without leading zeros; null where it is none. */
function groupsOf(address: string): string[] | null {
  const halves = address.split("::")
  if (!address.includes(":") || halves.length > 2) return null
  const [before, after] = halves.map((half) => (half === "" ? [] : half.split(":"))) as [string[], string[]?]
  const missing = ALL_GROUPS - before.length - (after?.length ?? 0)
  if (after === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...Array<string>(missing).fill("0"), ...(after ?? [])]
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? groups.map((group) => group.replace(/^0+(?=.)/, "")) : null
}
