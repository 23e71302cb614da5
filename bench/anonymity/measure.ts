import type { Speed } from "../../messenger/api.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Random } from "../../shared/random.ts"
import { below, pick, uniform } from "../../shared/random.ts"
import { Attacks } from "./attacks.ts"
import type { Figures } from "./measures.ts"
import { figures, mean } from "./measures.ts"
import type { Size } from "./nodes.ts"
import { directoryOf } from "./nodes.ts"
import { streamOf } from "./stream.ts"
import type { Packet, Person, Seen } from "./traffic.ts"
import { NetworkTraffic } from "./traffic.ts"

/** A network and its users, and what its adversary has. */
export interface Setting extends Size {
  readonly name: string
  readonly seed: string
  /** Online all the time, at one speed; each writes to one other. */
  readonly users: number
  readonly speed: Speed
  /** Of a mix, ms. */
  readonly meanDelay: number
  /** Between messages of one user, ms. */
  readonly writes: number
  /** Mixes of each layer that tell the observer which packet is which. */
  readonly telling: readonly [number, number, number]
  /** Share of all packets but one client's that the adversary drops on their way to the gateway; it then asks about that client's only. */
  readonly dropped: number
  readonly reads: Person["reads"]
  /** Of a read that waits, s; the longest is so many times as long as in the default. */
  readonly meanHold: number
  /** How long is watched, ms. */
  readonly length: number
  /** At most so many attempts at each question. */
  readonly attempts: number
}

export interface Outcome {
  readonly setting: Setting
  /** Which packet at the dropboxes is the one that left there? */
  readonly exit: Figures
  /** With the dropbox: who sent this? */
  readonly sender: Figures
  /** Who gets this message? No dropbox tells. */
  readonly recipient: Figures
  /** With the dropbox: who gets this message? */
  readonly reader: Figures
  /** Loopix's measure: of two clients, |ln| of how much likelier one is to have sent a packet at the dropboxes than the other, on average; 0 is best. */
  readonly unlikeness: number
}

/** What is asked about is in the network wholly: so many mean delays before and after it are watched, and the lines' time. */
const MARGIN = 40
const LINES = 2000
/** Whose packets are let through. */
const VICTIM = 0

/** Everything comes from the seed: the same setting gives the same outcome. */
export function measure(setting: Setting): Outcome {
  const { telling, length, attempts, dropped, meanDelay } = setting
  const directory = directoryOf(setting, parametersOf(setting))
  const random = streamOf(`anonymity ${setting.seed}`)
  const seen: Seen[] = []
  const isDropped = ({ client }: Packet) => dropped > 0 && client !== VICTIM && uniform(random) < dropped
  const traffic = new NetworkTraffic(directory, peopleOf(setting, directory.layers[0], random), random, (one) => seen.push(one), isDropped)
  const margin = MARGIN * meanDelay + LINES
  traffic.run(length + 2 * margin)
  const told = new Set(directory.layers.flatMap((layer, i) => layer.slice(0, telling[i])))
  const attacks = new Attacks(seen, told, meanDelay)
  const [from, to] = [margin, margin + length]
  const requests = sample(attacks.requests(from, to).filter(({ client }) => dropped === 0 || client === VICTIM), attempts, random)
  const brought = sample(attacks.brought(from, to), attempts, random)
  const senders = requests.map((one, i) => attacks.sender(one, i % setting.users, (i + 1) % setting.users))
  return {
    setting,
    exit: figures(requests.map((one) => attacks.exit(one))),
    sender: figures(senders),
    recipient: figures(brought.map(({ request }) => attacks.recipient(request))),
    reader: figures(brought.map(({ reply }) => attacks.reader(reply))),
    unlikeness: mean(senders.flatMap(({ unlikeness }) => unlikeness ?? [])),
  }
}

export function parametersOf({ meanDelay, meanHold }: Pick<Setting, "meanDelay" | "meanHold">): Parameters {
  return { ...defaultParameters, meanDelay, meanHold, maxHold: (meanHold * defaultParameters.maxHold) / defaultParameters.meanHold }
}

export function peopleOf({ users, speed, writes, reads }: Pick<Setting, "users" | "speed" | "writes" | "reads">, gateways: readonly NodeEntry[], random: Random): Person[] {
  const decoys = 1000 * defaultParameters.decoySeconds
  return Array.from({ length: users }, (_, i) => ({ speed, gateway: pick(random, gateways), contact: (i + 1) % users, writes, decoys, reads }))
}

/** Without repetition. */
function sample<T>(all: readonly T[], count: number, random: Random): T[] {
  const [left, taken]: [T[], T[]] = [[...all], []]
  while (left.length > 0 && taken.length < count) taken.push(...left.splice(below(random, left.length), 1))
  return taken
}
