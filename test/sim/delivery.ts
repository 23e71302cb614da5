/**
 * How long a message takes on the simulated network, both people on profile fast, default delays:
 *   node scripts/n.mjs node test/sim/delivery.ts [seed] [messages] [loss=share] [parameter=value …]
 */
import { deliveryOf } from "../../bench/network/expected.ts"
import { simulatedTimes } from "../../bench/network/simulated.ts"

const [seed = "delivery", count = "40", ...changes] = process.argv.slice(2)

const { loss = 0, ...parameters } = Object.fromEntries(changes.map((change) => change.split("=")).map(([name, value]) => [name, Number(value)]))
const times = await simulatedTimes({ seed, speed: "fast", messages: Number(count), loss, parameters })
const { median, p90 } = deliveryOf(times)
const seconds = (ms: number) => (ms / 1000).toFixed(1)
console.log(`${seed}: ${times.length} of ${count}, median ${seconds(median)} s, p90 ${seconds(p90)} s, most ${seconds(Math.max(...times))} s`)
