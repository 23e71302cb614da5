import { wasmLioness } from "sphinx-packet"
import { clientWork } from "./client.ts"
import { bestOf } from "./timing.ts"
import type { Times } from "./work.ts"

/** What chromium.ts calls in a page. */
async function times({ module, batches }: { module: readonly number[]; batches: number }): Promise<Record<string, Times>> {
  const works = await clientWork({
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    subtle: crypto.subtle,
    wasm: await wasmLioness(new Uint8Array(module)),
  })
  const rows: Record<string, Times> = {}
  for (const [name, work] of Object.entries(works)) rows[name] = await bestOf(work, () => performance.now(), batches)
  return rows
}

Object.assign(globalThis, { times })
