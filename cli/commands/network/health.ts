import * as v from "valibot"

/** What a node or an authority tells of itself, as far as this is understood; the rest is kept for --json. */
const Health = v.looseObject({
  version: v.optional(v.string()),
  directory: v.nullish(v.number()),
  keyEpochs: v.optional(v.array(v.number())),
  refused: v.optional(v.record(v.string(), v.number()), {}),
  traffic: v.optional(v.record(v.string(), v.number()), {}),
  /** Of an authority: the nodes that it admits. */
  nodes: v.optional(
    v.array(v.looseObject({ url: v.string(), listed: v.optional(v.boolean()), reason: v.nullish(v.string()), clock: v.nullish(v.number()) })),
    [],
  ),
})

export type Health = v.InferOutput<typeof Health>

export interface Probe {
  readonly health: Health | null
  /** Why there is none. */
  readonly problem: string | null
  /** Of one GET /health over an open connection, ms. */
  readonly ping: number | null
}

const PATIENCE = 5000

/** Asks twice: the first time opens the connection. */
export async function probe(url: string): Promise<Probe> {
  const first = await ask(url)
  if (first.health === null) return first
  const second = await ask(url)
  return second.health === null ? first : second
}

async function ask(url: string): Promise<Probe> {
  const begin = performance.now()
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(PATIENCE) })
    const text = await response.text()
    const ping = performance.now() - begin
    if (!response.ok) return { health: null, problem: text.trim() === "secret" ? "its secret is missing or wrong" : `status ${response.status}`, ping: null }
    const { success, output } = v.safeParse(Health, JSON.parse(text))
    return success ? { health: output, problem: null, ping } : { health: null, problem: "no health", ping: null }
  } catch {
    return { health: null, problem: "no answer", ping: null }
  }
}
