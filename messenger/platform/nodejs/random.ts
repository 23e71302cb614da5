import { randomBytes } from "node:crypto"
import type { Random } from "../../../shared/random.ts"

/** The operating system's generator, as plain bytes: a Buffer's slice() and toString() are not those of a Uint8Array. */
export const systemRandom: Random = (length) => new Uint8Array(randomBytes(length))
