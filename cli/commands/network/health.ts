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
  /** Of one GET /health over an open connection, while nobody else was asked, ms. */
  readonly ping: number | null
}

const PATIENCE = 5000

/** Asks all at once, which opens connections, and then those that answered one after the other, which is timed. */
export async function probes(urls: readonly string[]): Promise<Probe[]> {
  const found = await Promise.all(urls.map(ask))
  for (const [i, url] of urls.entries()) {
    if (found[i]!.health === null) continue
    const again = await ask(url)
    if (again.health !== null) found[i] = again
  }
  return found
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
