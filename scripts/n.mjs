// Starts a tool of this repository under a Node that can run it, whatever Node started us:
//   node scripts/n.mjs vitest run        a tool from node_modules/.bin
//   node scripts/n.mjs node file.ts      a script; TypeScript runs as it is (type stripping, Node >= 22.18)
// Where the host's Node is too old, the binary of the optional dependency node-<platform>-<arch> is used.
import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import path from "node:path"
import { fileURLToPath } from "node:url"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

function newEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

function packagedNode() {
  const platform = process.platform === "win32" ? "win" : process.platform
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin-" : "node-"
  const name = `${prefix}${platform}-${process.arch}`
  try {
    const home = path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return path.join(home, "bin", platform === "win" ? "node.exe" : "node")
  } catch {
    console.error(`Node ${process.versions.node} is too old: Sotto needs 22.18 or newer, or the package ${name}. Run "npm ci", or install Node 22.`)
    process.exit(1)
  }
}

const node = newEnough() ? process.execPath : packagedNode()
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
}
const tool = command === "node" ? node : command
const flags = command === "node" ? ["--disable-warning=ExperimentalWarning"] : []
const child = spawn(tool, [...flags, ...args], { stdio: "inherit", env, shell: process.platform === "win32" })
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
child.on("error", () => {
  console.error(`Cannot start ${command}: run "npm ci" first.`)
  process.exit(1)
})
child.on("exit", (code, signal) => process.exit(signal ? 143 : (code ?? 1)))
