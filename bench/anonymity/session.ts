import { randomStream } from "../../messenger/random-stream.ts"
import { SLOT_MEAN } from "../../messenger/timing.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { seeded } from "../../test/nodes/seeded.ts"
import type { Setting } from "./measure.ts"
import { peopleOf } from "./measure.ts"
import { directoryOf } from "./nodes.ts"
import type { Client, Packet, Person, Seen } from "./traffic.ts"
import { NetworkTraffic, WIRE } from "./traffic.ts"

/** Who has the reader's gateway and looks for the reader's session there: a contact, who knows when each message lay in its dropbox, or a dropbox, which knows when it answered. */
export type Hunter = "contact" | "dropbox"

export type HuntSetting = Omit<Setting, "telling" | "attempts" | "length">

export interface Hunt {
  readonly hunter: Hunter
  readonly reads: Person["reads"]
  readonly setting: HuntSetting
  /** Readers that were looked for. */
  readonly victims: number
  /** Sessions at a gateway, on average, that of the reader among them. */
  readonly sessions: number
  /** By messages, or by reads that the dropbox links: the share of readers whose session is guessed rightly. */
  readonly guessed: readonly number[]
  /** So many until half of the readers are guessed; null where that does not come to be. */
  readonly half: number | null
}

/** Something is known to have been at a dropbox at this time: a packet of the session's must have left before it, or be handed to it behind it. */
interface Clue {
  readonly at: number
  readonly side: "sent" | "handed"
  /** Mixes between session and dropbox, that of a held read's answer counted in. */
  readonly delays: number
}

/** Of a delay's mean: later than this is one in a million. */
const LONGEST = 22

/**
 * A session that a clue is about has one packet more at about that time; the others have theirs at their steady rate. The likelihood ratio of the two is added up
 * over the clues. Where reads poll, a contact's message moves no packet, and the contact learns nothing. `rounds`: so many networks, one after the other.
 */
export function hunt(setting: HuntSetting, hunter: Hunter, most: number, rounds: number): Hunt {
  const right = Array.from({ length: most }, () => 0)
  let [victims, sessions] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const view = watched(setting, hunter, most, round)
    view.clues.forEach((known, victim) => {
      if (known.length < most) return
      const there = view.gateways.flatMap((gateway, client) => (gateway === view.gateways[victim] ? [client] : []))
      victims++
      sessions += there.length
      guesses(known.slice(0, most), there, view, setting).forEach((guess, i) => {
        if (guess === victim) right[i]!++
      })
    })
  }
  const guessed = right.map((count) => count / victims)
  const half = guessed.findIndex((share) => share >= 1 / 2)
  return { hunter, reads: setting.reads, setting, victims, sessions: sessions / victims, guessed, half: half < 0 ? null : half + 1 }
}

interface View {
  readonly gateways: readonly NodeEntry[]
  /** By reader: what is known of each message. */
  readonly clues: readonly Clue[][][]
  /** When packets left and came, by client. */
  readonly sent: readonly number[][]
  readonly handed: readonly number[][]
}

function watched(setting: HuntSetting, hunter: Hunter, most: number, round: number): View {
  const { meanDelay, writes } = setting
  const directory = directoryOf(setting, { ...defaultParameters, meanDelay })
  const random = randomStream(seeded(`hunt ${setting.seed} ${round}`)(32))
  const people = peopleOf(setting, directory.layers[0], random)
  const clues = people.map((): Clue[][] => [])
  const [sent, handed] = [people.map((): number[] => []), people.map((): number[] => [])]
  const arrived = new Map<Packet, number>()
  const traffic = new NetworkTraffic(directory, people, random, (seen) => {
    const { at, arrives, from, to, packet } = seen
    if (arrives && typeof to === "number") handed[to]!.push(at)
    else if (!arrives && typeof from === "number") sent[from]!.push(at)
    else if (arrives && typeof to !== "number" && to.role === "dropbox") arrived.set(packet, at)
    const clue = hunter === "contact" ? written(seen) : answered(seen, arrived)
    if (clue !== null) clues[clue.reader]!.push(clue.clues)
  })
  traffic.run(writes * most * 1.5 + LONGEST * meanDelay)
  return { gateways: people.map(({ gateway }) => gateway), clues, sent, handed }
}

/** Whom the hunter takes for the reader after each message. */
function guesses(known: readonly Clue[][], there: readonly Client[], { sent, handed }: View, { meanDelay, speed }: HuntSetting): Client[] {
  const scores = new Map<Client, number>(there.map((client) => [client, 0]))
  return known.map((clues) => {
    for (const client of there) {
      const more = clues.reduce((all, clue) => all + ratio(clue.side === "sent" ? sent[client]! : handed[client]!, clue, meanDelay, SLOT_MEAN[speed]), 0)
      scores.set(client, scores.get(client)! + more)
    }
    return best(scores)
  })
}

type Known = { readonly reader: Client; readonly clues: Clue[] } | null

/** A contact's message lies in its dropbox: it is to come back through one delay there and four mixes. */
function written({ at, arrives, to, packet }: Seen): Known {
  if (!arrives || typeof to === "number" || to.role !== "dropbox" || !isMessage(packet)) return null
  return { reader: packet.to, clues: [{ at, side: "handed", delays: 5 }] }
}

/** A dropbox answers a read with a contact's message: the read came through three mixes, and the answer is to go through four. */
function answered({ at, arrives, from, packet }: Seen, arrived: ReadonlyMap<Packet, number>): Known {
  if (arrives || typeof from === "number" || from.role !== "dropbox" || packet.brings === null || !isMessage(packet.brings)) return null
  const answer: Clue = { at, side: "handed", delays: 4 }
  const asked = arrived.get(packet.answers!)
  // What was held at the beginning already came before anything was watched.
  return { reader: packet.client, clues: asked === undefined ? [answer] : [answer, { at: asked, side: "sent", delays: 3 }] }
}

function isMessage(packet: Packet): packet is Packet & { to: Client } {
  return packet.to !== null && packet.to !== packet.client
}

/** Log likelihood ratio of these packets, with one among them that the clue is about, against none. `gap`: ms between packets. */
function ratio(times: readonly number[], { at, side, delays }: Clue, delay: number, gap: number): number {
  const isSent = side === "sent"
  const [from, until] = isSent ? [at - LONGEST * delay, at] : [at, at + LONGEST * delay]
  // A line more than there are mixes; the delay in the dropbox is on none.
  const lines = WIRE * (isSent ? 4 : 5)
  let ratio = -1
  for (let i = firstFrom(times, from); i < times.length && times[i]! < until; i++) {
    const x = (Math.abs(times[i]! - at) - lines) / delay
    if (x > 0) ratio += Math.log(1 + (gap / delay) * ((x ** (delays - 1) * Math.exp(-x)) / factorial(delays - 1)))
  }
  return ratio
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
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
