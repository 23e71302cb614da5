/**
 * How long a message takes from its writing to its being shown, on a network of real nodes at default delays, with
 * profile fast at both ends:
 *   node scripts/n.mjs node bench/delivery.ts [--messages 50] [--gap 8] [--json]
 * Two people write in turn, at random times with a mean of --gap seconds between them. The network is one of its own;
 * --network URL takes one that runs. Nothing else should keep the machine busy meanwhile.
 */
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { loadNetwork } from "../cli/network.ts"
import type { NetworkDescription } from "../messenger/ports.ts"
import { quantile } from "./figures.ts"
import { onNetwork } from "./network/nodes.ts"
import { acquaint, begin, correspond } from "./network/pair.ts"

const ACQUAINTED_WITHIN = 120_000
const PATIENCE = 120_000

const args = parseArguments(process.argv.slice(2), { messages: "value", gap: "value", network: "value", json: "flag" })
const count = numberOption(args, "messages", 50, 1, 100_000)
const gap = numberOption(args, "gap", 8, 0, 3600) * 1000
const address = args.options.get("network")

async function measure(network: NetworkDescription): Promise<(number | null)[]> {
  const messengers = [await begin("Anna", network, "fast"), await begin("Bert", network, "fast")] as const
  const people = await acquaint(...messengers, ACQUAINTED_WITHIN)
  const times = await correspond(people, { count, gap, patience: PATIENCE, say: (line) => process.stderr.write(`\r${line}`) })
  process.stderr.write("\n")
  for (const messenger of messengers) await messenger.stop()
  return times
}

const times = address ? await measure((await loadNetwork(address)).network) : await onNetwork({}, ({ description }) => measure(description))
const sorted = times.filter((time) => time !== null).sort((a, b) => a - b)
const [median, p90, p99] = [0.5, 0.9, 0.99].map((share) => Math.round(quantile(sorted, share)))
const lost = times.length - sorted.length
if (args.options.has("json")) console.log(JSON.stringify({ messages: count, median, p90, p99, lost, times: times.map((time) => time && Math.round(time)) }))
else console.log(`${count} messages: median ${median} ms, p90 ${p90} ms, p99 ${p99} ms, lost ${lost}`)
process.exit(lost > 0 ? 1 : 0)
