/**
 * How long a message takes on the simulated network, both people on profile fast, default delays:
 *   node scripts/n.mjs node test/sim/delivery.ts [seed] [messages] [loss=share] [parameter=value …]
 */
import { exponential } from "../../shared/random.ts"
import { introduce, Person } from "./person.ts"
import { seeded, SimNetwork } from "./sim-network.ts"

const [seed = "delivery", count = "40", ...changes] = process.argv.slice(2)
const MEAN_GAP = 8000

const { loss = 0, ...parameters } = Object.fromEntries(changes.map((change) => change.split("=")).map(([name, value]) => [name, Number(value)]))
const network = await SimNetwork.start({ seed, parameters, loss })
const people = [await Person.join(network, "Anna"), await Person.join(network, "Ben")] as const
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
for (let i = 0; i < Number(count); i++) {
  await network.clock.run(exponential(random, MEAN_GAP))
  begun.set(`${i}`, network.clock.now())
  await people[i % 2]!.send(ids[i % 2]!, `${i}`)
}
await network.clock.runUntil(() => took.size === begun.size, 3_600_000)
const sorted = [...took.values()].sort((a, b) => a - b)
const quantile = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1]! / 1000).toFixed(1)
console.log(`${seed}: ${sorted.length} of ${begun.size}, median ${quantile(0.5)} s, p90 ${quantile(0.9)} s, most ${quantile(1)} s`)
