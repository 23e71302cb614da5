import type { Speed } from "../../messenger/api.ts"
import { randomStream } from "../../messenger/random-stream.ts"
import { SlotClock } from "../../messenger/slots.ts"
import { DECOYS_LEAST } from "../../messenger/timing.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Random } from "../../shared/random.ts"
import { below, exponential } from "../../shared/random.ts"
import type { Hop } from "../../shared/route.ts"
import { forwardRoute, replyRoute } from "../../shared/route.ts"
import { seeded } from "../../test/nodes/seeded.ts"
import type { Figures } from "./measures.ts"
import { entropy, figures } from "./measures.ts"
import { scaled } from "./observer.ts"
import { directoryOf } from "./nodes.ts"
import { WIRE } from "./traffic.ts"

/** A dropbox by itself: which of the boxes that it hears of for the first time is the next of the same stream? */
export interface Linking {
  readonly users: number
  readonly speed: Speed
  /** Mean time between messages in a user's conversation, ms. */
  readonly writes: number
  readonly found: Figures
}

/** A box is written, and the next of its stream is heard of for the first time. */
interface Link {
  readonly written: number
  readonly next: number
}

/** ms; a bin of the distribution that the dropbox expects, and how many there are. */
const BIN = 500
const BINS = 200
/** So many draws make it; and what was never drawn is given this. */
const DRAWS = 6000
const RARE = 0.5

/**
 * The reader is answered, and asks for the next box as soon as its clock lets it: that tells the dropbox, in a quiet network, what belongs together. One dropbox is assumed to have all
 * boxes; with n of them it has two of n. Reads of cover do not stand in its way: their boxes are never written. Each user has one conversation and three decoys.
 */
export function link(seed: string, users: number, speed: Speed, writes: number, attempts: number): Linking {
  const random = randomStream(seeded(`linking ${seed}`)(32))
  const expected = distribution(random, speed)
  const length = (attempts * 2 * writes) / users + 2 * BIN * BINS
  const decoys = 1000 * defaultParameters.decoySeconds * DECOYS_LEAST
  const links = Array.from({ length: users }, () => [stream(random, speed, writes, length), ...Array.from({ length: DECOYS_LEAST }, () => stream(random, speed, decoys, length))])
  const heard = links.flat(2).map(({ next }) => next).sort((a, b) => a - b)
  const asked = links.flatMap(([talk]) => talk!).filter(({ written, next }) => next - written < BIN * BINS && written < length - BIN * BINS)
  return { users, speed, writes, found: figures(Array.from({ length: Math.min(attempts, asked.length) }, () => guess(asked.splice(below(random, asked.length), 1)[0]!, heard, expected))) }
}

function guess({ written, next }: Link, heard: readonly number[], expected: readonly number[]) {
  const candidates = new Map(heard.filter((at) => at > written && at < written + BIN * BINS).map((at) => [at, expected[Math.floor((at - written) / BIN)]!]))
  const believed = scaled(candidates)
  const best = [...believed].reduce((a, b) => (b[1] > a[1] ? b : a))
  const values = [...believed.values()]
  return { bits: entropy(values), isRight: best[0] === next, given: believed.get(next)!, expected: values.reduce((all, p) => all + p * p, 0) }
}

function stream(random: Random, speed: Speed, mean: number, length: number): Link[] {
  const links: Link[] = []
  for (let written = exponential(random, mean); written < length; ) {
    const following = written + exponential(random, mean)
    const read = written + untilRead(random, speed)
    links.push({ written, next: Math.min(following, read) })
    written = following
  }
  return links
}

const NETWORK = directoryOf({ mixes: 1, dropboxes: 1 }, defaultParameters)
const GATEWAY = NETWORK.layers[0][0]!

/** From a box being written, where a read waits for it, until the read of the next arrives. */
function untilRead(random: Random, speed: Speed): number {
  const choice = { random, usable: () => true }
  const back = replyRoute(NETWORK, GATEWAY, choice)!
  const answered = exponential(random, defaultParameters.meanDelay) + time(back)
  const clock = new SlotClock(random)
  let slot = clock.next(answered, speed)
  while (slot.kind === "held") slot = clock.next(slot.at, speed)
  return slot.at + time(forwardRoute(NETWORK, GATEWAY, NETWORK.dropboxes[0]!, choice)!)
}

function time(way: readonly Hop[]): number {
  return way.reduce((all, { delay }) => all + delay + WIRE, WIRE)
}

function distribution(random: Random, speed: Speed): number[] {
  const bins = Array.from({ length: BINS }, () => RARE)
  for (let i = 0; i < DRAWS; i++) {
    const bin = Math.floor(untilRead(random, speed) / BIN)
    if (bin < BINS) bins[bin]!++
  }
  return bins
}
