import { randomStream } from "../../messenger/random-stream.ts"
import type { Random } from "../../shared/random.ts"
import { exponential, uniform } from "../../shared/random.ts"
import { seeded } from "../../test/nodes/seeded.ts"

/** When people have the app open. */
export interface Habit {
  readonly name: string
  /** Mean hours that it stays open, and times a day that it is opened; null: always open. */
  readonly hours: number | null
  readonly times: number
}

export interface Intersection {
  readonly habit: string
  readonly users: number
  /** By days: how many users, on average, were there whenever the box's owner read it, this one among them. */
  readonly left: readonly number[]
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** How often a day the adversary learns that the owner is there: what it can link of one owner. */
const SIGHTINGS = 8

/**
 * The adversary learns some times at which one unknown user was online (a dropbox that links the reads of one conversation), and sees who was online when (every gateway):
 * who was away at one of them is out. Days are alike for all: people sleep eight hours at night, at hours that differ by one and a half.
 */
export function intersection(seed: string, users: number, habit: Habit, days: number): Intersection {
  const random = randomStream(seeded(`presence ${seed} ${habit.name}`)(32))
  const open = Array.from({ length: users }, () => openTimes(random, habit, days))
  const victims = Math.min(users, 50)
  const left = Array.from({ length: days }, () => 0)
  for (let victim = 0; victim < victims; victim++) {
    let candidates = open.map((_, i) => i)
    for (let day = 0; day < days; day++) {
      for (let k = 0; k < SIGHTINGS; k++) {
        const at = momentIn(random, open[victim]!, day)
        if (at !== null) candidates = candidates.filter((one) => isOpen(open[one]!, at))
      }
      left[day]! += candidates.length / victims
    }
  }
  return { habit: habit.name, users, left }
}

type Spans = readonly (readonly [number, number])[]

function openTimes(random: Random, { hours, times }: Habit, days: number): Spans {
  if (hours === null) return [[0, days * DAY]]
  const wakes = 7 * HOUR + 1.5 * HOUR * (2 * uniform(random) - 1)
  const spans: [number, number][] = []
  for (let day = 0; day < days; day++) {
    const [from, to] = [day * DAY + wakes, day * DAY + wakes + 16 * HOUR]
    for (let at = from + exponential(random, (16 * HOUR) / times); at < to; at += exponential(random, (16 * HOUR) / times)) spans.push([at, Math.min(to, at + exponential(random, hours * HOUR))])
  }
  return spans
}

function momentIn(random: Random, spans: Spans, day: number): number | null {
  const today = spans.map(([from, to]) => [Math.max(from, day * DAY), Math.min(to, (day + 1) * DAY)] as const).filter(([from, to]) => to > from)
  let at = uniform(random) * today.reduce((all, [from, to]) => all + to - from, 0)
  for (const [from, to] of today) {
    if (at < to - from) return from + at
    at -= to - from
  }
  return null
}

function isOpen(spans: Spans, at: number): boolean {
  return spans.some(([from, to]) => from <= at && at < to)
}
