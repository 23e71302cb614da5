import { concat, fromInteger, split, toInteger, xor, xorInto } from "./bytes.ts"
import {
  DELAY_LENGTH,
  DESTINATION_LENGTH,
  FINAL_SLOT_LENGTH,
  FLAG_LENGTH,
  IDENTIFIER_LENGTH,
  KEYSTREAM_LENGTH,
  MAC_LENGTH,
  NODE_ADDRESS_LENGTH,
  ROUTING_LENGTH,
  SLOT_LENGTH,
  VERSION_LENGTH,
} from "./constants.ts"
import { SphinxError } from "./error.ts"
import type { HopKeys } from "./keys.ts"
import type { Symmetric } from "./symmetric.ts"

/** The routing information as it arrives at a hop, and the MAC over it. */
export interface Routing {
  readonly gamma: Uint8Array
  readonly beta: Uint8Array
}

export interface Instructions {
  readonly keys: HopKeys
  readonly address: Uint8Array
  readonly delayNanos: bigint
}

const FORWARD = 1
const FINAL = 2

export function gammaOf(symmetric: Symmetric, keys: HopKeys, beta: Uint8Array): Uint8Array {
  const [gamma] = split(symmetric.hmacSha256(keys.mac, beta), MAC_LENGTH)
  return gamma
}

/** The end of the routing information as the last hop will see it: what the hops before it have decrypted zeros to. */
export function filler(keystreams: readonly Uint8Array[]): Uint8Array {
  let filler = new Uint8Array()
  for (const keystream of keystreams) {
    const longer = new Uint8Array(filler.length + SLOT_LENGTH)
    longer.set(filler)
    xorInto(longer, keystream.subarray(KEYSTREAM_LENGTH - longer.length))
    filler = longer
  }
  return filler
}

/** How many random bytes the last hop's slot is filled up with. (Zeros there would tell it how long the route is: arXiv 1910.13772.) */
export function paddingLength(hops: number): number {
  return ROUTING_LENGTH - SLOT_LENGTH * (hops - 1) - FINAL_SLOT_LENGTH
}

/** The routing information for the first and for the last hop of a route. A hop's delay is written for that hop; the last one has none. */
export async function buildRouting(
  symmetric: Symmetric,
  version: number,
  hops: readonly Instructions[],
  destination: Uint8Array,
  identifier: Uint8Array,
  padding: Uint8Array,
): Promise<{ first: Routing; last: Routing }> {
  const versionBytes = fromInteger(BigInt(version), VERSION_LENGTH)
  const keystreams = await Promise.all(hops.map(async ({ keys }) => symmetric.aes128Ctr(keys.cipher, KEYSTREAM_LENGTH)))
  const last = hops.length - 1

  const finalSlot = concat(Uint8Array.of(FINAL), versionBytes, destination, identifier, padding)
  let beta = concat(xor(finalSlot, keystreams[last]!), filler(keystreams.slice(0, last)))
  let gamma = gammaOf(symmetric, hops[last]!.keys, beta)
  const lastRouting = { gamma, beta }
  for (let i = last - 1; i >= 0; i--) {
    const { keys, delayNanos } = hops[i]!
    const slot = concat(
      Uint8Array.of(FORWARD),
      versionBytes,
      hops[i + 1]!.address,
      fromInteger(delayNanos, DELAY_LENGTH),
      gamma,
      beta.subarray(0, ROUTING_LENGTH - SLOT_LENGTH),
    )
    beta = xor(slot, keystreams[i]!)
    gamma = gammaOf(symmetric, keys, beta)
  }
  return { first: { gamma, beta }, last: lastRouting }
}

export type Slot =
  /** `next`: gamma 16, beta 300, as they stand in the packet for the next hop. */
  | { kind: "forward"; version: Uint8Array; nextAddress: Uint8Array; delayNanos: bigint; next: Uint8Array }
  | { kind: "final"; version: Uint8Array; destination: Uint8Array; identifier: Uint8Array }

/** Decrypts what a hop is told, in place of its keystream of 360 bytes. `beta` must have passed its MAC. Throws SphinxError("flag"). */
export function readSlot(keystream: Uint8Array, beta: Uint8Array): Slot {
  const plain = keystream
  xorInto(plain, beta)
  const [flag, version, rest] = split(plain, FLAG_LENGTH, VERSION_LENGTH, KEYSTREAM_LENGTH - FLAG_LENGTH - VERSION_LENGTH)
  switch (flag[0]) {
    case FORWARD: {
      const [nextAddress, delay, next] = split(rest, NODE_ADDRESS_LENGTH, DELAY_LENGTH, MAC_LENGTH + ROUTING_LENGTH)
      return { kind: "forward", version, nextAddress, delayNanos: toInteger(delay), next }
    }
    case FINAL: {
      const [destination, identifier] = split(rest, DESTINATION_LENGTH, IDENTIFIER_LENGTH)
      return { kind: "final", version, destination, identifier }
    }
    default:
      throw new SphinxError("flag")
  }
}
