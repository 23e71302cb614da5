/**
 * People who write to each other on a simulated network where nothing lasts: requests between nodes get lost on every hop, every node and
 * every client is stopped at random and goes on from its disk, and no two clocks agree:
 *   node scripts/n.mjs node bench/storm.ts [--seed 1] [--people 10] [--messages 10000] [--loss 20] [--peace] [--cheap] [--json]
 * With --peace people get to know each other before that, with --cheap packets are made with a group that costs little and hides nothing.
 * Ends with 1 where a message was lost, came twice or out of order. Virtual time: what it takes in real time is the work of all clients
 * and nodes, on one core.
 */
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { cheapGroup } from "../test/sim/cheap-group.ts"
import { platformX25519 } from "../test/sim/sim-network.ts"
import { storm } from "../test/scenarios/storm.ts"

const MINUTE = 60_000

const args = parseArguments(process.argv.slice(2), { seed: "value", people: "value", messages: "value", loss: "value", json: "flag", cheap: "flag", peace: "flag" })
const before = process.cpuUsage()
const result = await storm({
  seed: args.options.get("seed") ?? "1",
  people: numberOption(args, "people", 10, 2, 100),
  messages: numberOption(args, "messages", 10_000, 1, 1_000_000),
  loss: numberOption(args, "loss", 20, 0, 90) / 100,
  burst: 16,
  clocks: 5 * MINUTE,
  nodeRestarts: 15 * MINUTE,
  clientRestarts: 10 * MINUTE,
  bursts: 4000,
  within: 12 * 60 * MINUTE,
  peace: args.options.has("peace"),
  x25519: args.options.has("cheap") ? cheapGroup : platformX25519,
  say: (line) => console.error(line),
})
const { user, system } = process.cpuUsage(before)
const work = Math.round((user + system) / 1e6)
const memory = Math.round(process.resourceUsage().maxRSS / 1024)
const { delays } = result
const [median, p90, p99, worst] = [0.5, 0.9, 0.99, 1].map((share) => Math.round((delays[Math.max(0, Math.ceil(share * delays.length) - 1)] ?? NaN) / 1000))
if (args.options.has("json")) console.log(JSON.stringify({ ...result, delays: undefined, median, p90, p99, worst, work, memory }))
else {
  const { sent, lost, doubled, disordered, vanished, restarts, acquainted, took } = result
  console.log(`${sent} messages, ${restarts.nodes} restarts of nodes and ${restarts.clients} of clients: ${lost} lost, ${doubled} twice, ${disordered} out of order, ${vanished} gone again; acquainted after ${Math.round(acquainted / 60)} min, all there ${Math.round(took / 60)} min after the first; from writing to the reader's store: median ${median} s, p90 ${p90} s, p99 ${p99} s, worst ${worst} s; ${work} s of work, ${memory} MB`)
}
process.exit(result.lost + result.doubled + result.disordered + result.vanished > 0 ? 1 : 0)
