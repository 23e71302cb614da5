// `npm run node`: one node of a network under workerd, on any machine.
import { existsSync } from "node:fs"
import path from "node:path"
import { newEnough, root } from "../cli/bin/node.mjs"

function end(sentence) {
  console.error(sentence)
  process.exit(1)
}

if (!newEnough()) end(`Node ${process.versions.node} is too old to run this file: use "npm run node".`)
if (!existsSync(path.join(root, "node_modules", "valibot"))) end("The packages are missing: run \"npm ci\" first.")
await import("./node.ts")
