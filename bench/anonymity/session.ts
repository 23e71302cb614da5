import { randomStream } from "../../messenger/random-stream.ts"
import { SLOT_MEAN } from "../../messenger/timing.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { seeded } from "../../test/nodes/seeded.ts"
import type { Setting } from "./measure.ts"
import { peopleOf } from "./measure.ts"
import { directoryOf } from "./nodes.ts"
import type { Client, Packet } from "./traffic.ts"
import { NetworkTraffic } from "./traffic.ts"

/** A contact who has the reader's gateway looks for the session of the reader among all that are there. */
export interface Hunt {
  /** Readers that were looked for. */
  readonly victims: number
  /** Sessions at a gateway, on average. */
  readonly sessions: number
  /** By messages written: the share of readers whose session the contact guesses rightly. */
  readonly guessed: readonly number[]
  /** So many messages until half of the readers are guessed; null where that never comes to be. */
  readonly half: number | null
}

const BEFORE = 30 * 60_000
/** A message's reply waits in five mixes' worth of delays: one in the dropbox, four on the way back. */
const DELAYS = 5
/** Between two nodes five times, ms. */
const WIRES = 100
/** Of a delay's mean: later than this is one in a million. */
const LONGEST = 22

/**
 * The contact writes at times of its own choice, knows when each message lies in its dropbox, and sees which packets the gateway hands to which session. A session that
 * brings a message gets one packet more at about that time; the others get theirs at their steady rate. The likelihood ratio of the two is added up over the messages.
 */
export function hunt(setting: Omit<Setting, "telling" | "attempts" | "length">, messages: number): Hunt {
  const { meanDelay, writes, speed } = setting
  const directory = directoryOf(setting, { ...defaultParameters, meanDelay })
  const random = randomStream(seeded(`hunt ${setting.seed}`)(32))
  const people = peopleOf(setting, directory.layers[0], random)
  /** When messages lay in their dropbox, by reader. */
  const written = people.map((): number[] => [])
  /** When packets came, by client. */
  const handed = people.map((): number[] => [])
  const traffic = new NetworkTraffic(directory, people, random, ({ at, arrives, to, packet }) => {
    if (!arrives || at < BEFORE) return
    if (typeof to === "number") handed[to]!.push(at)
    else if (to.role === "dropbox" && isMessage(packet)) written[packet.to]!.push(at)
  })
  traffic.run(BEFORE + writes * messages * 1.5)
  const right = Array.from({ length: messages }, () => 0)
  let victims = 0
  let sessions = 0
  written.forEach((times, victim) => {
    if (times.length < messages) return
    const there = people.flatMap(({ gateway }, client) => (gateway === people[victim]!.gateway ? [client] : []))
    victims++
    sessions += there.length
    const scores = new Map<Client, number>(there.map((client) => [client, 0]))
    times.slice(0, messages).forEach((at, i) => {
      for (const client of there) scores.set(client, scores.get(client)! + ratio(handed[client]!, at, meanDelay, SLOT_MEAN[speed]))
      if (best(scores) === victim) right[i]!++
    })
  })
  const guessed = right.map((count) => count / victims)
  const half = guessed.findIndex((share) => share >= 1 / 2)
  return { victims, sessions: sessions / victims, guessed, half: half < 0 ? null : half + 1 }
}

function isMessage(packet: Packet): packet is Packet & { to: Client } {
  return packet.direction === "request" && packet.to !== null
}

/** Log likelihood ratio of these packets, with one among them that brings what lay in the dropbox at `at`, against none. `gap`: ms between packets. */
function ratio(handed: readonly number[], at: number, delay: number, gap: number): number {
  let ratio = -1
  for (let i = firstFrom(handed, at); i < handed.length && handed[i]! < at + LONGEST * delay; i++) {
    const x = (handed[i]! - at - WIRES) / delay
    // Gamma distribution of DELAYS exponential ones.
    if (x > 0) ratio += Math.log(1 + (gap / delay) * (x ** (DELAYS - 1) * Math.exp(-x)) / 24)
  }
  return ratio
}

function firstFrom(times: readonly number[], from: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < from) low = middle + 1
    else high = middle
  }
  return low
}

function best(scores: ReadonlyMap<Client, number>): Client {
  return [...scores].reduce((a, b) => (b[1] > a[1] ? b : a))[0]
}
