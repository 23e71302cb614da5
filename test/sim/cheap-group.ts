import type { X25519 } from "sphinx-packet"
import { fromHex, toHex } from "../../shared/bytes.ts"

const PRIME = 2n ** 255n - 19n
const GENERATOR = 9n

/**
 * In place of X25519, the numbers below 2^255 - 19 under multiplication, a public key being the generator times the secret: whoever divides has the secret. It
 * commutes, which is all that Sphinx asks of a group for its packets to go their way, and costs a hundredth. With it packets keep no secret from anybody: it is
 * for simulations of what is lost, late, and done again. Everything else in them is as elsewhere: headers, MACs, replay tags, payloads, boxes and MLS.
 */
export const cheapGroup: X25519 = {
  publicKey: async (secret) => element(number(secret) * GENERATOR),
  sharedSecret: async (secret, publicKey) => element(number(secret) * number(publicKey)),
  async prepare(secret) {
    // The bytes are overwritten as soon as this returns.
    const kept = number(secret)
    return { publicKey: element(kept * GENERATOR), sharedSecret: async (publicKey) => element(kept * number(publicKey)) }
  },
  async chain(secret, publicKeys, next) {
    let scalar = number(secret)
    const first = element(scalar * GENERATOR)
    let last = scalar
    for (const publicKey of publicKeys) {
      last = scalar
      scalar = (scalar * number(next(element(scalar * number(publicKey))))) % PRIME
    }
    return { first, last: async () => element(last * GENERATOR) }
  },
}

function element(product: bigint): Uint8Array {
  return fromHex((product % PRIME).toString(16).padStart(64, "0"))
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}
