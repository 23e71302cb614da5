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
  /** For how long nodes and clients are killed and messages written. */
  readonly seconds: number
  /** Means, s: between two messages of anybody, two kills of nodes, two kills of clients. */
  readonly messageEvery: number
  readonly killEvery: number
  readonly clientKillEvery: number
  /** Messages that have not come so long after the last kill are lost. */
  readonly patience: number
  readonly say: (line: string) => void
}

export interface Endurance {
  readonly sent: number
  readonly lost: number
  /** Messages that are there more than once. */
  readonly doubled: number
  /** Conversations' directions in which something lies in another order than it was written. */
  readonly disordered: number
  readonly kills: { readonly nodes: number; readonly clients: number }
  /** Seconds from writing to being told of, sorted; of what a client told nobody since it was killed, nothing is known. */
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
 * People in a ring, each writing to both neighbours, while every node in turn and every client in turn, in random order, is killed with SIGKILL
 * and started again from what it kept.
 */
export async function endure({ network, folder, clients, ...rest }: EnduranceOptions): Promise<Endurance> {
  const people = Array.from({ length: clients }, (_, i) => new Person(`person-${i}`, path.join(folder, `person-${i}`)))
  try {
    for (const person of people) {
      await person.start(network.description)
      await person.run("create-profile", { name: person.name })
      await person.run("speed", { speed: "fast" })
    }
    const pairs = people.map((person, i) => [person, people[(i + 1) % people.length]!] as const).slice(0, clients === 2 ? 1 : clients)
    await Promise.all(pairs.map(([inviter, guest]) => acquaint(inviter, guest)))
    rest.say(`${clients} clients, ${pairs.length} conversations`)
    const streams = pairs.flatMap(([a, b]) => [
      { from: a, to: b, written: [] },
      { from: b, to: a, written: [] },
    ])
    return await ordeal({ network, people, streams, ...rest })
  } finally {
    await Promise.all(people.map((person) => person.stop()))
  }
}

/** One direction of a conversation. */
interface Stream {
  readonly from: Person
  readonly to: Person
  /** When each of its messages was written. */
  readonly written: number[]
}

interface Ordeal extends Omit<EnduranceOptions, "folder" | "clients"> {
  readonly people: readonly Person[]
  readonly streams: readonly Stream[]
}

const textOf = ({ from, to }: Stream, index: number) => `${from.name} to ${to.name}: ${index}`

async function ordeal({ network, people, streams, seconds, messageEvery, killEvery, clientKillEvery, patience, say }: Ordeal): Promise<Endurance> {
  const end = performance.now() + seconds * 1000
  const kills = { nodes: 0, clients: 0 }
  let largest = 0
  const pause = (mean: number) => sleep(Math.min(-Math.log(1 - Math.random()) * mean * 1000, Math.max(0, end - performance.now())))
  const sent = () => streams.reduce((sum, { written }) => sum + written.length, 0)
  const told = () => people.reduce((sum, person) => sum + person.told.length, 0)

  // A client that is starting holds up its own stream only; a stream's messages are written one after the other.
  const last = new Map<Stream, Promise<void>>()
  const writing = (async () => {
    while (performance.now() < end) {
      await pause(messageEvery)
      const stream = streams[Math.floor(Math.random() * streams.length)]!
      const text = textOf(stream, stream.written.push(performance.now()) - 1)
      last.set(stream, (last.get(stream) ?? Promise.resolve()).then(() => stream.from.write(stream.to.name, text)))
    }
    await Promise.all(last.values())
  })()
  const inTurn = async <T>(all: () => readonly T[], every: number, kill: (one: T) => Promise<void>) => {
    let left: T[] = []
    while (performance.now() < end) {
      await pause(every)
      if (left.length === 0) left = shuffled(all())
      await kill(left.pop()!)
    }
  }
  const killingNodes = inTurn(() => network.nodes.map(({ name }) => name), killEvery, async (name) => {
    await network.restart(name)
    kills.nodes++
  })
  const killingClients = inTurn(() => people, clientKillEvery, async (person) => {
    await person.restart(3000 * Math.random())
    kills.clients++
  })
  const watching = (async () => {
    for (let n = 0; performance.now() < end; n++) {
      await sleep(Math.min(2000, Math.max(0, end - performance.now())))
      for (const { pid } of network.nodes) largest = Math.max(largest, resident(pid))
      if (n % 15 === 0) say(`${Math.round((end - performance.now()) / 1000)} s to go: ${sent()} written, ${told()} told, ${kills.nodes} nodes and ${kills.clients} clients killed, largest node ${Math.round(largest)} MB`)
    }
  })()
  await Promise.all([writing, killingNodes, killingClients, watching])

  const count = async () => Promise.all(streams.map(async (stream) => ({ stream, texts: await stream.to.received(stream.from.name) })))
  const deadline = performance.now() + patience * 1000
  let found = await count()
  while (performance.now() < deadline && found.some(({ stream, texts }) => new Set(texts).size < stream.written.length)) {
    await sleep(1000)
    found = await count()
  }
  const result = { lost: 0, doubled: 0, disordered: 0 }
  const times: number[] = []
  for (const { stream, texts } of found) {
    const numbers = texts.map((text) => Number(text.split(": ")[1]))
    result.lost += stream.written.length - new Set(numbers).size
    result.doubled += numbers.length - new Set(numbers).size
    if (numbers.some((number, i) => i > 0 && number < numbers[i - 1]!)) result.disordered++
    stream.written.forEach((at, i) => {
      const heard = stream.to.told.find(({ text }) => text === textOf(stream, i))?.at
      if (heard !== undefined) times.push((heard - at) / 1000)
    })
  }
  return { ...result, sent: sent(), kills, times: times.sort((a, b) => a - b), largest: Math.round(largest) }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item) => ({ item, key: Math.random() })).sort((a, b) => a.key - b.key).map(({ item }) => item)
}
