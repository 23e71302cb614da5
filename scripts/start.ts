import path from "node:path"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import type { RunningNetwork } from "./network/network.ts"
import { startNetwork } from "./network/network.ts"
import { PORTS } from "./network/ports.ts"

const HELP = `npm start [-- OPTIONS]: a whole Sotto network on this machine, and the app

  --port PORT   of the app (8080); the nodes take the ${PORTS - 1} ports that follow
  --data DIR    where the nodes and the echo bot keep what they keep, and the logs (.sotto)
  --host HOST   where the app's server listens (localhost); the nodes stay on 127.0.0.1
  --help

It prints "ready" when the app can be opened, and ends on Ctrl+C. Started again with the same folder, it is the same network.`

const LOCAL = ["127.0.0.1", "::1"]

let network: RunningNetwork | null = null
let ending = false

process.on("unhandledRejection", (error) => void end(1, error))
// A second Ctrl+C, and the copies of the first that npm and the launcher send, change nothing.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0))
endWithParent()

try {
  await start(process.argv.slice(2))
} catch (error) {
  await end(1, error)
}

async function start(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, { port: "value", data: "value", host: "value", help: "flag" })
  if (args.options.has("help")) {
    console.log(HELP)
    process.exit(0)
  }
  if (args.words.length > 0) throw new Failure(`"${args.words[0]}" is no option; "npm start -- --help" shows them.`)
  const firstPort = numberOption(args, "port", 8080, 1024, 65_535 - PORTS)
  const host = args.options.get("host")
  const folder = path.resolve(args.options.get("data") ?? ".sotto")

  const started = await startNetwork({
    folder,
    firstPort,
    hosts: host === undefined || host === "localhost" ? LOCAL : [host],
    name: "Local network",
    parameters: {},
    echo: true,
    say: console.log,
    onDeath: (name, log) => {
      if (name === "echo") console.error(`The echo bot has ended; the network goes on without it (${log} may say why).`)
      else void end(1, new Failure(`The node ${name} has ended by itself, so all others are stopped (${log} may say why).`))
    },
  })
  network = started
  if (ending) return void started.stop()
  console.log(whatNext(started, folder))
  console.log("ready")
}

function whatNext({ url, id, nodes }: RunningNetwork, folder: string): string {
  return `
Sotto runs: an authority, ${nodes.length - 3} mixes in three layers, two dropboxes and an echo bot, all on this machine.

  The app    ${url}
             Open it in two browsers (or one ordinary and one private window),
             show a code in one and enter it in the other. Or say hello to Echo.

  Command    npx sotto init --network ${url} --name Anna --profile-speed fast
  line       npx sotto code
             npx sotto read --follow
             (more people: --profile DIR with each command; npx sotto --help)

  Network    id ${id}
  Data       ${folder}

Ctrl+C ends it. Nothing here hides who talks to whom as long as one person runs all nodes.
`
}

async function end(code: number, error?: unknown): Promise<void> {
  if (ending) return
  ending = true
  if (error instanceof Failure) console.error(error.message)
  else if (error !== undefined) console.error("This is a mistake in Sotto itself:", error)
  await network?.stop()
  process.exit(code)
}

/** A launcher that was killed cannot pass a signal on. */
function endWithParent(): void {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && void end(1), 500).unref()
}
