import { randomBytes } from "node:crypto"
import { ed25519 } from "@noble/curves/ed25519.js"

const { Point } = ed25519
const { Fp } = Point
type Point = InstanceType<typeof Point>

/** X25519: what a sender shows, and what it shares with the node by it. 32 bytes each. */
export interface Agreement {
  readonly alpha: Uint8Array
  readonly shared: Uint8Array
}

const AT_ONCE = 256

/**
 * Any number of agreements with the owner of an X25519 key, for a tenth of their price: of the secrets x, x + 1, x + 2 … each alpha and each shared secret is the one before it and a point more.
 * A node cannot tell, but whoever sees two of them can, so they are good for nothing but measuring.
 */
export function* agreements(key: Uint8Array): Generator<Agreement, never> {
  // RFC 7748: u = (1 + y) / (1 - y). The sign of x is lost in u, and any will do.
  const u = Fp.fromBytes(key)
  const owner = Point.fromBytes(Fp.toBytes(Fp.div(Fp.sub(u, Fp.ONE), Fp.add(u, Fp.ONE))))
  const secret = BigInt(`0x${randomBytes(31).toString("hex")}`)
  let [alpha, shared] = [Point.BASE.multiply(secret), owner.multiply(secret)]
  for (;;) {
    const points: Point[] = []
    for (let i = 0; i < AT_ONCE; i++) {
      points.push(alpha, shared)
      alpha = alpha.add(Point.BASE)
      shared = shared.add(owner)
    }
    const coordinates = montgomery(points)
    for (let i = 0; i < coordinates.length; i += 2) yield { alpha: coordinates[i]!, shared: coordinates[i + 1]! }
  }
}

/** The u-coordinates, of 32 bytes each. */
function montgomery(points: readonly Point[]): Uint8Array[] {
  const inverses = Fp.invertBatch(points.map(({ Y, Z }) => Fp.sub(Z, Y)))
  return points.map(({ Y, Z }, i) => Fp.toBytes(Fp.mul(Fp.add(Z, Y), inverses[i]!)))
}
