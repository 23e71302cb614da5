/**
 * A group on a simulated network whose members change while requests get lost on every hop and clients are stopped at random:
 *   nice node scripts/n.mjs node --import ./bench/group/native-curves.ts bench/group.ts [--seed 1] [--people 32] [--messages 5000] [--loss 20] [--gap 10] [--desk] [--json]
 * A quarter of the people are taken out and let in again, roles and the name change; all others write. Ends with 1 where a message was lost, came twice or out of its
 * sender's order, was read by who was not there, or where members are left in different states. Packets are made with a group that costs little and hides nothing; with --desk there are none, and
 * requests themselves get lost.
 */
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { groupStorm } from "../test/scenarios/group-storm.ts"

const MINUTE = 60_000

const args = parseArguments(process.argv.slice(2), { seed: "value", people: "value", messages: "value", loss: "value", gap: "value", desk: "flag", json: "flag" })
const before = process.cpuUsage()
const result = await groupStorm({
  seed: args.options.get("seed") ?? "1",
  people: numberOption(args, "people", 32, 4, 32),
  messages: numberOption(args, "messages", 5000, 1, 1_000_000),
  loss: numberOption(args, "loss", 20, 0, 90) / 100,
  gap: numberOption(args, "gap", 10, 1, 3600) * 1000,
  changes: 4 * MINUTE,
  restarts: 60 * MINUTE,
  within: 24 * 60 * MINUTE,
  atDesk: args.options.has("desk"),
  say: (line) => console.error(line),
})
const { user, system } = process.cpuUsage(before)
const work = Math.round((user + system) / 1e6)
const memory = Math.round(process.resourceUsage().maxRSS / 1024)
const { delays } = result
const [median, p90, p99, worst] = [0.5, 0.9, 0.99, 1].map((share) => Math.round((delays[Math.max(0, Math.ceil(share * delays.length) - 1)] ?? NaN) / 1000))
const { sent, lost, doubled, disordered, foreign, absences, changes, restarts, states, epochs, beaten, founded, took } = result
if (args.options.has("json")) console.log(JSON.stringify({ ...result, delays: undefined, median, p90, p99, worst, work, memory }))
else {
  console.log(`${sent} messages, ${changes} changes (${absences} times somebody was out), ${restarts} restarts: ${lost} lost, ${doubled} twice, ${disordered} out of order, ${foreign} read by who was not there, ${states} state(s); ${epochs ?? "?"} epochs, ${beaten ?? "?"} claims came second; there after ${Math.round(founded / 60)} min, all one ${Math.round(took / 60)} min behind the last; from writing to each reader's store: median ${median} s, p90 ${p90} s, p99 ${p99} s, worst ${worst} s; ${work} s of work, ${memory} MB`)
}
process.exit(lost + doubled + disordered + foreign > 0 || states > 1 ? 1 : 0)
