import { concat, fromInteger, split, toInteger } from "./bytes.ts"
import {
  HEADER_LENGTH,
  IDENTIFIER_LENGTH,
  KEY_LENGTH,
  MAC_LENGTH,
  MAX_HOPS,
  NODE_ADDRESS_LENGTH,
  ROUTING_LENGTH,
  SEED_LENGTH,
  SEEDS_VERSION,
  SINGLE_SEED_VERSION,
  SURB_PREFIX_LENGTH,
  VERSION_LENGTH,
} from "./constants.ts"
import { SphinxError } from "./error.ts"

/** The versions that can be sent. */
export type Version = typeof SEEDS_VERSION | typeof SINGLE_SEED_VERSION

/** What the maker of a SURB keeps, to know the reply and to open it. Secret, and good for one reply. */
export interface SurbRecovery {
  readonly version: Version
  readonly identifier: Uint8Array
  /** Version 260: one seed per hop, in route order. Version 259: the last hop's only. */
  readonly seeds: readonly Uint8Array[]
  /** The header with which the reply arrives at the last hop. */
  readonly header: Uint8Array
  /** Its MAC: 16 bytes by which a Map finds the recovery (see `replyTag`). */
  readonly tag: Uint8Array
}

export function encodeSurb(header: Uint8Array, firstHop: Uint8Array, seeds: readonly Uint8Array[]): Uint8Array {
  return concat(header, firstHop, ...seeds)
}

/** Header 348, first hop's address 32, 1 to 5 seeds of 16. Throws SphinxError("length"). */
export function decodeSurb(surb: Uint8Array): { header: Uint8Array; firstHop: Uint8Array; seeds: readonly Uint8Array[] } {
  if (surb.length < SURB_PREFIX_LENGTH) throw new SphinxError("length")
  const [header, firstHop, seeds] = split(surb, HEADER_LENGTH, NODE_ADDRESS_LENGTH, surb.length - SURB_PREFIX_LENGTH)
  return { header, firstHop, seeds: splitSeeds(seeds) }
}

function splitSeeds(bytes: Uint8Array): readonly Uint8Array[] {
  const count = bytes.length / SEED_LENGTH
  if (!Number.isInteger(count) || count < 1 || count > MAX_HOPS) throw new SphinxError("length")
  return split(bytes, ...Array.from({ length: count }, () => SEED_LENGTH))
}

function gammaOfHeader(header: Uint8Array): Uint8Array {
  const [, gamma] = split(header, KEY_LENGTH, MAC_LENGTH, ROUTING_LENGTH)
  return gamma
}

/** The 16 bytes of an arriving packet that equal the `tag` of its recovery, if it is a reply. Throws SphinxError("length"). */
export function replyTag(packet: Uint8Array): Uint8Array {
  if (packet.length < HEADER_LENGTH) throw new SphinxError("length")
  return gammaOfHeader(packet).slice()
}

export function surbRecovery(version: Version, identifier: Uint8Array, header: Uint8Array, seeds: readonly Uint8Array[]): SurbRecovery {
  return { version, identifier: identifier.slice(), seeds: seeds.map((seed) => seed.slice()), header, tag: gammaOfHeader(header).slice() }
}

/** Version 3, header 348, identifier 16, seeds of 16 each. A format of this package: nobody else reads it. */
export function encodeRecovery({ version, header, identifier, seeds }: SurbRecovery): Uint8Array {
  return concat(fromInteger(BigInt(version), VERSION_LENGTH), header, identifier, ...seeds)
}

/** Throws SphinxError("length") or ("version"). */
export function decodeRecovery(bytes: Uint8Array): SurbRecovery {
  const seedsLength = bytes.length - VERSION_LENGTH - HEADER_LENGTH - IDENTIFIER_LENGTH
  if (seedsLength < 0) throw new SphinxError("length")
  const [versionBytes, header, identifier, rest] = split(bytes, VERSION_LENGTH, HEADER_LENGTH, IDENTIFIER_LENGTH, seedsLength)
  const version = Number(toInteger(versionBytes))
  if (version !== SEEDS_VERSION && version !== SINGLE_SEED_VERSION) throw new SphinxError("version")
  const seeds = splitSeeds(rest)
  if (version === SEEDS_VERSION && seeds.length !== 1) throw new SphinxError("length")
  return surbRecovery(version, identifier, header.slice(), seeds)
}
