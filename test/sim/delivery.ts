/**
 * How long a message takes on the simulated network, both people on profile fast, default delays, and a message in 8 slots:
 *   node scripts/n.mjs node test/sim/delivery.ts [seed] [messages] [speed=balanced] [gap=slots] [loss=share] [parameter=value …]
 */
import { deliveryOf } from "../../bench/network/expected.ts"
import { simulatedTimes } from "../../bench/network/simulated.ts"
import type { Speed } from "../../messenger/api.ts"
import { SLOT_MEAN } from "../../messenger/timing.ts"

const [seed = "delivery", count = "40", ...changes] = process.argv.slice(2)

const { speed = "fast", ...given } = Object.fromEntries(changes.map((change) => change.split("=") as [string, string]))
if (!isSpeed(speed)) throw new Error("speed is fast, balanced or saver")
const { loss = 0, gap, ...parameters } = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Number(value)]))
const times = await simulatedTimes({ seed, speed, messages: Number(count), loss, gap, parameters })
const { median, p90 } = deliveryOf(times)
const seconds = (ms: number) => (ms / 1000).toFixed(1)
console.log(`${seed}: ${times.length} of ${count}, median ${seconds(median)} s, p90 ${seconds(p90)} s, most ${seconds(Math.max(...times))} s`)

function isSpeed(name: string): name is Speed {
  return Object.hasOwn(SLOT_MEAN, name)
}
