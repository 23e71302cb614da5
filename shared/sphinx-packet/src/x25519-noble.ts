import { ed25519, x25519 } from "@noble/curves/ed25519.js"
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js"
import { expectLength } from "./bytes.ts"
import { KEY_LENGTH } from "./constants.ts"
import { SphinxError } from "./error.ts"
import type { Chain, PreparedSecret, X25519 } from "./x25519.ts"
import { sequentialChain } from "./x25519.ts"

const { Point } = ed25519
const { Fp, Fn } = Point
type EdwardsPoint = InstanceType<typeof Point>

const COFACTOR = 8n
const U_MASK = (1n << 255n) - 1n

function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  expectLength(scalar, KEY_LENGTH, "a secret")
  expectLength(point, KEY_LENGTH, "a public key")
  try {
    return x25519.getSharedSecret(scalar, point)
  } catch {
    // With both lengths right, noble throws for an all-zero result only.
    throw new SphinxError("alpha")
  }
}

const sequential = sequentialChain(async (scalar) => async (point) => multiply(scalar, point))

/** The integer that X25519 makes of a scalar's bytes. */
function clamped(bytes: Uint8Array): bigint {
  return (bytesToNumberLE(expectLength(bytes, KEY_LENGTH, "a secret")) & ((1n << 254n) - COFACTOR)) | (1n << 254n)
}

/** Eight times the point of this u-coordinate on the Edwards curve, or undefined if it is on the twist. Its sign does not matter: u has none. */
function cofactorMultiple(publicKey: Uint8Array): EdwardsPoint | undefined {
  const u = Fp.create(bytesToNumberLE(expectLength(publicKey, KEY_LENGTH, "a public key")) & U_MASK)
  const denominator = Fp.add(u, Fp.ONE)
  if (Fp.is0(denominator)) return undefined
  let point: EdwardsPoint
  try {
    point = Point.fromBytes(numberToBytesLE(Fp.div(Fp.sub(u, Fp.ONE), denominator), KEY_LENGTH))
  } catch {
    return undefined
  }
  const multiple = point.clearCofactor()
  if (multiple.is0()) throw new SphinxError("alpha")
  return multiple
}

/** u = (1 + y) / (1 - y). */
function montgomeryU(point: EdwardsPoint): Uint8Array {
  return numberToBytesLE(Fp.div(Fp.add(point.Z, point.Y), Fp.sub(point.Z, point.Y)), KEY_LENGTH)
}

/**
 * One multiplication per hop instead of n(n+1)/2 altogether, with the same result: every clamped scalar is a multiple of
 * eight, so the product of those of a hop is 8t, and 8t·P = t·(8P). As 8P has prime order for every P of the curve,
 * t may be reduced by that order, whatever small-order part a hostile key has. Only keys on the twist need the long way.
 */
const productChain: Chain = async (secret, publicKeys, next) => {
  const points = publicKeys.map(cofactorMultiple)
  if (!points.every((point) => point !== undefined)) return sequential(secret, publicKeys, next)
  let scalar = clamped(secret) / COFACTOR
  let last = scalar
  for (const point of points) {
    last = scalar
    const blinding = next(montgomeryU(point.multiply(scalar)))
    scalar = Fn.mul(scalar, Fn.create(clamped(blinding)))
  }
  return {
    first: x25519.getPublicKey(secret),
    last: async () => montgomeryU(Point.BASE.multiply(Fn.mul(last, COFACTOR))),
  }
}

/**
 * X25519 in plain JavaScript, for where the platform has none. BigInt arithmetic is not constant in time: good
 * enough for a sender's ephemeral secrets; a node's long-lived ones are better off with webCryptoX25519.
 */
export function nobleX25519(): X25519 {
  const publicKey = async (secret: Uint8Array) => x25519.getPublicKey(expectLength(secret, KEY_LENGTH, "a secret"))
  return {
    publicKey,
    sharedSecret: async (secret, point) => multiply(secret, point),
    async prepare(secret): Promise<PreparedSecret> {
      const own = secret.slice()
      return { publicKey: await publicKey(own), sharedSecret: async (point) => multiply(own, point) }
    },
    chain: productChain,
  }
}
