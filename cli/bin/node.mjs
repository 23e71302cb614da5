// Finds a Node that can run this repository: the one that started us, or else the binary of the optional
// dependency node-<platform>-<arch>. Plain JavaScript that Node 20 understands.
import { execFile } from "node:child_process"
import { createRequire } from "node:module"
import path from "node:path"
import { fileURLToPath } from "node:url"

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..")

/** TypeScript runs without a flag from 22.18 on. */
export function newEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

/** Path of a Node that is new enough. Ends the process with one sentence where there is none. */
export function suitableNode() {
  if (newEnough()) return process.execPath
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

/** Hands signals to the child and ends as the child ends. */
export function follow(child) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => process.exit(signal ? 143 : (code ?? 1)))
}

/**
 * Ends the child when npm, which started us, is gone. An npm killed with SIGKILL cannot say so, and between it and us
 * stands a shell that passes no signal on: without this, whatever was started would run on for ever.
 */
export function endWithNpm(child) {
  if (!process.env.npm_lifecycle_event || process.platform === "win32") return
  const parent = process.ppid
  let npm = null
  execFile("ps", ["-o", "ppid=,comm=", "-p", String(parent)], (error, text) => {
    const [, ppid, name] = /^\s*(\d+)\s+(\S+)/.exec(error ? "" : text) ?? []
    if (name && /(^|\/)-?(sh|dash|bash|zsh)$/.test(name) && Number(ppid) > 1) npm = Number(ppid)
  })
  const gone = () => process.ppid !== parent || (npm !== null && !alive(npm))
  setInterval(() => gone() && child.kill("SIGTERM"), 500).unref()
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}
