import type { Speed } from "../../messenger/api.ts"
import type { Delivery } from "./expected.ts"
import { deliveryOf, SIMULATED } from "./expected.ts"
import { SLOT_MEAN } from "../../messenger/timing.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { exponential } from "../../shared/random.ts"
import { introduce, Person } from "../../test/sim/person.ts"
import { seeded, SimNetwork } from "../../test/sim/sim-network.ts"

/** Slots of each between two messages. */
export const SLOTS_PER_MESSAGE = 8
const HOUR = 3_600_000

export interface Simulation {
  readonly seed: string
  readonly speed: Speed
  readonly messages: number
  /** Mean slots between two messages. */
  readonly gap?: number | undefined
  readonly loss?: number
  readonly parameters?: Partial<Parameters>
}

/** ms from writing to being shown of what two people write in turn on the simulated network, where time passes only for slots, delays and links. Those that came within an hour. */
export async function simulatedTimes({ seed, speed, messages, gap = SLOTS_PER_MESSAGE, loss = 0, parameters = {} }: Simulation): Promise<number[]> {
  const network = await SimNetwork.start({ seed, parameters, loss })
  const people = [await Person.join(network, "Anna", speed), await Person.join(network, "Ben", speed)] as const
  const ids = await introduce(...people)
  const random = seeded(`delivery ${seed}`)
  const begun = new Map<string, number>()
  const took = new Map<string, number>()
  for (const { messenger } of people) {
    messenger.subscribe((event) => {
      if (event.type !== "message" || event.message.own || took.has(event.message.text)) return
      took.set(event.message.text, network.clock.now() - begun.get(event.message.text)!)
    })
  }
  for (let i = 0; i < messages; i++) {
    await network.clock.run(exponential(random, gap * SLOT_MEAN[speed]))
    begun.set(`${i}`, network.clock.now())
    await people[i % 2]!.send(ids[i % 2]!, `${i}`)
  }
  await network.clock.runUntil(() => took.size === begun.size, HOUR)
  return [...took.values()]
}

/** The same of several such pairs of people, at a speed. */
export async function simulatedDelivery(speed: Speed, runs = SIMULATED.runs): Promise<Delivery> {
  const times: number[] = []
  for (let run = 1; run <= runs; run++) times.push(...(await simulatedTimes({ seed: `network ${speed} ${run}`, speed, messages: SIMULATED.messages })))
  return deliveryOf(times)
}
