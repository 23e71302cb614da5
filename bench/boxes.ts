/**
 * What requests cost a shard, stamps their writers, and boxes in SQLite as a shard keeps them, in workerd, as there are more of them:
 *   node scripts/n.mjs node bench/boxes.ts [--boxes 1000000] [--dir /var/tmp]
 * It writes 4.2 kB for each box, and deletes them at the end. What needs no disk is measured in CPU time of workerd, so that other work on the
 * machine counts little; lookups also as they are right after the system has dropped the file from its cache, in time on the clock.
 */
import { statfsSync } from "node:fs"
import { tmpdir } from "node:os"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { costOfRequests, hashesPerSecond } from "./boxes/requests.ts"
import { boxesTable } from "./boxes/table.ts"

const args = parseArguments(process.argv.slice(2), { boxes: "value", dir: "value" })
const most = numberOption(args, "boxes", 1_000_000, 10_000, 20_000_000)
const steps = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000].filter((step) => step < most)

console.log(`stamps: ${Math.round(hashesPerSecond())} hashes per second`)
for (const [what, cost] of Object.entries(await costOfRequests())) console.log(`${what}: ${cost.toFixed(0)} µs`)

const parent = args.options.get("dir") ?? tmpdir()
const { bavail, bsize } = statfsSync(parent)
if (bavail * bsize < most * 4200 * 1.5) throw new Error(`${parent} has no room for ${most} boxes`)
console.log("boxes | write, 20 at once | hit | miss | hit, cold | miss, cold | delete | bytes per box | memory of workerd")
await boxesTable([...steps, most], parent, ({ boxes, bytes, resident, ...costs }) => {
  const times = [costs.write, costs.hit, costs.miss, costs.coldHit, costs.coldMiss, costs.expire].map((cost) => `${cost.toFixed(0)} µs`)
  console.log([boxes, ...times, bytes.toFixed(0), `${(resident / 2 ** 20).toFixed(0)} MB`].join(" | "))
})
