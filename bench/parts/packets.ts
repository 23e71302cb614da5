import * as nodeCrypto from "node:crypto"
import { readFileSync } from "node:fs"
import { nodeSymmetric, wasmLioness, workerSymmetric } from "sphinx-packet"
import { table } from "../pages.ts"
import type { Part } from "../part.ts"
import { timesInChromium } from "../sphinx/chromium.ts"
import { clientWork } from "../sphinx/client.ts"
import { withCrate } from "../sphinx/crate.ts"
import type { Run } from "../sphinx/timing.ts"
import { bestOf } from "../sphinx/timing.ts"
import type { Platform, Times, Work } from "../sphinx/work.ts"
import { partWork, unwrapWork } from "../sphinx/work.ts"
import { inWorkerd } from "../sphinx/workerd.ts"

/** Microseconds, each the best of a few batches, for the network's own sizes: payload 4,113 bytes, version 260. */
interface Packets {
  /** What clients do, by the clock; a quick run leaves both out. Chromium: null where there is none. */
  readonly node: { readonly client: Record<string, Times>; readonly unwrap: Record<string, Times>; readonly parts: Times } | null
  readonly chromium: Record<string, Times> | null
  /** By CPU. Requests are made by clients, not there, but by the same code. */
  readonly workerd: { readonly unwrap: Record<string, Times>; readonly request: Times; readonly parts: Times }
  /** A packet forwarded by the Rust crate sphinx-packet 0.6.0; null where it cannot be built. */
  readonly crate: number | null
}

/** Rows and parts of which ratios are made. */
const NOBLE = "JavaScript only (noble)"
const WASM = "and LIONESS in WebAssembly"
const NODES = "and HKDF, HMAC, AES-CTR of the platform"
const PARTS: readonly string[] = ["LIONESS noble", "LIONESS WebAssembly"]
const READY = "X25519, key ready"
const IMPORTED = "X25519, key imported"
const CLIENT = { build: "build, 4 hops", createSurb: "SURB, 5 hops", request: "a request: both", useSurb: "use a SURB", recoverReply: "open a reply" }

export const packets: Part<Packets> = {
  name: "packets",

  async measure(quick, say) {
    const module = readFileSync(new URL(import.meta.resolve("sphinx-packet/lioness.wasm")))
    const batches = quick ? 8 : 40
    const platform: Platform = {
      random: (length) => new Uint8Array(nodeCrypto.randomBytes(length)),
      subtle: globalThis.crypto.subtle,
      symmetric: nodeSymmetric(nodeCrypto),
      natives: { "node:crypto": nodeSymmetric(nodeCrypto), WebCrypto: workerSymmetric(nodeCrypto, globalThis.crypto.subtle) },
      wasm: await wasmLioness(module),
    }
    const here = (work: Work) => bestOf(work, () => performance.now(), batches)
    say("packets in Chromium")
    const inChromium = quick ? null : await timesInChromium(module, batches)
    say("packets in Node")
    const node = quick ? null : { client: await each(await clientWork(platform), here), unwrap: await each(await unwrapWork(platform), here), parts: await here(await partWork(platform)) }
    say(quick ? "packets in workerd" : "packets in workerd and in the Rust crate")
    const beside = quick ? await timesInWorkerd(platform, batches, quick, null) : await withCrate((crate) => timesInWorkerd(platform, batches, quick, crate))
    if (beside.crate === null && !quick) say("cargo is not installed, or the crate does not build: compared with what was recorded.")
    return { node, chromium: inChromium, ...beside }
  },

  tables({ node, chromium, workerd, crate }) {
    // A quick run has measured nothing but what ratios need.
    if (node === null) return Object.fromEntries([["packets-parts", table(["µs", "workerd"], Object.entries(workerd.parts).map(([name, time]) => [name, micro(time)]))]])
    const compared = crate ?? recordedCrate()
    return {
      "packets-client": table(["µs", ...Object.values(CLIENT)], [...(chromium === null ? [] : rows("Chromium", chromium)), ...rows("Node", node.client)]),
      "packets-node": table(
        ["µs", "workerd", "of the crate's time", "Node"],
        [
          ...Object.entries(workerd.unwrap).map(([name, { unwrap }]) => [name, micro(unwrap!), (unwrap! / compared).toFixed(2), micro(node.unwrap[name]!.unwrap!)]),
          [`the Rust crate \`sphinx-packet\` 0.6.0${crate === null ? ", as recorded" : ""}`, micro(compared), "1", ""],
        ],
      ),
      "packets-parts": table(["µs", "workerd", "Node"], Object.entries(workerd.parts).map(([name, time]) => [name, micro(time), micro(node.parts[name]!)])),
    }
  },

  ratios({ workerd: { unwrap, request, parts } }) {
    const ours = unwrap[NODES]!.unwrap!
    return {
      "a packet forwarded, of what it takes in JavaScript only": ours / unwrap[NOBLE]!.unwrap!,
      "a packet forwarded, of its two X25519": ours / (parts[READY]! + parts[IMPORTED]!),
      "LIONESS, of what it takes in JavaScript": parts["LIONESS WebAssembly"]! / parts["LIONESS noble"]!,
      "a request made, of what it takes in JavaScript only": request[WASM]! / request[NOBLE]!,
    }
  },
}

async function each(rows: Record<string, Work>, time: (work: Work, row: string) => Promise<Times>): Promise<Record<string, Times>> {
  const times: Record<string, Times> = {}
  for (const [row, work] of Object.entries(rows)) times[row] = await time(work, row)
  return times
}

/** A quick run measures what ratios need. A packet that nodes forward is measured in turns with what it is compared with. */
function timesInWorkerd(platform: Platform, batches: number, quick: boolean, rust: Run | null): Promise<Pick<Packets, "workerd" | "crate">> {
  return inWorkerd(batches, async (ask, inTurns) => {
    const some = async (names: readonly string[], begin = "") => {
      const times: Times = {}
      for (const name of names) times[name] = await ask(begin + name)
      return times
    }
    const unwrap = await each(await unwrapWork(platform), (work, row) => some(quick ? (row === NOBLE ? ["unwrap"] : []) : Object.keys(work), `${row}: `))
    const parts = await some(quick ? PARTS : Object.keys(await partWork(platform)))
    const request = { [NOBLE]: await ask(`${NOBLE}: request`), [WASM]: await ask(`${WASM}: request`) }
    const [ours, ready, imported, crate] = await inTurns([`${NODES}: unwrap`, READY, IMPORTED], rust === null ? [] : [rust])
    return { workerd: { unwrap: { ...unwrap, [NODES]: { ...unwrap[NODES], unwrap: ours! } }, parts: { ...parts, [READY]: ready!, [IMPORTED]: imported! }, request }, crate: crate ?? null }
  })
}

function rows(where: string, times: Record<string, Times>): string[][] {
  return Object.entries(times).map(([name, row]) => [`${where}: ${name}`, ...Object.keys(CLIENT).map((key) => micro(row[key]!))])
}

function micro(time: number): string {
  return time < 20 ? time.toFixed(1) : Math.round(time).toLocaleString("en")
}

function recordedCrate(): number {
  const { packets } = JSON.parse(readFileSync(new URL("../recorded/performance.json", import.meta.url), "utf8")) as { packets?: { result: Packets } }
  return packets?.result.crate ?? NaN
}
