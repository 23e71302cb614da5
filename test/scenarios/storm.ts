import type { X25519 } from "sphinx-packet"
import type { Random } from "../../shared/random.ts"
import { exponential, pick, uniform } from "../../shared/random.ts"
import { seeded, SimNetwork } from "../sim/sim-network.ts"
import { Direction } from "./direction.ts"
import { Mortal } from "./mortal.ts"

export interface StormOptions {
  readonly seed: string
  /** The key agreement of packets; the cheap group where it is left out. */
  readonly x25519?: X25519
  readonly people: number
  readonly messages: number
  /** People get to know each other before anything gets lost or is stopped. */
  readonly peace?: boolean
  /** Messages that are written one right after the other. */
  readonly burst: number
  /** Share of requests between nodes that get lost, on each hop. */
  readonly loss: number
  /** Clocks are up to so far apart, half of it from the right time; ms. */
  readonly clocks: number
  /** Means, ms: between two restarts of a node, of a client; between two bursts. */
  readonly nodeRestarts: number
  readonly clientRestarts: number
  readonly bursts: number
  /** All has to have come within so many ms of virtual time. */
  readonly within: number
  readonly say?: (line: string) => void
}

export interface Storm {
  readonly sent: number
  readonly lost: number
  readonly doubled: number
  /** Messages that were shown before a restart and not known after it, and steps of a ratchet that made two messages, where ledgers are kept. */
  readonly vanished: number
  readonly reused: number
  /** Conversations' directions in which something came in another order than it was written. */
  readonly disordered: number
  readonly restarts: { readonly nodes: number; readonly clients: number }
  /** Virtual seconds until people knew each other, and from the first message until the last had come. */
  readonly acquainted: number
  readonly took: number
  /** From writing to the reader's store; ms, rising. */
  readonly delays: readonly number[]
}

const MINUTE = 60_000
/** So often the stores are looked into; ms. */
const LOOK = 5000

/** People in a ring, each in conversations with both neighbours, on a network where nothing lasts. */
export async function storm(options: StormOptions): Promise<Storm> {
  const random = seeded(`storm ${options.seed}`)
  const off = () => (uniform(random) - 0.5) * options.clocks
  const nodes = [1, 2, 3].flatMap((layer) => [`mix${layer}a`, `mix${layer}b`]).concat("dropbox-a", "dropbox-b")
  const network = await SimNetwork.start({ seed: options.seed, ...(options.x25519 && { x25519: options.x25519 }), skew: Object.fromEntries(nodes.map((name) => [name, Math.round(off())])) })
  const { clock } = network
  const downFor = () => 1000 + 9000 * uniform(random)
  const people = Array.from({ length: options.people }, (_, i) => new Mortal(network, `person-${i}`, { skew: Math.round(off()), downFor }))
  const begun = clock.now()
  for (const person of people) {
    await person.open()
    await person.run("create-profile", { name: person.name })
    await person.run("speed", { speed: "fast" })
  }
  const pairs = people.map((person, i) => [person, people[(i + 1) % people.length]!] as const).slice(0, people.length === 2 ? 1 : undefined)
  const breakOut = () => {
    network.loss = options.loss
    return unrest(network, people, random, options)
  }
  const early = options.peace === true ? null : breakOut()
  await acquaint(network, pairs, options.within)
  const restarts = early ?? breakOut()
  const acquainted = clock.now()
  options.say?.(`${pairs.length} conversations after ${Math.round((acquainted - begun) / 1000)} s`)

  const directions = pairs.flatMap(([a, b]) => [new Direction(a, b), new Direction(b, a)])
  const come = async () => {
    let sum = 0
    for (const direction of directions) sum += await direction.look()
    return sum
  }
  const behind = () => directions.filter(({ found, written }) => found < written).map(({ from, to, found, written }) => `${from.name} to ${to.name} ${found} of ${written}`)
  let sent = 0
  while (sent < options.messages) {
    const direction = pick(random, directions)
    for (let i = 0; i < options.burst && sent < options.messages; i++, sent++) await direction.write()
    await clock.run(exponential(random, options.bursts))
  }
  const written = clock.now()
  options.say?.(`${sent} written after ${Math.round((written - acquainted) / 1000)} s, ${await come()} come`)
  for (let said = clock.now(); (await come()) < sent && clock.now() < acquainted + options.within; ) {
    await clock.run(LOOK)
    if (clock.now() - said < 5 * MINUTE) continue
    said = clock.now()
    options.say?.(`${Math.round((said - acquainted) / 1000)} s: ${await come()} come, ${Math.round(process.memoryUsage().rss / 1e6)} MB; ${behind().slice(0, 6).join(", ")}`)
  }
  const took = (clock.now() - acquainted) / 1000
  const counts = restarts()
  const vanished = people.reduce((sum, person) => sum + person.vanished.length, 0)
  const reused = people.reduce((sum, person) => sum + person.ledger.reused.length, 0)
  return { ...(await count(directions)), vanished, reused, sent, restarts: counts, acquainted: (acquainted - begun) / 1000, took }
}

/** Restarts of everything, at any time, until the returned function is called, which says how many there were. */
function unrest(network: SimNetwork, people: readonly Mortal[], random: Random, { nodeRestarts, clientRestarts }: StormOptions): () => Storm["restarts"] {
  const { clock } = network
  const counts = { nodes: 0, clients: 0 }
  let isOver = false
  /** At any time, and in another order each time that all were. */
  const again = <T>(all: readonly T[], mean: number, act: (one: T) => Promise<void> | void, left: T[] = []): void => {
    clock.at(clock.now() + exponential(random, mean / all.length), async () => {
      if (isOver) return
      if (left.length === 0) left.push(...all)
      await act(left.splice(Math.floor(left.length * uniform(random)), 1)[0]!)
      again(all, mean, act, left)
    })
  }
  again(network.names, nodeRestarts, async (name) => {
    if (network.down.has(name)) return
    counts.nodes++
    await network.restart(name, 1000 + 14_000 * uniform(random))
  })
  again(people, clientRestarts, (person) => {
    counts.clients++
    const kind = uniform(random) < 0.5 ? "commit" : "send"
    // Half of them in the midst of something.
    if (uniform(random) < 0.5) person.kill()
    else person.strike({ kind, at: person.counts[kind] + 1 + Math.floor(20 * uniform(random)), moment: uniform(random) < 0.5 ? "before" : "after" })
  })
  return () => {
    isOver = true
    for (const person of people) person.strike(null)
    return counts
  }
}

async function acquaint(network: SimNetwork, pairs: readonly (readonly [Mortal, Mortal])[], within: number): Promise<void> {
  const end = network.clock.now() + within
  const waiting = new Set(pairs)
  for (const [inviter, guest] of pairs) {
    await inviter.insist(async () => (await inviter.contact(guest.name)) !== undefined, () => inviter.run("invite", { name: guest.name }))
  }
  while (waiting.size > 0) {
    if (network.clock.now() > end) throw new Error(`${waiting.size} of ${pairs.length} pairs did not get to know each other`)
    await network.clock.run(2000)
    for (const pair of waiting) if (await isAcquainted(...pair)) waiting.delete(pair)
  }
}

/** Does what is to be done next; true where nothing is. */
async function isAcquainted(inviter: Mortal, guest: Mortal): Promise<boolean> {
  const shown = await inviter.attempt(() => inviter.contact(guest.name))
  const entered = await guest.attempt(() => guest.contact(inviter.name))
  if (shown === undefined) return false
  if (entered === undefined && shown.code !== null) {
    await guest.insist(async () => (await guest.contact(inviter.name)) !== undefined, () => guest.run("add", { code: shown.code!, name: inviter.name }))
  }
  // The bundle was not found while dropboxes were down, and is looked for again.
  if (entered?.state === "failed") {
    const { id } = entered
    await guest.insist(async () => (await guest.contact(inviter.name)) === undefined, () => guest.run("remove", { contact: id }))
  }
  if (shown.state === "ask") {
    const { id } = shown
    await inviter.insist(async () => (await inviter.contact(guest.name))!.state === "ready", () => inviter.run("accept", { contact: id, trust: "met" }))
  }
  return shown.state === "ready" && entered?.state === "ready"
}

/** By what is in the stores in the end. */
async function count(directions: readonly Direction[]): Promise<Pick<Storm, "lost" | "doubled" | "disordered" | "delays">> {
  let [lost, doubled, disordered] = [0, 0, 0]
  const delays: number[] = []
  for (const direction of directions) {
    const outcome = await direction.outcome()
    lost += outcome.lost
    doubled += outcome.doubled
    if (outcome.isDisordered) disordered++
    delays.push(...outcome.delays)
  }
  return { lost, doubled, disordered, delays: delays.sort((a, b) => a - b) }
}
