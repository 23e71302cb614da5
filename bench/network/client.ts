/**
 * Some dozens of clients in one process, in pairs who write to each other; started by crowd.ts, which it obeys over the channel to its parent.
 */
import type { Messenger, Speed } from "../../messenger/api.ts"
import { systemClock } from "../../messenger/platform/nodejs/clock.ts"
import type { Clock, NetworkDescription } from "../../messenger/ports.ts"
import type { Correspondence, Correspondent } from "./pair.ts"
import { acquaint, begin, correspond } from "./pair.ts"

/** A wake-up that comes so much later than it was asked for is late, ms. The slots of a client's clock are such wake-ups. */
const LATE = 100
/** Between the starts of two clients, ms. */
const STAGGER = 20

export interface Orders {
  start: { readonly network: NetworkDescription; readonly clients: number; readonly speed: Speed }
  /** Returns how many pairs know each other. */
  acquaint: { readonly within: number }
  speed: { readonly speed: Speed }
  /** The messages of each pair; null as in correspond. */
  correspond: Correspondence
  /** One side of each pair makes a code, which puts boxes into dropboxes. */
  invite: Record<string, never>
  state: Record<string, never>
}

/** Since the start, all clients of the process together. */
export interface CrowdState {
  readonly sent: number
  readonly replies: number
  readonly lost: number
  /** Sum over clients of the median of the last 50 round trips that were answered at once, ms. */
  readonly roundTrips: number
  readonly wakes: number
  readonly late: number
  /** Seconds. */
  readonly cpu: number
  /** MB. */
  readonly memory: number
}

let wakes = 0
let late = 0
const watchedClock: Clock = {
  now: systemClock.now,
  at: (time, wake) => {
    const asked = Math.max(time, systemClock.now())
    return systemClock.at(time, () => {
      wakes++
      if (systemClock.now() - asked > LATE) late++
      return wake()
    })
  },
}

const messengers: Messenger[] = []
let pairs: [Correspondent, Correspondent][] = []

const acts: { [Name in keyof Orders]: (order: Orders[Name]) => Promise<unknown> } = {
  async start({ network, clients, speed }) {
    for (let i = 0; i < clients; i++) {
      messengers.push(await begin(`Client ${i}`, network, speed, watchedClock))
      await new Promise((resolve) => setTimeout(resolve, STAGGER))
    }
  },
  async acquaint({ within }) {
    const both = messengers.flatMap((one, i) => (i % 2 === 0 && i + 1 < messengers.length ? [[one, messengers[i + 1]!] as const] : []))
    const made = await Promise.allSettled(both.map(([inviter, guest]) => acquaint(inviter, guest, within)))
    pairs = made.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))
    return pairs.length
  },
  async speed({ speed }) {
    for (const messenger of messengers) await messenger.run("speed", { speed })
  },
  async correspond(correspondence) {
    return (await Promise.all(pairs.map((pair) => correspond(pair, correspondence)))).flat()
  },
  async invite() {
    for (let i = 0; i < messengers.length; i += 2) await messengers[i]!.run("invite", { name: "Guest" })
  },
  async state(): Promise<CrowdState> {
    const views = await Promise.all(messengers.map((messenger) => messenger.run("view", {})))
    const sum = (of: "sent" | "replies" | "lost") => views.reduce((all, { network }) => all + network[of], 0)
    const { user, system } = process.cpuUsage()
    const roundTrips = views.reduce((all, { network }) => all + (network.roundTrip ?? 0), 0)
    return { roundTrips, sent: sum("sent"), replies: sum("replies"), lost: sum("lost"), wakes, late, cpu: (user + system) / 1e6, memory: process.memoryUsage().rss / 2 ** 20 }
  },
}

process.on("message", ({ id, name, order }: { id: number; name: keyof Orders; order: never }) => {
  acts[name](order).then(
    (result) => process.send?.({ id, result: result ?? null }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  )
})
// Nobody is left to report to.
process.on("disconnect", () => process.exit())
