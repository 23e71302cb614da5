import { ed25519 } from "@noble/curves/ed25519.js"
import { toHex } from "../../shared/bytes.ts"
import { scalarBytes } from "../../shared/ed25519.ts"

const P = 2n ** 255n - 19n
/** The highest bit of the encoding: the sign of x. */
const SIGN = 2n ** 255n
/** A point of order 8 has this y. */
const Y_OF_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n

const encoded = (y: bigint) => toHex(scalarBytes(y))

/** The eight points whose order divides 8, canonically encoded: the neutral one, one of order 2, two of 4, four of 8. */
export const OF_SMALL_ORDER: readonly string[] = [
  encoded(1n),
  encoded(P - 1n),
  encoded(0n),
  encoded(SIGN),
  ...[Y_OF_ORDER_8, P - Y_OF_ORDER_8].flatMap((y) => [encoded(y), encoded(y + SIGN)]),
]

/** Encodings that a lenient decoder (ZIP 215) takes for points, too: y not reduced (2^255 - 19 + 0, 1, 3, …), and a sign of x = 0. */
export const NOT_CANONICAL: readonly string[] = [
  ...[0n, 1n, 3n, 4n, 5n, 6n, 9n, 10n, 14n, 15n, 16n, 18n].flatMap((y) => [encoded(P + y), encoded(P + y + SIGN)]),
  encoded(1n + SIGN),
  encoded(P - 1n + SIGN),
]

/** The point that a lenient decoder finds. Throws where there is none. */
export function lenient(bytes: Uint8Array) {
  return ed25519.Point.fromBytes(bytes, true)
}
