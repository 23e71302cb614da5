export {
  DESTINATION_LENGTH,
  HEADER_LENGTH,
  IDENTIFIER_LENGTH,
  MAX_HOPS,
  NODE_ADDRESS_LENGTH,
  PAYLOAD_OVERHEAD,
} from "./constants.ts"
export { SphinxError } from "./error.ts"
export type { SphinxErrorReason } from "./error.ts"
export { nobleLioness } from "./lioness.ts"
export type { Lioness } from "./lioness.ts"
export { wasmLioness } from "./lioness-wasm.ts"
export { recoverPlaintext } from "./payload.ts"
export { createSphinx } from "./sphinx.ts"
export type { Opened, Released, RouteHop, Sphinx } from "./sphinx.ts"
export { decodeRecovery, encodeRecovery, replyTag } from "./surb.ts"
export type { SurbRecovery, Version } from "./surb.ts"
export { nobleSymmetric } from "./symmetric.ts"
export { nodeSymmetric } from "./symmetric-node.ts"
export type { NodeCrypto } from "./symmetric-node.ts"
export type { Symmetric } from "./symmetric.ts"
export { workerSymmetric } from "./symmetric-worker.ts"
export type { SubtleAes } from "./symmetric-worker.ts"
export type { Alphas, Chain, Met, PreparedSecret, X25519 } from "./x25519.ts"
export { nobleX25519 } from "./x25519-noble.ts"
export { defaultX25519, webCryptoX25519 } from "./x25519-webcrypto.ts"
export type { SubtleX25519 } from "./x25519-webcrypto.ts"
