import { randomBytes } from "node:crypto"
import { LINK_BATCH_MAX } from "../../shared/geometry.ts"
import { whole } from "../figures.ts"
import type { Made } from "../nodes/load.ts"
import { quiet, through } from "../nodes/load.ts"
import type { Stage } from "../nodes/stage.ts"
import { packetsThrough } from "./packets.ts"

/** CPU of a mix for a packet that comes among 256, µs, by what it is spent on. */
export type Steps = Readonly<Record<string, number>>

const WINDOW = 2048
/** Bodies that are refused as a whole cost little: often enough for a clock that counts hundredths of a second. */
const OFTEN = 5

/**
 * Steps are told apart by what the mix is sent: requests of a wrong length it only reads, of a wrong signature it only checks, packets that were there before it opens and finds among its replay tags,
 * packets for nobody it takes a layer off but neither holds nor sends. Round by round, so that whatever else the machine does meanwhile falls upon all steps alike.
 */
export async function steps(stage: Stage, rounds: number, packets: number, meanDelay: number): Promise<Steps> {
  const signed = async (made: readonly Made[]) => {
    const bodies: Uint8Array[] = []
    for (let i = 0; i < made.length; i += LINK_BATCH_MAX) bodies.push(await stage.body(made.slice(i, i + LINK_BATCH_MAX).map(({ packet }) => packet)))
    return bodies
  }
  /** CPU per packet of requests of which nothing comes. */
  const refused = async (bodies: readonly Uint8Array[]) => {
    await quiet(stage)
    const before = stage.cpu()
    for (let i = 0; i < bodies.length; i += 8) {
      for (const body of bodies.slice(i, i + 8)) await stage.post(body)
      await quiet(stage)
    }
    return (1e6 * (stage.cpu() - before)) / (bodies.length * LINK_BATCH_MAX)
  }
  const often = (bodies: readonly Uint8Array[]) => Array.from({ length: OFTEN }, () => bodies).flat()

  const spent = { length: 0, signature: 0, replay: 0, astray: 0, all: 0 }
  for (let round = 0; round < rounds; round++) {
    const forwarded = await packetsThrough(stage, packets, meanDelay)
    const astray = await packetsThrough(stage, packets, meanDelay, { to: randomBytes(32) })
    await quiet(stage)
    const before = stage.cpu()
    await through(stage, forwarded, LINK_BATCH_MAX, WINDOW)
    await quiet(stage)
    spent.all += (1e6 * (stage.cpu() - before)) / packets / rounds
    spent.length += (await refused(often((await signed(forwarded)).map((body) => body.subarray(0, -1))))) / rounds
    spent.signature += (await refused(often((await signed(forwarded)).map(flipped)))) / rounds
    spent.replay += (await refused(await signed(forwarded))) / rounds
    spent.astray += (await refused(await signed(astray))) / rounds
  }
  return {
    "taking a request (HTTP)": spent.length,
    "its signature": spent.signature - spent.length,
    "opening: key agreement, keys, MAC, and finding the replay tag": spent.replay - spent.signature,
    "taking a layer off, keeping the replay tag": spent.astray - spent.replay,
    "storing replay tags, delay, sending": spent.all - spent.astray,
    all: spent.all,
  }
}

export const stepRows = (steps: Steps): string[][] => Object.entries(steps).map(([name, microseconds]) => [name, whole(microseconds)])

function flipped(body: Uint8Array): Uint8Array {
  const copy = body.slice()
  copy[50]! ^= 1
  return copy
}
