import type { Call, Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { makeAdminKey } from "./network/admin-key.ts"
import { admit } from "./network/admit.ts"
import { describe } from "./network/describe.ts"
import { status } from "./network/status.ts"

const USAGES = {
  status: "status URL|FILE",
  admit: "admit URL|DESCRIPTOR --directory URL,… --key FILE [--operator NAME] [--provider NAME] [--force] [--remove]",
  key: "key --out FILE",
  describe: "describe NAME --directory URL,… [--threshold T] [--out FILE]",
} as const

type Part = keyof typeof USAGES

/** Options that a part takes; all others belong to another one. */
const OPTIONS: Readonly<Record<Part, readonly string[]>> = {
  status: [],
  admit: ["directory", "network", "key", "layer", "operator", "provider", "force", "remove"],
  key: ["out"],
  describe: ["directory", "network", "threshold", "out"],
}

/** For those who run nodes: it needs no profile. */
export const network: Command = {
  usage: "status|admit|key|describe …",
  summary: `For operators of nodes: ${Object.values(USAGES).map((usage) => `\n        ${usage}`).join("")}`,
  words: [1, 2],
  options: {
    directory: "value",
    network: "value",
    key: "value",
    layer: "value",
    operator: "value",
    provider: "value",
    threshold: "value",
    out: "value",
    force: "flag",
    remove: "flag",
  },
  async run(call) {
    const [part, word] = call.args.words
    if (!isPart(part)) throw new Failure(`There is no "sotto network ${part}"; it is status, admit, key or describe.`)
    for (const name of Object.keys(network.options)) {
      if (call.args.options.has(name) && !OPTIONS[part].includes(name)) throw new Failure(`The option --${name} is not for "sotto network ${part}".`)
    }
    if ((word === undefined) !== (part === "key")) throw new Failure(`It is used like this: sotto network ${USAGES[part]}`)
    if (part === "key") return key(call)
    return { status, admit, describe }[part](call, word!)
  },
}

function key(call: Call): void {
  const file = call.args.options.get("out")
  if (file === undefined) throw new Failure("--out is missing: the file for the new admin key.")
  const publicKey = makeAdminKey(file)
  call.note(`${file} holds the key with which you admit nodes: keep it, and keep it to yourself. Its public half, for --admin-key:`)
  call.print(publicKey)
}

function isPart(word: string | undefined): word is Part {
  return word !== undefined && Object.hasOwn(USAGES, word)
}
