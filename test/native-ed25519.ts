/**
 * In place of noble's Ed25519 (vitest.config.ts, where it is not what is tested): signatures and public keys of RFC 8032 are the same whoever makes them,
 * and OpenSSL makes them thirty times as fast. Who verifies has to be noble, for verifiers differ on odd points; but what was signed in this process, or has
 * passed once, is not computed again: in a test many members of a group look at the same bytes, and all of them compute the same boxes.
 */
import { ed25519 as noble } from "@noble/curves/ed25519.js"
import type { KeyObject } from "node:crypto"
import { createHash, createPrivateKey, createPublicKey, sign as signNatively } from "node:crypto"

export * from "@noble/curves/ed25519.js"

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex")
const SEED_LENGTH = 32
/** How many keys are kept, and how many signatures. */
const KEPT = 4096
/** And how many points: a box is computed by each of its readers. */
const POINTS_KEPT = 1 << 16

interface Pair {
  readonly key: KeyObject
  readonly publicKey: Uint8Array
}

const pairs = new Map<string, Pair>()
const valid = new Set<string>()

function pairOf(seed: Uint8Array): Pair {
  const name = Buffer.from(seed).toString("base64")
  const kept = pairs.get(name)
  if (kept !== undefined) return kept
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" })
  const pair = { key, publicKey: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32)) }
  if (pairs.size >= KEPT) pairs.clear()
  pairs.set(name, pair)
  return pair
}

function remember(name: string): void {
  if (valid.size >= KEPT) valid.clear()
  valid.add(name)
}

/** Lengths are part of it, so no two triples have the same. */
function nameOf(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): string {
  return createHash("sha256").update(`${signature.length} ${publicKey.length} `).update(signature).update(publicKey).update(message).digest("base64")
}

const isSeed = (seed: unknown): seed is Uint8Array => seed instanceof Uint8Array && seed.length === SEED_LENGTH

type Point = InstanceType<typeof noble.Point>

const points = new Map<string, Point>()
const torsionFree = new Map<string, boolean>()

function kept<Value>(map: Map<string, Value>, name: string, make: () => Value): Value {
  const known = map.get(name)
  if (known !== undefined) return known
  const made = make()
  if (map.size >= POINTS_KEPT) map.clear()
  map.set(name, made)
  return made
}

/** A point that was decoded: what is computed with it is computed once. */
function remembering(point: Point, bytes: Uint8Array): Point {
  const name = Buffer.from(bytes).toString("base64")
  return Object.create(point, {
    multiply: { value: (scalar: bigint) => kept(points, `${name} ${scalar.toString(36)}`, () => point.multiply(scalar)) },
    isTorsionFree: { value: () => kept(torsionFree, name, () => point.isTorsionFree()) },
  }) as Point
}

/** Nobody measures how long a test's secrets take: noble's way of public scalars is twice as fast. */
const base = Object.create(noble.Point.BASE, {
  multiply: { value: (scalar: bigint) => (scalar === 0n ? noble.Point.BASE.multiply(scalar) : noble.Point.BASE.multiplyUnsafe(scalar)) },
  multiplyUnsafe: { value: (scalar: bigint) => noble.Point.BASE.multiplyUnsafe(scalar) },
}) as Point

const Point = Object.create(noble.Point, {
  BASE: { value: base },
  fromBytes: { value: (bytes: Uint8Array, zip215?: boolean) => (zip215 === undefined ? remembering(noble.Point.fromBytes(bytes), bytes) : noble.Point.fromBytes(bytes, zip215)) },
}) as typeof noble.Point

export const ed25519: typeof noble = {
  ...noble,
  Point,
  getPublicKey: (seed) => (isSeed(seed) ? pairOf(seed).publicKey.slice() : noble.getPublicKey(seed)),
  sign(message, seed, options) {
    if (!isSeed(seed) || options !== undefined) return noble.sign(message, seed, options)
    const { key, publicKey } = pairOf(seed)
    const signature = new Uint8Array(signNatively(null, message, key))
    remember(nameOf(signature, message, publicKey))
    return signature
  },
  verify(signature, message, publicKey, options) {
    const name = nameOf(signature, message, publicKey)
    if (valid.has(name)) return true
    const isValid = noble.verify(signature, message, publicKey, options)
    // By the stricter of the two ways that there are, and so by both.
    if (isValid && options?.zip215 === false) remember(name)
    return isValid
  },
}
