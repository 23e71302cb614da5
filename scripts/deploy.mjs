// `npm run deploy`: a node of a network, or the app, on Cloudflare.
import { existsSync } from "node:fs"
import path from "node:path"
import { newEnough, root } from "../cli/bin/node.mjs"

function end(sentence) {
  console.error(sentence)
  process.exit(1)
}

if (!newEnough()) end(`Node ${process.versions.node} is too old to run this file: use "npm run deploy".`)
if (!existsSync(path.join(root, "node_modules", "valibot"))) end("The packages are missing: run \"npm ci\" first.")
await import("./deploy.ts")
