import type { Speed } from "../../messenger/api.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { parametersOf } from "./measure.ts"
import { mean } from "./measures.ts"
import { directoryOf } from "./nodes.ts"
import { streamOf } from "./stream.ts"
import type { Client, Person } from "./traffic.ts"
import { NetworkTraffic } from "./traffic.ts"

/** Whether a gateway by itself can tell a session that is written to from one that is not. */
export interface Receiving {
  readonly reads: Person["reads"]
  readonly speed: Speed
  /** Of a read that waits, s. */
  readonly meanHold: number
  /** Mean time between messages, ms, and how long was looked at, ms. */
  readonly writes: number
  readonly length: number
  readonly sessions: number
  /** Reads that wait at a time, of a session that is not written to. */
  readonly waiting: number
  /** How often, of a session that is written to and one that is not, the gateway picks the right one; one half is chance. */
  readonly told: number
  /** Where nothing is to be told: half of the 95 % interval of it around one half. */
  readonly within: number
}

/**
 * A gateway counts what has left a session and has not been answered. Where reads wait, those that a message answers are answered before their time, and fewer wait then.
 * Half of the sessions are written to by somebody of the other half; all have decoys.
 */
export function receiving(seed: string, sessions: number, speed: Speed, reads: Person["reads"], writes: number, length: number, meanHold = defaultParameters.meanHold): Receiving {
  const directory = directoryOf({ mixes: 1, dropboxes: 3 }, parametersOf({ ...defaultParameters, meanHold }))
  const random = streamOf(`gateway ${seed}`)
  const isWriting = (client: Client) => client % 2 === 0
  const people = Array.from({ length: sessions }, (_, client): Person => ({
    speed, gateway: directory.layers[0][0]!, contact: isWriting(client) ? client + 1 : null, writes, decoys: 1000 * defaultParameters.decoySeconds, reads,
  }))
  const under = people.map(() => ({ count: 0, since: 0, sum: 0 }))
  const change = (client: Client, at: number, by: number) => {
    const one = under[client]!
    one.sum += one.count * (at - one.since)
    one.since = at
    one.count += by
  }
  const traffic = new NetworkTraffic(directory, people, random, ({ at, arrives, from, to }) => {
    if (!arrives && typeof from === "number") change(from, at, 1)
    if (arrives && typeof to === "number") change(to, at, -1)
  })
  people.forEach((_, client) => change(client, 0, traffic.heldBy(client)))
  traffic.run(length)
  const means = under.map((one, client) => (change(client, length, 0), one.sum / length))
  const half = sessions / 2
  const within = 1.96 * Math.sqrt((sessions + 1) / (12 * half * half))
  const silent = people.flatMap((_, client) => (isWriting(client) ? [traffic.heldBy(client)] : []))
  return { reads, speed, meanHold, writes, length, sessions, waiting: mean(silent), within, told: area(means.filter((_, i) => !isWriting(i)), means.filter((_, i) => isWriting(i))) }
}

/** How often one of the first is less than one of the second. */
function area(less: readonly number[], more: readonly number[]): number {
  let wins = 0
  for (const a of less) for (const b of more) wins += a < b ? 1 : a === b ? 1 / 2 : 0
  return wins / (less.length * more.length)
}
