import path from "node:path"
import { parseArguments } from "../cli/arguments.ts"
import { describedBy } from "../cli/commands/network/description.ts"
import { Failure } from "../cli/failure.ts"
import { deployApp, tryApp, writeApp } from "./deploying/app.ts"
import { deployNode, tryNode } from "./deploying/node.ts"
import { wrangler } from "./deploying/wrangler.ts"
import type { NodeKind } from "./nodes/kinds.ts"
import { kinds } from "./nodes/kinds.ts"
import { SETTINGS, SETTINGS_HELP, settingsFrom, urlOption } from "./nodes/settings.ts"

const HELP = `npm run deploy -- mix|dropbox|directory|app OPTIONS: to Cloudflare

  --name NAME             of the Worker; with the same name it is the same node
  --url URL               on a domain that your Cloudflare account serves;
                          without it, the node's URL is on workers.dev
${SETTINGS_HELP}
  --out DIR               of the app: writes its files for any web server, with
                          the headers for Cloudflare (_headers) and Caddy beside
                          them, and deploys nothing
  --dry-run               says what would be done, and needs no account
  --help

A node's secret is made once and kept in ~/.config/sotto/NAME/secret: whoever
has it and a copy of the node's storage has the node's keys.`

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof Failure) console.error(error.message)
  else console.error("This is a mistake in Sotto itself:", error)
  process.exitCode = 1
}

async function main(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, { ...SETTINGS, name: "value", out: "value", "dry-run": "flag", help: "flag" })
  if (args.options.has("help") || argv.length === 0) return console.log(HELP)
  const [word, ...more] = args.words
  if (word === undefined || more.length > 0 || !(word === "app" || Object.hasOwn(kinds, word))) {
    throw new Failure("What is to be deployed? npm run deploy -- mix, dropbox, directory or app; --help shows more.")
  }
  const trial = args.options.has("dry-run")
  if (word !== "app") {
    if (args.options.has("out")) throw new Failure("The option --out is for the app; \"npm run node -- build\" writes a node's files.")
    const name = nameIn(args.options.get("name"))
    const deployment = { name, settings: await settingsFrom(word as NodeKind, args), url: urlOption(args) }
    return trial ? tryNode(deployment, wrangler, console.log) : deployNode(deployment, wrangler, console.log)
  }
  for (const option of ["layer", "operator", "provider", "admin-key", "parameters"]) {
    if (args.options.has(option)) throw new Failure(`The option --${option} is not for the app.`)
  }
  const address = args.options.get("network")
  if (address === undefined) throw new Failure("The app needs --network: the network.json that it is to hand out.")
  const network = await describedBy(address)
  const out = args.options.get("out")
  if (out !== undefined) return writeApp(path.resolve(out), network, console.log)
  const deployment = { name: nameIn(args.options.get("name")), network, url: urlOption(args) }
  return trial ? tryApp(deployment, wrangler, console.log) : deployApp(deployment, wrangler, console.log)
}

/** What Cloudflare takes as a Worker's name and as a part of a host name. */
function nameIn(name: string | undefined): string {
  if (name === undefined) throw new Failure("--name is missing: what the Worker is called.")
  if (!/^[a-z0-9](?:[a-z0-9-]{0,52}[a-z0-9])?$/.test(name)) throw new Failure("--name takes up to 54 small letters, digits and hyphens.")
  return name
}
