import path from "node:path"
import { createInterface } from "node:readline"
import { parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import { freshWorkers, workersFolder } from "./network/fresh.ts"
import { startKeeper } from "./network/keeper.ts"
import { whatNext } from "./nodes/admission-help.ts"
import { takeNodeFolder, writePortable, writeProgram } from "./nodes/folder.ts"
import type { NodeKind } from "./nodes/kinds.ts"
import { kinds } from "./nodes/kinds.ts"
import { listenOption, localUrl } from "./nodes/listen.ts"
import { secretOf } from "./nodes/secret.ts"
import { bindingsOf, nounOf, SETTINGS, SETTINGS_HELP, settingsFrom, urlOption } from "./nodes/settings.ts"
import type { RunningNode } from "./nodes/workerd.ts"
import { startWorkerd } from "./nodes/workerd.ts"

/** A machine of one's own has more memory than a Durable Object: 256 MB of tags are 3,300 packets a second all through an hour. */
const OWN_MACHINE = { REPLAY_TAGS: "12000000" }

const HELP = `npm run node -- mix|dropbox|directory OPTIONS: one node, under workerd
npm run node -- build mix|dropbox|directory --out DIR OPTIONS: the same as a
  folder, to be copied to a machine that has neither npm nor Node: DIR/start

  --dir DIR               where it keeps what it keeps, its secret included
  --listen ADDRESS:PORT   127.0.0.1:8787 where a web server stands before it
  --url URL               where others reach it: https://mix.example
${SETTINGS_HELP}
  --address-header NAME   of a mix in layer 1: the header by which the web
                          server before it tells addresses (x-real-ip)
  --allow-private         it may connect to private addresses: for trying only
  --help

It ends on Ctrl+C or SIGTERM; started again on the same folder, it is the same
node.`

let node: RunningNode | null = null
let unlock: (() => void) | null = null
let ending = false

process.on("unhandledRejection", (error) => void end(1, error))
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0))

try {
  await main(process.argv.slice(2))
} catch (error) {
  await end(1, error)
}

async function main(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, {
    ...SETTINGS,
    dir: "value",
    out: "value",
    listen: "value",
    "address-header": "value",
    "allow-private": "flag",
    help: "flag",
  })
  if (args.options.has("help") || argv.length === 0) {
    console.log(HELP)
    return
  }
  const building = args.words[0] === "build"
  const [word, ...more] = building ? args.words.slice(1) : args.words
  if (word === undefined || !Object.hasOwn(kinds, word) || more.length > 0) throw new Failure("Which node? npm run node -- mix, dropbox or directory; --help shows more.")
  const kind = word as NodeKind
  const folderName = building ? "out" : "dir"
  for (const name of [folderName, "listen", "url"]) if (!args.options.has(name)) throw new Failure(`--${name} is missing; "npm run node -- --help" shows what it is.`)
  if (args.options.has(building ? "dir" : "out")) throw new Failure(`The option --${building ? "dir is not for building" : "out is for building only"}.`)
  const folder = path.resolve(args.options.get(folderName)!)
  const listen = listenOption(args.options.get("listen")!)
  const url = urlOption(args)!
  const settings = await settingsFrom(kind, args)
  const env = { ...bindingsOf(settings, url, args.options.get("address-header") ?? null), ...OWN_MACHINE }
  const configuration = { kind, listen: listen.text, env, allowPrivate: args.options.has("allow-private") }

  if (building) {
    await freshWorkers(console.log)
    writePortable(folder, workersFolder, configuration)
    console.log(`${folder} holds ${nounOf(kind)} for ${process.platform} on ${process.arch}: copy it, and run its "start".`)
    return
  }
  unlock = takeNodeFolder(folder)
  await freshWorkers(console.log)
  writeProgram(folder, workersFolder, configuration)
  const secrets = { NODE_SECRET: secretOf(folder) }
  const keeper = startKeeper()
  const started = await startWorkerd({ name: kind, folder, port: listen.port, url: localUrl(listen), secrets }).catch((error: Error) => {
    throw new Failure(error.message)
  })
  if (started.process.pid !== undefined) keeper.watch(started.process.pid)
  node = started
  if (ending) return void (await started.stop())
  if (started.process.stderr) createInterface({ input: started.process.stderr }).on("line", complain())
  started.process.once("exit", () => ending || void end(1, new Failure(`The node in ${folder} has ended by itself.`)))
  for (const line of await whatNext(settings, url, started.url)) console.log(line)
  console.log(`\nListening on ${listen.text}; Ctrl+C ends it.\nready`)
}

/** What workerd complains of, in short, and not again and again: a neighbour that is down is no news. */
function complain(): (line: string) => void {
  let last = ""
  return (line) => {
    if (line.startsWith("stack: ")) return
    const text = line.replace(/^\S+: error: (?:e = )?(?:\S+: )?(?:failed: )?/, "").replace(/; sentryErrorContext.*$/, "")
    if (text !== last) console.error(`workerd: ${text}`)
    last = text
  }
}

async function end(code: number, error?: unknown): Promise<void> {
  if (ending) return
  ending = true
  if (error instanceof Failure) console.error(error.message)
  else if (error !== undefined) console.error("This is a mistake in Sotto itself:", error)
  await node?.stop()
  unlock?.()
  process.exit(code)
}
