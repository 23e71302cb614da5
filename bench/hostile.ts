/**
 * Hostile inputs of every kind rain on all endpoints of a running network while two people write to each other:
 *   node scripts/n.mjs node bench/hostile.ts [--inputs 200000] [--peace 90] [--json]
 * Ends with 1 where a node ended, or honest traffic fell below half its speed: packets answered, or the median of deliveries.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { startNetwork } from "../scripts/network/network.ts"
import { freePorts } from "../scripts/network/ports.ts"
import type { Fare } from "./hostile/siege.ts"
import { besiege, summary } from "./hostile/siege.ts"

const args = parseArguments(process.argv.slice(2), { inputs: "value", peace: "value", json: "flag" })
const folder = await mkdtemp(path.join(tmpdir(), "sotto-hostile-"))
const network = await startNetwork({
  folder,
  firstPort: await freePorts(),
  hosts: ["127.0.0.1"],
  name: "Hostile",
  parameters: {},
  echo: false,
  say: () => undefined,
  onDeath: (name) => console.error(`The node ${name} has ended by itself.`),
})
try {
  const result = await besiege({
    network,
    folder,
    inputs: numberOption(args, "inputs", 200_000, 1, 100_000_000),
    peace: numberOption(args, "peace", 90, 1, 10_000),
    say: (line) => console.error(line),
  })
  const { peace, siege, dead, memory, seconds, thrown } = result
  if (args.options.has("json")) console.log(JSON.stringify(result))
  else {
    console.log(`${Object.values(thrown).reduce((a, b) => a + b, 0)} hostile inputs in ${seconds} s: ${dead.length === 0 ? "no node ended" : `ended: ${dead.join(", ")}`}`)
    console.log(`peace: ${summary(peace)}\nsiege: ${summary(siege)}`)
    console.log(`memory of the node that grew most: ${memory.before} MB before, at most ${memory.most} MB, ${memory.after} MB after`)
  }
  const median = ({ deliveries }: Fare) => deliveries[deliveries.length >> 1] ?? Infinity
  const isSlow = siege.answered < peace.answered / 2 || median(siege) > 2 * median(peace)
  process.exitCode = dead.length > 0 || isSlow ? 1 : 0
} finally {
  await network.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exit()
