import type { Speed } from "../../messenger/api.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { seeded } from "../../test/sim/sim-network.ts"
import type { Delivery } from "./expected.ts"
import { delaysAlone, deliveryOf } from "./expected.ts"
import { openedPacket } from "./opened.ts"
import type { Run, Setting } from "./run.ts"
import { run } from "./run.ts"
import { simulatedTimes, SLOTS_PER_MESSAGE } from "./simulated.ts"

export interface NetworkMeasured {
  /** Few clients, whose messages wait for nothing but slots and delays. Shorter delays, so that it takes less than a minute. */
  readonly few: Run
  readonly fewAlone: Delivery
  /** CPU of one packet that this process opened, ms. */
  readonly opened: number
  /** Of the whole: by size at balanced, and 20 clients at each profile. */
  readonly sizes: readonly Run[]
  readonly profiles: readonly { readonly run: Run; readonly alone: Delivery; readonly simulated: Delivery }[]
}

const { meanDelay } = defaultParameters
const FEW: Setting = { clients: 12, speed: "fast", meanDelay: 100, messages: 5, gap: 4, patience: 12, within: 60_000 }
const common = { meanDelay, gap: SLOTS_PER_MESSAGE, patience: 40, within: 150_000 } as const
const SIX: Setting = { ...common, clients: 6, speed: "balanced", messages: 8 }
const TWENTY: Setting = { ...common, clients: 20, speed: "balanced", messages: 5 }
const MANY: readonly Setting[] = [
  { ...common, clients: 50, speed: "balanced", messages: 3 },
  { ...common, clients: 100, speed: "balanced", messages: 2 },
  { ...common, clients: 200, speed: "balanced", messages: 2 },
]
const FAST: Setting = { ...common, clients: 20, speed: "fast", messages: 6 }
const SAVER: Setting = { ...common, clients: 20, speed: "saver", messages: 2 }
const SIMULATED = 40

export async function measureNetwork(quick: boolean, say: (line: string) => void): Promise<NetworkMeasured> {
  const openedBefore = await openedPacket()
  const few = await run(FEW, say)
  const opened = (openedBefore + (await openedPacket())) / 2
  const fewAlone = delaysAlone(FEW.speed, FEW.meanDelay, seeded("few"))
  if (quick) return { few, fewAlone, opened, sizes: [], profiles: [] }

  // Each on a network of its own; together they are less work for the machine than the large ones.
  const [saver, [six, twenty, fast]] = await Promise.all([run(SAVER, say), inTurn([SIX, TWENTY, FAST], say)])
  const sizes = [six!, twenty!, ...(await inTurn(MANY, say))]
  const profiles = []
  for (const one of [fast!, twenty!, saver]) profiles.push({ run: one, alone: delaysAlone(one.speed, meanDelay, seeded(one.speed)), simulated: await simulated(one.speed) })
  return { few, fewAlone, opened, sizes, profiles }
}

async function simulated(speed: Speed): Promise<Delivery> {
  return deliveryOf(await simulatedTimes({ seed: `network ${speed}`, speed, messages: SIMULATED }))
}

async function inTurn(settings: readonly Setting[], say: (line: string) => void): Promise<Run[]> {
  const runs: Run[] = []
  for (const setting of settings) runs.push(await run(setting, say))
  return runs
}
