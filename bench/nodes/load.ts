import { setTimeout as sleep } from "node:timers/promises"
import { LINK_BATCH_MAX } from "../../shared/geometry.ts"
import type { Packet } from "../../shared/names.ts"
import { TICK } from "../../shared/node/worker/timer.ts"
import type { Random } from "../../shared/random.ts"
import { exponential } from "../../shared/random.ts"
import type { Stage } from "./stage.ts"

/** Requests under way at once: four nodes before this one have two connections each. */
export const CONNECTIONS = 8
/** Packets that wait in those four before the oldest is given up, as in shared/node/worker/link-posts.ts. */
const WAITING = 4 * 2048
const MOST = 0.9
/** s of CPU in 60 ms: what a node needs that has nothing to do. */
const STILL = 0.002
/** ms without a packet after which no more is waited for. */
const SILENCE = 15_000

/** A packet that was made for the stage. */
export interface Made {
  readonly packet: Packet
  readonly mark: number
  /** ms for which the node shall hold it. */
  readonly delay: number
}

/** Posts requests with `batch` packets each as fast as they go, never more than `window` packets ahead of what comes out. Packets per second, from the first request until nine in ten have come out. */
export async function through(stage: Stage, made: readonly Made[], batch: number, window: number): Promise<number> {
  const bodies: Uint8Array[] = []
  for (let i = 0; i < made.length; i += batch) bodies.push(await stage.body(made.slice(i, i + batch).map(({ packet }) => packet)))
  const before = stage.arrived()
  const start = performance.now()
  let [sent, next, most, end] = [0, 0, 0, Infinity]
  let lastNews = start

  const look = () => {
    const out = stage.arrived() - before
    const now = performance.now()
    if (out > most) lastNews = now
    if (end === Infinity && out >= MOST * made.length) end = now
    return (most = out)
  }
  const wait = async () => {
    await sleep(2)
    if (performance.now() < lastNews + SILENCE) return
    const { refused } = await stage.health()
    throw new Error(`of ${sent} packets only ${most} came out, refused were ${JSON.stringify(refused)}`)
  }
  const connection = async () => {
    while (next < bodies.length) {
      if (sent + batch - look() > window) {
        await wait()
        continue
      }
      sent += batch
      await stage.post(bodies[next++]!)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  while (look() < made.length) await wait()
  return (1000 * MOST * made.length) / (end - start)
}

/** `count` times at random, `perSecond` of them, from `from` on (ms since 1970): a Poisson process. */
export function randomTimes(random: Random, count: number, perSecond: number, from: number): number[] {
  const times: number[] = []
  for (let at = from; times.length < count; ) times.push((at += exponential(random, 1000 / perSecond)))
  return times
}

/**
 * Sends each packet at its time of `due`, whatever the node does: as one node does, which wakes at most every TICK ms and puts all that is due into one request, and what waits for a connection into the next.
 * The oldest are given up where too many wait.
 * Returns the marks of those that were.
 */
export async function sendAt(stage: Stage, made: readonly Made[], due: readonly number[]): Promise<Set<number>> {
  const givenUp = new Set<number>()
  const waiting: Made[] = []
  const failures: unknown[] = []
  const connections = new Set<Promise<unknown>>()
  const connection = async () => {
    while (waiting.length > 0) await stage.post(await stage.body(waiting.splice(0, LINK_BATCH_MAX).map(({ packet }) => packet)))
  }
  for (let next = 0; next < made.length; await sleep(TICK)) {
    const now = performance.timeOrigin + performance.now()
    while (next < made.length && due[next]! <= now) waiting.push(made[next++]!)
    for (const { mark } of waiting.splice(0, Math.max(0, waiting.length - WAITING))) givenUp.add(mark)
    if (waiting.length === 0 || connections.size === CONNECTIONS) continue
    const used = connection()
      .catch((error: unknown) => failures.push(error))
      .finally(() => connections.delete(used))
    connections.add(used)
  }
  await Promise.all(connections)
  if (failures.length > 0) throw new Error("the node did not take what it was sent", { cause: failures[0] })
  return givenUp
}

/** Until nothing has come out for `silence` ms, or all have. */
export async function settled(stage: Stage, made: readonly Made[], silence = 3000): Promise<void> {
  const isMissing = ({ mark }: Made) => stage.cameOut(mark) === 0
  for (let [arrived, at] = [stage.arrived(), Date.now()]; Date.now() < at + silence && made.some(isMissing); await sleep(20)) {
    if (stage.arrived() > arrived) [arrived, at] = [stage.arrived(), Date.now()]
  }
}

/** Until the node has nothing left to do. */
export async function quiet({ cpu }: Stage): Promise<void> {
  for (let last = -Infinity; cpu() - last > STILL; ) {
    last = cpu()
    await sleep(60)
  }
}
