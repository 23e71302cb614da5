import { readFileSync } from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { RunningNetwork } from "../../scripts/network/network.ts"
import { acquaint, Person } from "./people.ts"

export interface EnduranceOptions {
  readonly network: RunningNetwork
  /** Where the clients' profiles go. */
  readonly folder: string
  readonly clients: number
  /** For how long nodes are killed and messages written. */
  readonly seconds: number
  /** Mean between two messages of anybody, and between two kills. */
  readonly messageEvery: number
  readonly killEvery: number
  /** Messages that have not come so long after the last kill are lost. */
  readonly patience: number
  readonly say: (line: string) => void
}

export interface Endurance {
  readonly sent: number
  readonly lost: number
  /** Texts that were shown more than once. */
  readonly doubled: number
  readonly kills: number
  /** Seconds from writing to showing, sorted. */
  readonly times: readonly number[]
  /** Resident memory of the largest node process, MB. */
  readonly largest: number
}

/** Memory of a process in MB; 0 where it has just been killed. */
function resident(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/**
 * People in a ring, each writing to the next two neighbours, while every node in turn, in random order, is killed with SIGKILL
 * and started again from what it kept.
 */
export async function endure({ network, folder, clients, seconds, messageEvery, killEvery, patience, say }: EnduranceOptions): Promise<Endurance> {
  const people = Array.from({ length: clients }, (_, i) => new Person(`person-${i}`, path.join(folder, `person-${i}`)))
  try {
    for (const person of people) {
      await person.start(network.description)
      await person.run("create-profile", { name: person.name })
      await person.run("speed", { speed: "fast" })
    }
    const pairs = people.map((person, i) => [person, people[(i + 1) % people.length]!] as const).slice(0, clients === 2 ? 1 : clients)
    await Promise.all(pairs.map(([inviter, guest]) => acquaint(inviter, guest)))
    say(`${clients} clients, ${pairs.length} conversations`)
    return await ordeal({ network, people, pairs, seconds, messageEvery, killEvery, patience, say })
  } finally {
    await Promise.all(people.map((person) => person.stop()))
  }
}

interface Ordeal extends Omit<EnduranceOptions, "folder" | "clients"> {
  readonly people: readonly Person[]
  readonly pairs: readonly (readonly [Person, Person])[]
}

async function ordeal({ network, people, pairs, seconds, messageEvery, killEvery, patience, say }: Ordeal): Promise<Endurance> {
  const end = performance.now() + seconds * 1000
  const written = new Map<string, { to: Person; at: number }>()
  let kills = 0
  let largest = 0
  const pause = (mean: number) => sleep(Math.min(-Math.log(1 - Math.random()) * mean * 1000, Math.max(0, end - performance.now())))

  const writing = (async () => {
    while (performance.now() < end) {
      await pause(messageEvery)
      const pair = pairs[Math.floor(Math.random() * pairs.length)]!
      const [from, to] = Math.random() < 0.5 ? pair : [pair[1], pair[0]]
      const text = `Message ${written.size + 1} from ${from.name} to ${to.name}`
      written.set(text, { to, at: performance.now() })
      await from.run("send", { conversation: from.contacts.get(to.name)!, text })
    }
  })()
  const killing = (async () => {
    let names: string[] = []
    while (performance.now() < end) {
      await pause(killEvery)
      if (names.length === 0) names = shuffled(network.nodes.map(({ name }) => name))
      await network.restart(names.pop()!)
      kills++
    }
  })()
  const watching = (async () => {
    for (let n = 0; performance.now() < end; n++) {
      await sleep(Math.min(2000, Math.max(0, end - performance.now())))
      for (const { pid } of network.nodes) largest = Math.max(largest, resident(pid))
      if (n % 15 === 0) say(`${Math.round((end - performance.now()) / 1000)} s to go: ${written.size} written, ${heard(people).length} shown, ${kills} kills, largest node ${Math.round(largest)} MB`)
    }
  })()
  await Promise.all([writing, killing, watching])

  const deadline = performance.now() + patience * 1000
  while (performance.now() < deadline && new Set(heard(people).map(({ text }) => text)).size < written.size) await sleep(500)
  const shown = heard(people)
  const first = new Map<string, number>()
  for (const { text, at } of shown) if (!first.has(text)) first.set(text, at)
  const times = [...written].filter(([text]) => first.has(text)).map(([text, { at }]) => (first.get(text)! - at) / 1000)
  return {
    sent: written.size,
    lost: written.size - first.size,
    doubled: shown.length - first.size,
    kills,
    times: times.sort((a, b) => a - b),
    largest: Math.round(largest),
  }
}

function heard(people: readonly Person[]) {
  return people.flatMap(({ told }) => told)
}

function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item) => ({ item, key: Math.random() })).sort((a, b) => a.key - b.key).map(({ item }) => item)
}
