/**
 * Messages between clients while all nodes and all clients are killed with SIGKILL and started again, one after the other in random order:
 *   node scripts/n.mjs node bench/endurance.ts [--minutes 5] [--clients 10] [--message-every 3] [--kill-every 8] [--client-kill-every 8] [--json]
 * A network of real nodes of its own at default parameters, clients at profile fast, each in a process of its own with the command line's store.
 * Counted is what lies in the stores in the end. Ends with 1 where a message was lost, is there twice or out of order.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { startNetwork } from "../scripts/network/network.ts"
import { freePorts } from "../scripts/network/ports.ts"
import { endure } from "./endurance/endure.ts"

const args = parseArguments(process.argv.slice(2), {
  minutes: "value",
  clients: "value",
  "message-every": "value",
  "kill-every": "value",
  "client-kill-every": "value",
  patience: "value",
  json: "flag",
})
const folder = await mkdtemp(path.join(tmpdir(), "sotto-endurance-"))
const network = await startNetwork({
  folder,
  firstPort: await freePorts(),
  hosts: ["127.0.0.1"],
  name: "Endurance",
  parameters: {},
  echo: false,
  say: () => undefined,
  onDeath: (name) => {
    throw new Error(`The node ${name} has ended by itself.`)
  },
})
try {
  const result = await endure({
    network,
    folder,
    clients: numberOption(args, "clients", 10, 2, 100),
    seconds: 60 * numberOption(args, "minutes", 5, 0, 10_000),
    messageEvery: numberOption(args, "message-every", 3, 0, 3600),
    killEvery: numberOption(args, "kill-every", 8, 0, 3600),
    clientKillEvery: numberOption(args, "client-kill-every", 8, 0, 3600),
    patience: 60 * numberOption(args, "patience", 35, 1, 1000),
    say: (line) => console.error(line),
  })
  const { times } = result
  const [median, p90, worst] = [0.5, 0.9, 1].map((share) => times[Math.max(0, Math.ceil(share * times.length) - 1)]?.toFixed(1))
  if (args.options.has("json")) console.log(JSON.stringify({ ...result, times: undefined, median, p90, worst }))
  else {
    const { sent, lost, doubled, disordered, kills, largest } = result
    console.log(`${sent} messages, ${kills.nodes} nodes and ${kills.clients} clients killed: ${lost} lost, ${doubled} twice, ${disordered} out of order; median ${median} s, p90 ${p90} s, worst ${worst} s; largest node ${largest} MB`)
  }
  process.exitCode = result.lost + result.doubled + result.disordered > 0 ? 1 : 0
} finally {
  await network.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exit()
