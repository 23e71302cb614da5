import { split } from "./bytes.ts"
import { EXPLICIT_KEYS_VERSION, KEY_LENGTH, LIONESS_KEY_LENGTH, MAC_LENGTH, REPLAY_TAG_LENGTH, SEED_LENGTH } from "./constants.ts"
import type { Symmetric } from "./symmetric.ts"

/** All that a hop derives from the secret it shares with the sender. */
export interface HopKeys {
  /** AES-128-CTR over the routing information. */
  readonly cipher: Uint8Array
  /** HMAC-SHA256 over the routing information as it arrives. */
  readonly mac: Uint8Array
  /** In version 258 the LIONESS key itself; later only its first 16 bytes are used, as the seed of that key. */
  readonly explicitPayloadKey: Uint8Array
  readonly payloadSeed: Uint8Array
  readonly blinding: Uint8Array
  /** The same for all encodings of one group element, which the packet's own bytes are not. */
  readonly replayTag: Uint8Array
}

const CIPHER_KEY_LENGTH = 16
const EXPANDED_LENGTH = CIPHER_KEY_LENGTH + MAC_LENGTH + LIONESS_KEY_LENGTH + KEY_LENGTH + REPLAY_TAG_LENGTH // 288

const NO_SALT = new Uint8Array()
const EXPANDED_INFO = ascii("Dwste mou enan moxlo arketa makru kai ena upomoxlio gia na ton topothetisw kai tha kinisw thn gh.")
const PAYLOAD_SALT = ascii("sphinx-payload-key-V01-CS01-HKDF:SHA256-SALT")
const PAYLOAD_INFO = ascii("sphinx-payload-key-V01-CS01-HKDF:SHA256-INFO")

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

export function expandSecret(symmetric: Symmetric, sharedSecret: Uint8Array): Uint8Array {
  return symmetric.hkdfSha256(sharedSecret, NO_SALT, EXPANDED_INFO, EXPANDED_LENGTH)
}

export function hopKeys(symmetric: Symmetric, sharedSecret: Uint8Array): HopKeys {
  const [cipher, mac, explicitPayloadKey, blinding, replayTag] = split(
    expandSecret(symmetric, sharedSecret),
    CIPHER_KEY_LENGTH,
    MAC_LENGTH,
    LIONESS_KEY_LENGTH,
    KEY_LENGTH,
    REPLAY_TAG_LENGTH,
  )
  const [payloadSeed] = split(explicitPayloadKey, SEED_LENGTH)
  return { cipher, mac, explicitPayloadKey, payloadSeed, blinding, replayTag }
}

export function payloadKeyFromSeed(symmetric: Symmetric, seed: Uint8Array): Uint8Array {
  return symmetric.hkdfSha256(seed, PAYLOAD_SALT, PAYLOAD_INFO, LIONESS_KEY_LENGTH)
}

export function payloadKey(symmetric: Symmetric, keys: HopKeys, version: number): Uint8Array {
  return version === EXPLICIT_KEYS_VERSION ? keys.explicitPayloadKey : payloadKeyFromSeed(symmetric, keys.payloadSeed)
}
