import { replicas } from "../../shared/placement.ts"
import { fromHex } from "../../shared/bytes.ts"
import { sized } from "../../shared/names.ts"
import type { Sample } from "./classifier.ts"
import type { Request, Town } from "./town.ts"

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Instead of a time that never comes. */
const NEVER = 30 * DAY

/** A box of which the truth is known, with what one dropbox saw of it. */
export interface Seen extends Sample {
  /** The conversation, or what pretends to be one: boxes of one are not independent. */
  readonly talk: string
  readonly kind: string
}

interface Story {
  readonly box: string
  readonly requests: readonly Request[]
  readonly first: number
  readonly written: number
}

/**
 * What a dropbox can make of its record, box by box. With `linked` it is told, too, which boxes belong to one stream and which streams to one
 * conversation: more than it can know.
 */
export function observe(town: Town, from: number, linked: boolean): Seen[] {
  const dropboxes = [...new Set(town.record.map(({ dropbox }) => dropbox))].sort()
  const until = town.clock.now() - HOUR
  return dropboxes.flatMap((dropbox) => {
    const stories = storiesOf(town.record.filter((request) => request.dropbox === dropbox))
    const writes = stories.map(({ written }) => written).filter(Number.isFinite).sort((a, b) => a - b)
    const beginnings = stories.map(({ first }) => first).sort((a, b) => a - b)
    const place = places(stories, town)
    return stories.flatMap((story) => {
      const truth = town.truth.get(story.box)
      if (truth === undefined || truth.kind === "other" || story.first < from || story.first > until) return []
      const list = dropboxes.map((id) => sized("NodeId", fromHex(id)))
      const isFirst = replicas(sized("BoxId", fromHex(story.box)), list, 1)[0]!.every((byte, i) => byte === fromHex(dropbox)[i])
      const features = [isFirst ? 1 : 0, ...own(story), ...around(story, writes, beginnings), ...(linked ? place(story) : [])]
      return [{ features, isDecoy: truth.isDecoy, talk: truth.talk, kind: truth.kind }]
    })
  })
}

function storiesOf(record: readonly Request[]): Story[] {
  const byBox = new Map<string, Request[]>()
  for (const request of record) byBox.set(request.box, [...(byBox.get(request.box) ?? []), request])
  return [...byBox].map(([box, requests]) => ({ box, requests, first: requests[0]!.at, written: requests.find(({ operation }) => operation === "write")?.at ?? Infinity }))
}

const since = (time: number) => Math.log(1 + Math.min(Math.max(time, 0), NEVER) / 1000)

function clock(time: number): number[] {
  if (!Number.isFinite(time)) return [0, 0]
  const angle = ((time % DAY) / DAY) * 2 * Math.PI
  return [Math.sin(angle), Math.cos(angle)]
}

/** When it was asked for, how, and when written. */
function own({ requests, first, written }: Story): number[] {
  const reads = requests.filter(({ operation }) => operation === "read")
  const before = reads.filter(({ at }) => at < written)
  const after = reads.filter(({ at }) => at >= written)
  const holds = reads.filter(({ hold }) => hold > 0).map(({ hold }) => hold)
  const waiting = before.filter(({ at, hold }) => at + hold * 1000 > written)
  const gaps = reads.slice(1).map(({ at }, i) => at - reads[i]!.at)
  return [
    Number.isFinite(written) ? 1 : 0,
    written === first ? 1 : 0,
    since(written - first),
    before.length,
    before.filter(({ hold }) => hold === 0).length,
    after.length,
    after.filter(({ hold }) => hold > 0).length,
    requests.length - reads.length,
    waiting.length,
    waiting.length > 0 ? since(written - waiting.at(-1)!.at) : -1,
    before.length > 0 ? since(written - before.at(-1)!.at) : -1,
    after.length > 0 ? since(after[0]!.at - written) : -1,
    reads.length > 0 ? Math.min(reads[0]!.hold, 1) : -1,
    reads.length > 1 ? Math.min(reads[1]!.hold, 1) : -1,
    holds.length > 0 ? holds[0]! : -1,
    holds.length > 0 ? Math.max(...holds) : -1,
    gaps.length > 0 ? since(gaps[0]!) : -1,
    gaps.length > 0 ? since(Math.max(...gaps)) : -1,
    since(requests.at(-1)!.at - first),
    ...clock(first),
    ...clock(written),
  ]
}

/** What else happened at this dropbox when it was written, and when it was first asked for. */
function around({ first, written }: Story, writes: readonly number[], beginnings: readonly number[]): number[] {
  const at = Number.isFinite(written) ? written : first
  return [
    since(at - before(writes, at)),
    since(next(writes, at) - at),
    since(first - before(writes, first)),
    since(next(beginnings, at) - at),
    since(at - before(beginnings, at)),
    count(writes, at - 30_000, at + 30_000),
    count(writes, at - 300_000, at + 300_000),
  ]
}

/** Where it stands in its stream, and in the conversation. */
function places(stories: readonly Story[], town: Town): (story: Story) => number[] {
  const streams = new Map<string, number[]>()
  const talks = new Map<string, number[]>()
  for (const { box, written } of [...stories].sort((a, b) => a.written - b.written)) {
    const truth = town.truth.get(box)
    if (truth === undefined || !Number.isFinite(written)) continue
    streams.set(truth.stream, [...(streams.get(truth.stream) ?? []), written])
    talks.set(truth.talk, [...(talks.get(truth.talk) ?? []), written])
  }
  return ({ box, first, written }) => {
    const { stream, talk } = town.truth.get(box)!
    const at = Number.isFinite(written) ? written : first
    const same = streams.get(stream) ?? []
    const all = talks.get(talk) ?? []
    const gap = at - before(same, at)
    return [
      since(gap),
      since(before(same, at) - before(same, before(same, at))),
      since(next(same, at) - at),
      since(at - before(all, at)),
      since(next(all, at) - at),
      since(first - before(all, first)),
      ...[10 * 60_000, HOUR, 12 * HOUR].flatMap((span) => [count(same, at - span, at + span), count(all, at - span, at + span)]),
    ]
  }
}

/** Index of the first that is not before `time`. */
function search(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

const before = (times: readonly number[], time: number) => times[search(times, time) - 1] ?? -Infinity
const next = (times: readonly number[], time: number) => times[search(times, time + 1)] ?? Infinity
const count = (times: readonly number[], from: number, to: number) => search(times, to) - search(times, from)
