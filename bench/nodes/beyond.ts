import { randomBytes } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { median } from "../figures.ts"
import type { Made } from "./load.ts"
import { randomTimes, sendAt, settled } from "./load.ts"
import { lateness } from "./overhead.ts"
import type { Stage } from "./stage.ts"

export interface BeyondRow {
  /** Of the greatest rate. */
  readonly share: number
  readonly packets: number
  /** Packets that the nodes before gave up for want of an answer, and those that were posted and never came out. */
  readonly givenUp: number
  readonly lost: number
  /** What the node itself counted meanwhile, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** Bytes of memory before, and at most. */
  readonly memoryBefore: number
  readonly memory: number
  /** The longest that the node took to answer GET /health, ms. */
  readonly health: number
  /** ms behind the last packet of too many until packets came out in time again; null where they did not while it was watched. */
  readonly recovered: number | null
}

const random = (length: number) => new Uint8Array(randomBytes(length))
/** Of the greatest rate, when it is over, and for how long, s. */
const AFTERWARDS = 0.1
const AFTERWARDS_SECONDS = 15
/** "In time": in each of the following parts of so many ms the middle packet is at most so late. */
const PART = 250
export const IN_TIME = 100
const SAMPLED_EVERY = 50

/** More packets than the node can take, and a tenth of what it can behind them. */
export async function beyond(stage: Stage, share: number, perSecond: number, seconds: number, make: (count: number) => Promise<Made[]>): Promise<BeyondRow> {
  const packets = Math.ceil(share * perSecond * seconds)
  const made = [...(await make(packets)), ...(await make(Math.ceil(AFTERWARDS * perSecond * AFTERWARDS_SECONDS)))]
  const refusedBefore = (await stage.health()).refused
  const memoryBefore = stage.resident()
  const watch = watched(stage)
  const due = randomTimes(random, packets, share * perSecond, Date.now())
  const end = due.at(-1)!
  due.push(...randomTimes(random, made.length - packets, AFTERWARDS * perSecond, end))
  const givenUp = await sendAt(stage, made, due)
  await settled(stage, made)
  const { memory, health } = await watch()
  const { refused } = await stage.health()
  const isLost = ({ mark }: Made) => stage.cameOut(mark) === 0 && !givenUp.has(mark)
  return {
    share,
    packets,
    givenUp: givenUp.size,
    lost: made.slice(0, packets).filter(isLost).length,
    refused: Object.fromEntries(Object.entries(refused).flatMap(([reason, count]) => (count > refusedBefore[reason]! ? [[reason, count - refusedBefore[reason]!]] : []))),
    memoryBefore,
    memory,
    health,
    recovered: recovery(lateness(stage, made, due).slice(packets), due.slice(packets), end),
  }
}

function recovery(late: readonly number[], due: readonly number[], end: number): number | null {
  const parts: number[][] = []
  for (const [i, at] of due.entries()) (parts[Math.floor((at - end) / PART)] ??= []).push(late[i]!)
  const last = parts.findLastIndex((part) => part !== undefined && median(part) > IN_TIME)
  return last === parts.length - 1 ? null : (last + 1) * PART
}

/** The node's memory and patience, from now until the function is called that is returned. */
function watched(stage: Stage): () => Promise<{ memory: number; health: number }> {
  let [isOver, memory, health] = [false, 0, 0]
  const watching = (async () => {
    for (; !isOver; await sleep(SAMPLED_EVERY)) {
      const start = performance.now()
      await stage.health()
      health = Math.max(health, performance.now() - start)
      memory = Math.max(memory, stage.resident())
    }
  })()
  return async () => {
    isOver = true
    await watching
    return { memory, health }
  }
}
