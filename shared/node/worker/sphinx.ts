import nodeCrypto from "node:crypto"
import type { Sphinx, X25519 } from "sphinx-packet"
import { createSphinx, defaultX25519, wasmLioness, workerSymmetric } from "sphinx-packet"
import lioness from "sphinx-packet/lioness.wasm"
import type { Random } from "../../random.ts"

/**
 * The packet format on the fastest parts that Workers have: X25519 and AES of WebCrypto, HKDF and HMAC of node:crypto (which needs
 * no flag as of our compatibility date), LIONESS in WebAssembly. docs/performance.md has what each of them brings.
 */
export async function workerSphinx(random: Random): Promise<{ sphinx: Sphinx; x25519: X25519 }> {
  const x25519 = await defaultX25519()
  const sphinx = createSphinx({ random, x25519, lioness: await wasmLioness(lioness), symmetric: workerSymmetric(nodeCrypto, crypto.subtle) })
  return { sphinx, x25519 }
}
