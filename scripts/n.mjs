// Starts a tool of this repository under a Node that can run it, whatever Node started us:
//   node scripts/n.mjs vitest run        a tool from node_modules/.bin
//   node scripts/n.mjs node file.ts      a script; TypeScript runs as it is (type stripping, Node >= 22.18)
// Where the host's Node is too old, the binary of the optional dependency node-<platform>-<arch> is used.
import { spawn } from "node:child_process"
import path from "node:path"
import { endWithNpm, follow, root, suitableNode } from "../cli/bin/node.mjs"

const node = suitableNode()
const [command, ...args] = process.argv.slice(2)
const env = {
  ...process.env,
  PATH: [path.dirname(node), path.join(root, "node_modules", ".bin"), process.env.PATH].join(path.delimiter),
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_WRITE_LOGS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  X_LOCAL_OBSERVABILITY: "false",
  X_LOCAL_EXPLORER: "false",
  // SQLite and type stripping say at every start that they are new.
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --disable-warning=ExperimentalWarning`.trim(),
}
const tool = command === "node" ? node : command
const child = spawn(tool, args, { stdio: "inherit", env, shell: process.platform === "win32" })
child.on("error", () => {
  console.error(`Cannot start ${command}: run "npm ci" first.`)
  process.exit(1)
})
follow(child)
endWithNpm(child)
