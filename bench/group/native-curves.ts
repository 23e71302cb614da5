import { registerHooks } from "node:module"

/** `node --import ./bench/group/native-curves.ts …`: Ed25519 by OpenSSL, as in the tests (test/native-ed25519.ts). All bytes are the same. */
const NOBLE = "@noble/curves/ed25519.js"
const native = new URL("../../test/native-ed25519.ts", import.meta.url).href

registerHooks({
  resolve: (source, context, next) => (source === NOBLE && context.parentURL !== native ? { url: native, format: "module-typescript", shortCircuit: true } : next(source, context)),
})
