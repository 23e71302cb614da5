import { expect, test, vi } from "vitest"
import type * as create from "../../messenger/mls/create.ts"
import { storm } from "./storm.ts"

vi.mock("../../messenger/mls/create.ts", async (original) => {
  const { createMls } = await original<typeof create>()
  const { watched } = await import("./ledger.ts")
  return { createMls: (parts: Parameters<typeof createMls>[0]) => watched(createMls(parts), parts.random) }
})

const MINUTE = 60_000

interface Weather {
  readonly seed: string
  readonly people: number
  readonly messages: number
  /** Virtual minutes within which all has come. */
  readonly within: number
  /** Means between two restarts, virtual minutes: of a node, of a client. */
  readonly restarts: readonly [nodes: number, clients: number]
}

/**
 * `bench/storm.ts` is the same with X25519 and people who get to know each other in the storm, which takes several times as long. SEED runs others:
 *   SEED=7 node scripts/n.mjs npx vitest run --project node test/scenarios/storm.test.ts
 */
const own = process.env["SEED"]
const weathers: readonly Weather[] =
  own === undefined
    ? [
        { seed: "2", people: 4, messages: 100, within: 60, restarts: [15, 10] },
        { seed: "3", people: 3, messages: 100, within: 60, restarts: [5, 1] },
      ]
    : [{ seed: own, people: 10, messages: 10_000, within: 120, restarts: [15, 10] }]

test.each(weathers)(
  "in a storm ($seed) $people people get all of $messages messages, each once and in its sender's order: a fifth of all requests gets lost on every hop, everything is stopped and clocks are wrong",
  { timeout: 30 * MINUTE },
  async ({ seed, people, messages, within, restarts: [nodes, clients] }) => {
    const result = await storm({
      seed,
      people,
      messages,
      within: within * MINUTE,
      loss: 0.2,
      burst: 16,
      bursts: 2000,
      clocks: 10 * MINUTE,
      nodeRestarts: nodes * MINUTE,
      clientRestarts: clients * MINUTE,
      peace: true,
    })
    const again = `node scripts/n.mjs node bench/storm.ts --cheap --peace --seed ${seed} --people ${people} --messages ${messages} prints what happens`
    expect(result, again).toMatchObject({ sent: messages, lost: 0, doubled: 0, disordered: 0, reused: 0, vanished: 0 })
    expect(result.took, again).toBeLessThan((within * MINUTE) / 1000)
    // Every node and every client was stopped, and nobody by the others' clocks.
    expect(result.restarts.nodes, again).toBeGreaterThan(0)
  },
)
