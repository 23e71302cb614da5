import { defaultParameters } from "../../shared/directory/parameters.ts"
import { seeded } from "../../test/sim/sim-network.ts"
import type { Delivery } from "./expected.ts"
import { delaysAlone } from "./expected.ts"
import { openedPacket } from "./opened.ts"
import type { Run, Setting } from "./run.ts"
import { run } from "./run.ts"
import { simulatedDelivery, SLOTS_PER_MESSAGE } from "./simulated.ts"

export interface NetworkMeasured {
  /** Few clients, whose messages wait for nothing but slots and delays. Shorter delays, so that it takes less than a minute. */
  readonly few: Run
  readonly fewAlone: Delivery
  /** CPU of one packet that this process opened, ms. */
  readonly opened: number
  /** Of the whole: by size at balanced, up to the first that this machine does not carry, and 200 at saver; and 20 clients at each profile. */
  readonly sizes: readonly Run[]
  /** Clients at balanced of which not even half got acquainted. */
  readonly tooMany: number | null
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
/** As many slots as 40 at balanced have. It takes them long to get acquainted. */
const SLOW: Setting = { ...common, clients: 200, speed: "saver", messages: 2, within: 900_000 }
const FAST: Setting = { ...common, clients: 20, speed: "fast", messages: 6 }
const SAVER: Setting = { ...common, clients: 20, speed: "saver", messages: 2 }

export async function measureNetwork(quick: boolean, say: (line: string) => void): Promise<NetworkMeasured> {
  const openedBefore = await openedPacket()
  const few = await run(FEW, say)
  const opened = (openedBefore + (await openedPacket())) / 2
  const fewAlone = delaysAlone(FEW.speed, FEW.meanDelay, seeded("few"))
  if (quick) return { few, fewAlone, opened, sizes: [], tooMany: null, profiles: [] }

  // Each on a network of its own: most of it is waiting, and together they are less work for the machine than the large ones.
  const [six, twenty, fast, saver] = await Promise.all([run(SIX, say), run(TWENTY, say), run(FAST, say), run(SAVER, say)])
  const { runs, tooMany } = await inTurn(MANY, say)
  const sizes = [six, twenty, ...runs, await run(SLOW, say)]
  const profiles = []
  for (const one of [fast, twenty, saver]) profiles.push({ run: one, alone: delaysAlone(one.speed, meanDelay, seeded(one.speed)), simulated: await simulatedDelivery(one.speed) })
  return { few, fewAlone, opened, sizes, tooMany, profiles }
}

async function inTurn(settings: readonly Setting[], say: (line: string) => void): Promise<{ runs: readonly Run[]; tooMany: number | null }> {
  const runs: Run[] = []
  for (const setting of settings) {
    try {
      runs.push(await run(setting, say))
    } catch (error) {
      say(error instanceof Error ? error.message : String(error))
      return { runs, tooMany: setting.clients }
    }
  }
  return { runs, tooMany: null }
}
