import nodeCrypto from "node:crypto"
import module from "sphinx-packet/lioness.wasm"
import { nodeSymmetric, wasmLioness } from "sphinx-packet"
import { partTimes, unwrapTimes } from "./unwrap.ts"

const platform = async () => ({
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  now: () => performance.now(),
  subtle: crypto.subtle,
  nodeSymmetric: nodeSymmetric(nodeCrypto),
  wasm: await wasmLioness(module),
})

export default {
  async fetch(request: Request) {
    // Whoever starts it wants to know whether it runs.
    if (new URL(request.url).pathname !== "/times") return new Response("{}")
    return Response.json({ parts: await partTimes(await platform()), unwrap: await unwrapTimes(await platform()) })
  },
}
