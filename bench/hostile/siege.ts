import { readFileSync } from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { openDocument } from "../../shared/directory/document.ts"
import { fromHex } from "../../shared/bytes.ts"
import type { RunningNetwork } from "../../scripts/network/network.ts"
import { acquaint, Person } from "../endurance/people.ts"
import type { Kind, World } from "./inputs.ts"
import { Attacker } from "./inputs.ts"

export interface SiegeOptions {
  readonly network: RunningNetwork
  readonly folder: string
  /** Hostile inputs in all. */
  readonly inputs: number
  /** Seconds of peace before, to compare with. */
  readonly peace: number
  readonly say: (line: string) => void
}

/** How honest clients fared for a time. */
export interface Fare {
  /** Replies that came, of packets that left. */
  readonly answered: number
  /** Seconds from writing to showing, sorted; Infinity for what had not come in the end. */
  readonly deliveries: readonly number[]
}

export interface Siege {
  readonly thrown: Readonly<Record<Kind, number>>
  readonly seconds: number
  readonly peace: Fare
  readonly siege: Fare
  /** Names of nodes that ended or do not answer any more. */
  readonly dead: readonly string[]
  /** Resident memory of the node that grew most, MB: before, the most during it, and when it was over. */
  readonly memory: { readonly before: number; readonly most: number; readonly after: number }
}

/** Of a hundred inputs, and how many at once make one throw. */
const MIXTURE: readonly { readonly kind: Kind; readonly share: number; readonly atOnce: number }[] = [
  { kind: "frames", share: 40, atOnce: 200 },
  { kind: "packets", share: 24, atOnce: 40 },
  { kind: "floods", share: 20, atOnce: 400 },
  { kind: "directory", share: 6, atOnce: 20 },
  { kind: "paths", share: 6, atOnce: 20 },
  { kind: "requests", share: 2, atOnce: 20 },
  { kind: "strangers", share: 1.5, atOnce: 16 },
  { kind: "slow", share: 0.5, atOnce: 16 },
]
/** Throws of each kind under way together. */
const TOGETHER = 3

/** Two honest people write to each other, first in peace, then while hostile inputs of all kinds rain on every node. */
export async function besiege({ network, folder, inputs, peace, say }: SiegeOptions): Promise<Siege> {
  const people = ["anna", "ben"].map((name) => new Person(name, path.join(folder, name)))
  const [anna, ben] = people as [Person, Person]
  try {
    for (const person of people) {
      await person.start(network.description)
      await person.run("create-profile", { name: person.name })
      await person.run("speed", { speed: "fast" })
    }
    await acquaint(anna, ben)
    const world = await worldOf(network)
    const pids = new Map(network.nodes.map(({ name, pid }) => [name, pid]))
    const before = memories(pids)
    const inPeace = await fare(people, async () => void (await sleep(peace * 1000)))
    say(`In peace: ${summary(inPeace)}`)

    const attacker = new Attacker(world, "one")
    await attacker.prepare()
    const thrown: Record<Kind, number> = { packets: 0, directory: 0, paths: 0, frames: 0, floods: 0, requests: 0, strangers: 0, slow: 0 }
    let most = before
    const begun = performance.now()
    const underSiege = await fare(people, async () => {
      const watch = setInterval(() => (most = larger(most, memories(pids))), 1000)
      const tell = setInterval(() => say(`${Math.round((performance.now() - begun) / 1000)} s: ${JSON.stringify(thrown)}`), 30_000)
      await Promise.all(
        MIXTURE.map(async ({ kind, share, atOnce }) => {
          const count = Math.ceil((inputs * share) / 100)
          const lane = async () => {
            while (thrown[kind] < count) {
              const now = Math.min(atOnce, count - thrown[kind])
              thrown[kind] += now
              await attacker.throw(kind, now)
            }
          }
          await Promise.all(Array.from({ length: TOGETHER }, lane))
        }),
      )
      clearInterval(watch)
      clearInterval(tell)
    })
    const seconds = Math.round((performance.now() - begun) / 1000)
    say(`Under siege: ${summary(underSiege)}`)
    await sleep(5000)
    const after = memories(pids)
    const dead: string[] = []
    for (const { name, url, pid } of network.nodes) {
      const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null)
      await answer?.body?.cancel()
      if (!answer?.ok || pids.get(name) !== pid) dead.push(name)
    }
    const grown = [...most].sort(([a, x], [b, y]) => y - before.get(b)! - (x - before.get(a)!))[0]![0]
    const memory = { before: before.get(grown)!, most: most.get(grown)!, after: after.get(grown)! }
    return { thrown, seconds, peace: inPeace, siege: underSiege, dead, memory }
  } finally {
    await Promise.all(people.map((person) => person.stop()))
  }
}

async function worldOf(network: RunningNetwork): Promise<World> {
  const document = new Uint8Array(await (await fetch(network.description.directories[0]!)).arrayBuffer())
  const authorities = { keys: network.description.authorities.map(({ key }) => fromHex(key)), threshold: network.description.threshold }
  return { nodes: network.nodes, document, directory: await openDocument(document, authorities) }
}

/** Both write every few seconds while `meanwhile` lasts; what is on the way then gets a minute more. */
async function fare(people: readonly Person[], meanwhile: () => Promise<void>): Promise<Fare> {
  const counts = async () => {
    const views = await Promise.all(people.map((person) => person.run("view", {})))
    return { sent: sum(views.map(({ network }) => network.sent)), replies: sum(views.map(({ network }) => network.replies)) }
  }
  const begin = await counts()
  const written = new Map<string, number>()
  let over = false
  const writing = (async () => {
    for (let i = 0; !over; i++) {
      const [from, to] = i % 2 === 0 ? [people[0]!, people[1]!] : [people[1]!, people[0]!]
      const text = `${from.name} ${performance.now()}`
      written.set(text, performance.now())
      await from.run("send", { conversation: from.contacts.get(to.name)!, text })
      await sleep(2000)
    }
  })()
  await meanwhile()
  const end = await counts()
  over = true
  await writing
  const shown = () => new Map(people.flatMap(({ told }) => told.map(({ text, at }) => [text, at] as const)))
  for (let i = 0; i < 60 && [...written.keys()].some((text) => !shown().has(text)); i++) await sleep(1000)
  const told = shown()
  const deliveries = [...written].map(([text, at]) => ((told.get(text) ?? Infinity) - at) / 1000).sort((a, b) => a - b)
  return { answered: (end.replies - begin.replies) / Math.max(1, end.sent - begin.sent), deliveries }
}

export function summary({ answered, deliveries }: Fare): string {
  const late = deliveries.filter((time) => time === Infinity).length
  return `${(100 * answered).toFixed(0)} % of packets answered, ${deliveries.length} messages, median ${deliveries[deliveries.length >> 1]?.toFixed(1)} s, not come within a minute: ${late}`
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

function memories(pids: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...pids].map(([name, pid]) => [name, residentOf(pid)]))
}

function residentOf(pid: number): number {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

function larger(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...a].map(([name, value]) => [name, Math.max(value, b.get(name) ?? 0)]))
}
