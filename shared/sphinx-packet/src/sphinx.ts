import { concat, expectLength, fromInteger, isZero, sameSecret, split, toInteger } from "./bytes.ts"
import {
  DELAY_LENGTH,
  DESTINATION_LENGTH,
  EXPLICIT_KEYS_VERSION,
  HEADER_LENGTH,
  IDENTIFIER_LENGTH,
  KEYSTREAM_LENGTH,
  KEY_LENGTH,
  LIONESS_LEFT_LENGTH,
  MAC_LENGTH,
  MAX_HOPS,
  NODE_ADDRESS_LENGTH,
  ROUTING_LENGTH,
  SEEDS_VERSION,
  SINGLE_SEED_VERSION,
} from "./constants.ts"
import { SphinxError } from "./error.ts"
import { buildRouting, gammaOf, paddingLength, readSlot } from "./header.ts"
import type { Routing } from "./header.ts"
import { hopKeys, payloadKey, payloadKeyFromSeed } from "./keys.ts"
import type { HopKeys } from "./keys.ts"
import { nobleLioness } from "./lioness.ts"
import type { Lioness } from "./lioness.ts"
import { addLayers, padMessage, recoverPlaintext, removeLayer } from "./payload.ts"
import { decodeSurb, encodeSurb, surbRecovery } from "./surb.ts"
import type { SurbRecovery, Version } from "./surb.ts"
import { nobleSymmetric } from "./symmetric.ts"
import type { Symmetric } from "./symmetric.ts"
import { chainOf, meet } from "./x25519.ts"
import type { Met, PreparedSecret, X25519 } from "./x25519.ts"

export interface RouteHop {
  /** 32 bytes that the hop before it understands. */
  readonly address: Uint8Array
  /** X25519. */
  readonly publicKey: Uint8Array
  /** How long this hop shall hold the packet, below 2^64. That of the final hop is ignored. */
  readonly delayNanos: bigint
}

/** A packet whose MAC was right and that is not unwrapped yet. Its bytes must not change before `release`. */
export interface Opened {
  /** 32 bytes: the same for every packet that would be released to the same, whatever its bytes. Check and remember it before `release`. */
  readonly replayTag: Uint8Array
  readonly keys: HopKeys
  readonly packet: Uint8Array
  readonly met: Met
}

export type Released =
  | { kind: "forward"; version: number; nextAddress: Uint8Array; delayNanos: bigint; packet: Uint8Array }
  | { kind: "final"; version: number; destination: Uint8Array; identifier: Uint8Array; payload: Uint8Array }

export interface Sphinx {
  /**
   * A packet of 348 + payloadLength bytes for a route of 1 to 5 hops. Draws from `random`: 32 bytes (the ephemeral secret), then
   * 248 - 60 (hops - 1) (padding). Throws RangeError for arguments that do not fit, SphinxError("alpha") for a node key of low order.
   */
  build(p: {
    route: readonly RouteHop[]
    destination: Uint8Array
    /** Zeros unless given. */
    identifier?: Uint8Array
    message: Uint8Array
    payloadLength: number
    /** 260 unless given. */
    version?: Version
  }): Promise<{ packet: Uint8Array; firstHop: Uint8Array }>

  /** Key agreement and MAC, and nothing else of the packet is looked at. Rejects with SphinxError. */
  open(secret: PreparedSecret, packet: Uint8Array): Promise<Opened>

  /** Takes one layer off. Rejects with SphinxError. `payload` is still padded: see `recoverPlaintext`. */
  release(opened: Opened): Promise<Released>

  /**
   * A reply block of 396 bytes (version 260) or 380 + 16 per hop (259). In version 260 the maker must be the last hop of the
   * route, and the identifier must not be zero. Draws from `random` as `build` does, and throws the same.
   */
  createSurb(p: {
    route: readonly RouteHop[]
    destination: Uint8Array
    identifier: Uint8Array
    /** 260 unless given. */
    version?: Version
  }): Promise<{ surb: Uint8Array; recovery: SurbRecovery }>

  /** A packet from somebody else's reply block, which may be used once. Rejects with SphinxError("length") if it is none. */
  useSurb(surb: Uint8Array, message: Uint8Array, payloadLength: number): Promise<{ packet: Uint8Array; firstHop: Uint8Array }>

  /**
   * The message of a reply, from the packet as it arrives at the maker of the SURB, being its last hop. Needs no key agreement: the
   * header is compared with the expected one. Rejects with SphinxError("mac") if it differs, ("payload") if the payload was changed.
   */
  recoverReply(recovery: SurbRecovery, packet: Uint8Array): Promise<Uint8Array>

  /** The same from the payload that `release` returned as the final hop. Rejects with SphinxError("payload"). */
  unsealReply(recovery: SurbRecovery, payload: Uint8Array): Promise<Uint8Array>
}

const NO_IDENTIFIER = new Uint8Array(IDENTIFIER_LENGTH)
const LEGACY_VERSIONS: readonly number[] = [1, 257]
const OPENED_VERSIONS: readonly number[] = [EXPLICIT_KEYS_VERSION, SEEDS_VERSION, SINGLE_SEED_VERSION]
/** Of the three bytes of a version, the crate ignores the first. */
const VERSION_MASK = 0xffff

/**
 * @param p.random a cryptographically secure generator: returns as many fresh bytes as asked for
 * @param p.strictVersions true unless given. If false, versions that are not known are processed as 259, as the Rust crate does (1 and 257
 *   never are).
 */
export function createSphinx(p: {
  random: (length: number) => Uint8Array
  x25519: X25519
  strictVersions?: boolean
  lioness?: Lioness
  symmetric?: Symmetric
}): Sphinx {
  const { random, x25519, strictVersions = true, lioness = nobleLioness, symmetric = nobleSymmetric } = p
  const chain = chainOf(x25519)

  async function buildHeader(route: readonly RouteHop[], destination: Uint8Array, identifier: Uint8Array, version: Version) {
    const hops = checkedRoute(route)
    if (version !== SEEDS_VERSION && version !== SINGLE_SEED_VERSION) throw new RangeError("only versions 259 and 260 are sent")
    expectLength(destination, DESTINATION_LENGTH, "the destination")
    expectLength(identifier, IDENTIFIER_LENGTH, "the identifier")

    const secret = expectLength(random(KEY_LENGTH), KEY_LENGTH, "a random secret").slice()
    const padding = expectLength(random(paddingLength(hops.length)), paddingLength(hops.length), "random padding")
    const keys: HopKeys[] = []
    const alphas = await chain(
      secret,
      hops.map((hop) => hop.publicKey),
      (sharedSecret) => {
        const derived = hopKeys(symmetric, sharedSecret)
        sharedSecret.fill(0)
        keys.push(derived)
        return derived.blinding
      },
    )
    secret.fill(0)
    const instructions = hops.map((hop, i) => ({ ...hop, keys: keys[i]! }))
    return { firstHop: hops[0]!.address, keys, alphas, ...(await buildRouting(symmetric, version, instructions, destination, identifier, padding)) }
  }

  const seedKey = (seed: Uint8Array) => payloadKeyFromSeed(symmetric, seed)

  function releasedVersion(bytes: Uint8Array): number {
    const written = Number(toInteger(bytes))
    const version = strictVersions ? written : written & VERSION_MASK
    if (LEGACY_VERSIONS.includes(version)) throw new SphinxError("version")
    if (strictVersions && !OPENED_VERSIONS.includes(version)) throw new SphinxError("version")
    return version
  }

  /** Undoes what hops did that decrypted what had one layer only, and then takes off that layer. */
  function unseal(payload: Uint8Array, undo: readonly Uint8Array[], lastSeed: Uint8Array): Uint8Array {
    return recoverPlaintext(removeLayer(lioness, addLayers(lioness, payload, undo.map(seedKey)), seedKey(lastSeed)))
  }

  return {
    async build({ route, destination, identifier = NO_IDENTIFIER, message, payloadLength, version = SINGLE_SEED_VERSION }) {
      const padded = padMessage(message, payloadLength)
      const { firstHop, keys, alphas, first } = await buildHeader(route, destination, identifier, version)
      const payload = addLayers(
        lioness,
        padded,
        keys.map((hop) => seedKey(hop.payloadSeed)),
      )
      return { packet: concat(headerBytes(alphas.first, first), payload), firstHop: firstHop.slice() }
    },

    async open(secret, packet) {
      if (packet.length <= HEADER_LENGTH + LIONESS_LEFT_LENGTH) throw new SphinxError("length")
      const [alpha, gamma, beta] = splitHeader(packet)
      const met = await meet(x25519, secret, alpha)
      const keys = hopKeys(symmetric, met.sharedSecret)
      met.sharedSecret.fill(0)
      if (!sameSecret(gammaOf(symmetric, keys, beta), gamma)) throw new SphinxError("mac")
      return { replayTag: keys.replayTag, keys, packet, met }
    },

    async release({ keys, packet, met }) {
      const [, , beta] = splitHeader(packet)
      const slot = readSlot(await symmetric.aes128Ctr(keys.cipher, KEYSTREAM_LENGTH), beta)
      const version = releasedVersion(slot.version)
      const key = payloadKey(symmetric, keys, version)
      if (slot.kind === "final") {
        const { destination, identifier } = slot
        const payload = removeLayer(lioness, packet.subarray(HEADER_LENGTH), key)
        return { kind: "final", version, destination: destination.slice(), identifier: identifier.slice(), payload }
      }
      // In the one buffer that leaves: a node makes thousands of these in a second.
      const next = new Uint8Array(packet)
      lioness.decrypt(key, next.subarray(HEADER_LENGTH))
      next.set(slot.next, KEY_LENGTH)
      next.set(await met.times(keys.blinding))
      return { kind: "forward", version, nextAddress: slot.nextAddress.slice(), delayNanos: slot.delayNanos, packet: next }
    },

    async createSurb({ route, destination, identifier, version = SINGLE_SEED_VERSION }) {
      if (version === SINGLE_SEED_VERSION && isZero(identifier)) throw new RangeError("a SURB of version 260 needs an identifier")
      const { firstHop, keys, alphas, first, last } = await buildHeader(route, destination, identifier, version)
      const seeds = keys.map((hop) => hop.payloadSeed)
      const lastSeed = seeds.slice(-1)
      const single = version === SINGLE_SEED_VERSION
      return {
        surb: encodeSurb(headerBytes(alphas.first, first), firstHop, single ? lastSeed : seeds),
        recovery: surbRecovery(version, identifier, headerBytes(await alphas.last(), last), single ? seeds : lastSeed),
      }
    },

    async useSurb(surb, message, payloadLength) {
      const { header, firstHop, seeds } = decodeSurb(surb)
      const payload = addLayers(lioness, padMessage(message, payloadLength), seeds.map(seedKey))
      return { packet: concat(header, payload), firstHop: firstHop.slice() }
    },

    async recoverReply({ seeds, header }, packet) {
      if (packet.length <= HEADER_LENGTH + LIONESS_LEFT_LENGTH) throw new SphinxError("length")
      if (!sameSecret(packet.subarray(0, HEADER_LENGTH), header)) throw new SphinxError("mac")
      // As the last hop, the maker would decrypt with the last seed's key and undo that again: neither is done.
      return unseal(packet.subarray(HEADER_LENGTH), seeds.slice(0, -1), seeds.at(-1)!)
    },

    async unsealReply({ version, seeds }, payload) {
      if (version === SEEDS_VERSION) return recoverPlaintext(payload)
      if (payload.length <= LIONESS_LEFT_LENGTH) throw new SphinxError("payload")
      return unseal(payload, seeds, seeds.at(-1)!)
    },
  }
}

function splitHeader(packet: Uint8Array) {
  return split(packet, KEY_LENGTH, MAC_LENGTH, ROUTING_LENGTH)
}

function headerBytes(alpha: Uint8Array, { gamma, beta }: Routing): Uint8Array {
  return concat(alpha, gamma, beta)
}

function checkedRoute(route: readonly RouteHop[]): readonly RouteHop[] {
  if (route.length < 1 || route.length > MAX_HOPS) throw new RangeError(`a route must have 1 to ${MAX_HOPS} hops`)
  for (const [i, { address, publicKey, delayNanos }] of route.entries()) {
    expectLength(address, NODE_ADDRESS_LENGTH, "an address")
    expectLength(publicKey, KEY_LENGTH, "a public key")
    if (i < route.length - 1) fromInteger(delayNanos, DELAY_LENGTH)
  }
  return route
}
