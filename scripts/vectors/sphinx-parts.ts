import * as nodeCrypto from "node:crypto"
import { readFile } from "node:fs/promises"
import { nobleLioness, nobleSymmetric, nobleX25519, nodeSymmetric, wasmLioness, webCryptoX25519 } from "sphinx-packet"
import type { Lioness, Symmetric, X25519 } from "sphinx-packet"

/** What a platform may put in place of other implementations. */
export interface Parts {
  readonly x25519: X25519
  readonly lioness: Lioness
  readonly symmetric: Symmetric
}

/** In JavaScript only, and with all that the platform has. */
export async function implementations(): Promise<readonly [string, Parts][]> {
  const module = new URL(import.meta.resolve("sphinx-packet/lioness.wasm"))
  const platform = {
    x25519: webCryptoX25519(globalThis.crypto.subtle),
    lioness: await wasmLioness(await readFile(module)),
    symmetric: nodeSymmetric(nodeCrypto),
  }
  return [
    ["noble", { x25519: nobleX25519(), lioness: nobleLioness, symmetric: nobleSymmetric }],
    ["platform", platform],
  ]
}
