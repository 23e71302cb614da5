import type { Speed } from "../../messenger/api.ts"
import type { Trip } from "../../messenger/courier.ts"
import { randomStream } from "../../messenger/random-stream.ts"
import { SlotClock } from "../../messenger/slots.ts"
import { Traffic } from "../../messenger/traffic.ts"
import { expectedRoundTrip } from "../../messenger/timing.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { exponential, pick, uniform } from "../../shared/random.ts"
import type { Hop } from "../../shared/route.ts"
import { forwardRoute, replyRoute } from "../../shared/route.ts"
import { Heap } from "../../shared/node/heap.ts"
import type { Due } from "../../shared/node/heap.ts"
import { seeded } from "../../test/nodes/seeded.ts"
import { directoryOf } from "./nodes.ts"
import { WIRE } from "./traffic.ts"

/** How soon a client warns its user of losses that look like an attack, by its own figures. */
export interface Notice {
  readonly speed: Speed
  /** Share of the requests that get no answer. */
  readonly lost: number
  readonly clients: number
  /** Share of the clients that warned within the time watched, and the time, ms, after which half of them had; null where fewer did. */
  readonly warned: number
  readonly half: number | null
  readonly length: number
}

interface Event extends Due {
  readonly happens: () => void
}

/** Calm before the attack, ms. */
const CALM = 30 * 60_000

/** Clients as long as this watch their own losses; the clock, the ways, the deadlines and the figures are the client's own. */
export function notice(seed: string, speed: Speed, lost: number, clients: number, length: number): Notice {
  const times = Array.from({ length: clients }, (_, i) => noticed(`${seed} ${speed} ${lost} ${i}`, speed, lost, length)).sort((a, b) => a - b)
  const half = times[Math.ceil(clients / 2) - 1]!
  return { speed, lost, clients, warned: times.filter((time) => time < Infinity).length / clients, half: half === Infinity ? null : half, length }
}

function noticed(seed: string, speed: Speed, lost: number, length: number): number {
  const random = randomStream(seeded(`losses ${seed}`)(32))
  const directory = directoryOf({ mixes: 3, dropboxes: 3 }, defaultParameters)
  const gateway = directory.layers[0][0]!
  const choice = { random, usable: () => true }
  const round = expectedRoundTrip(defaultParameters)
  const [traffic, clock, events] = [new Traffic(), new SlotClock(random), new Heap<Event>()]
  for (let slot = clock.next(0, speed); slot.at < CALM + length; slot = clock.next(slot.at, speed)) {
    for (let event = events.first; event !== null && event.at <= slot.at; event = events.first) {
      events.remove(event)
      event.happens()
      if (event.at > CALM && traffic.health.isAlarming) return event.at - CALM
    }
    // What is held says nothing of losses for minutes, and is not counted.
    if (slot.kind === "held") continue
    const [out, back] = [forwardRoute(directory, gateway, pick(random, directory.dropboxes), choice)!, replyRoute(directory, gateway, choice)!]
    const trip: Trip = { carried: "cover", asked: "read", out: out.map(nodeOf), back: back.map(nodeOf), hold: 0, sent: slot.at, answered: null, lost: false }
    traffic.left(trip)
    const isLost = slot.at > CALM && uniform(random) < lost
    const at = isLost ? slot.at + 2 * round + exponential(random, round) : slot.at + [...out, ...back].reduce((all, { delay }) => all + delay + WIRE, WIRE)
    const happens = () => {
      if (isLost) trip.lost = true
      else trip.answered = at
      if (isLost) traffic.expired(trip, at)
      else traffic.returned(trip, at)
    }
    events.add({ at, slot: -1, happens })
  }
  return Infinity
}

function nodeOf({ node }: Hop) {
  return node
}
