import { SLOT_MEAN } from "../../messenger/timing.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Setting } from "./measure.ts"
import { parametersOf, peopleOf } from "./measure.ts"
import { directoryOf } from "./nodes.ts"
import { streamOf } from "./stream.ts"
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
  /** Sessions at a gateway, on average, that of the reader among them, and not the contact's own. */
  readonly sessions: number
  /** Share of the messages that a read which waited for them brings; the others come with the next read. */
  readonly waited: number
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
/** How likely a clue is at most to be about a packet: more would be ruled out by one that is out of the ordinary. */
const SUREST = 0.99

/**
 * A session that a clue is about has one packet more at about that time; the others have theirs at their steady rate. The likelihood ratio of the two is added up
 * over the clues. A contact reckons with how often no read waits; where reads poll, a message moves no packet, and the contact, who reckons as if one had waited, learns nothing.
 * `rounds`: so many networks, one after the other.
 */
export function hunt(setting: HuntSetting, hunter: Hunter, most: number, rounds: number): Hunt {
  const right = Array.from({ length: most }, () => 0)
  let [victims, sessions, brought, waited] = [0, 0, 0, 0]
  for (let round = 0; round < rounds; round++) {
    const view = watched(setting, hunter, most, round)
    brought += view.brought
    waited += view.waited
    view.clues.forEach((known, victim) => {
      if (known.length < most) return
      // A contact knows its own session, which is answered whenever it has written.
      const own = hunter === "contact" ? view.contacts.indexOf(victim) : null
      const there = view.gateways.flatMap((gateway, client) => (gateway === view.gateways[victim] && client !== own ? [client] : []))
      victims++
      sessions += there.length
      guesses(known.slice(0, most), there, view, setting, hunter).forEach((guess, i) => {
        if (guess === victim) right[i]!++
      })
    })
  }
  const guessed = right.map((count) => count / victims)
  const half = guessed.findIndex((share) => share >= 1 / 2)
  return { hunter, reads: setting.reads, setting, victims, sessions: sessions / victims, waited: waited / brought, guessed, half: half < 0 ? null : half + 1 }
}

interface View {
  readonly gateways: readonly NodeEntry[]
  /** Whom each client writes to. */
  readonly contacts: readonly (Client | null)[]
  /** By reader: what is known of each message. */
  readonly clues: readonly Clue[][][]
  /** When packets left and came, by client. */
  readonly sent: readonly number[][]
  readonly handed: readonly number[][]
  /** Messages that were brought, and those of them for which a read had waited. */
  readonly brought: number
  readonly waited: number
}

function watched(setting: HuntSetting, hunter: Hunter, most: number, round: number): View {
  const { meanDelay, writes } = setting
  const directory = directoryOf(setting, parametersOf(setting))
  const random = streamOf(`hunt ${setting.seed} ${round}`)
  const people = peopleOf(setting, directory.layers[0], random)
  const clues = people.map((): Clue[][] => [])
  const [sent, handed] = [people.map((): number[] => []), people.map((): number[] => [])]
  const arrived = new Map<Packet, number>()
  let [brought, waited] = [0, 0]
  const traffic = new NetworkTraffic(directory, people, random, (seen) => {
    const { at, arrives, from, to, packet } = seen
    if (arrives && typeof to === "number") handed[to]!.push(at)
    else if (!arrives && typeof from === "number") sent[from]!.push(at)
    else if (arrives && typeof to !== "number" && to.role === "dropbox") arrived.set(packet, at)
    if (brings(seen)) {
      brought++
      // What was held at the beginning already came before anything was watched.
      waited += Number((arrived.get(packet.answers!) ?? -1) < arrived.get(packet.brings!)!)
    }
    const clue = hunter === "contact" ? written(seen) : answered(seen, arrived)
    if (clue !== null) clues[clue.reader]!.push(clue.clues)
  })
  traffic.run(writes * most * 1.5 + LONGEST * meanDelay)
  return { gateways: people.map(({ gateway }) => gateway), contacts: people.map(({ contact }) => contact), clues, sent, handed, brought, waited }
}

/** Whom the hunter takes for the reader after each message. */
function guesses(known: readonly Clue[][], there: readonly Client[], { sent, handed, waited, brought }: View, { meanDelay, speed, reads }: HuntSetting, hunter: Hunter): Client[] {
  const sure = Math.min(SUREST, hunter === "dropbox" || reads === "polling" ? 1 : waited / brought)
  const scores = new Map<Client, number>(there.map((client) => [client, 0]))
  return known.map((clues) => {
    for (const client of there) {
      const more = clues.reduce((all, clue) => all + ratio(clue.side === "sent" ? sent[client]! : handed[client]!, clue, meanDelay, SLOT_MEAN[speed], sure), 0)
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
  if (!brings({ arrives, from, packet })) return null
  const answer: Clue = { at, side: "handed", delays: 4 }
  const asked = arrived.get(packet.answers!)
  // What was held at the beginning already came before anything was watched.
  return { reader: packet.client, clues: asked === undefined ? [answer] : [answer, { at: asked, side: "sent", delays: 3 }] }
}

/** A dropbox answers with what a contact wrote. */
function brings({ arrives, from, packet }: Pick<Seen, "arrives" | "from" | "packet">): boolean {
  return !arrives && typeof from !== "number" && from.role === "dropbox" && packet.brings !== null && isMessage(packet.brings)
}

function isMessage(packet: Packet): packet is Packet & { to: Client } {
  return packet.to !== null && packet.to !== packet.client
}

/** Log likelihood ratio of these packets, with one among them that the clue is about, against none; one packet is it, and all others are cover. `gap`: ms between packets. `sure`: how likely it is that there is one. */
function ratio(times: readonly number[], { at, side, delays }: Clue, delay: number, gap: number, sure: number): number {
  const isSent = side === "sent"
  const [from, until] = isSent ? [at - LONGEST * delay, at] : [at, at + LONGEST * delay]
  // A line more than there are mixes; the delay in the dropbox is on none.
  const lines = WIRE * (isSent ? 4 : 5)
  let likelier = 0
  for (let i = firstFrom(times, from); i < times.length && times[i]! < until; i++) {
    const x = (Math.abs(times[i]! - at) - lines) / delay
    if (x > 0) likelier += (gap / delay) * ((x ** (delays - 1) * Math.exp(-x)) / factorial(delays - 1))
  }
  return Math.log(1 - sure + sure * likelier)
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
