import nodeCrypto from "node:crypto"
import module from "sphinx-packet/lioness.wasm"
import { nodeSymmetric, wasmLioness, workerSymmetric } from "sphinx-packet"
import { clientWork } from "./client.ts"
import type { Work } from "./work.ts"
import { partWork, unwrapWork } from "./work.ts"

/** The works of all kinds: those of a row behind its name. */
async function all(): Promise<Work> {
  const native = workerSymmetric(nodeCrypto, crypto.subtle)
  const platform = {
    random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    subtle: crypto.subtle,
    symmetric: native,
    natives: { "node:crypto": nodeSymmetric(nodeCrypto), WebCrypto: native },
    wasm: await wasmLioness(module),
  }
  const rows = [...Object.entries(await unwrapWork(platform)), ...Object.entries(await clientWork(platform))]
  return { ...(await partWork(platform)), ...Object.fromEntries(rows.flatMap(([row, works]) => Object.entries(works).map(([name, work]) => [`${row}: ${name}`, work]))) }
}

let works: Promise<Work> | null = null

export default {
  async fetch(request: Request) {
    const { searchParams } = new URL(request.url)
    // Whoever starts it wants to know whether it runs.
    const name = searchParams.get("work")
    if (name === null) return new Response("{}")
    const work = (await (works ??= all()))[name]!
    const count = Number(searchParams.get("count"))
    await work(count)
    return new Response("{}")
  },
}
