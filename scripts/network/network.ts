import { createWriteStream } from "node:fs"
import type { Server } from "node:http"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Failure } from "../../cli/failure.ts"
import { makeFolder } from "../../cli/folder.ts"
import { idOf } from "../../messenger/network-description.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import type { LocalNode, RunningNode } from "../node-config.ts"
import { startNode } from "../node-config.ts"
import { appListener, listen } from "./app-server.ts"
import type { EchoBot } from "./echo.ts"
import { startEcho } from "./echo.ts"
import { appFolder, freshApp, freshWorkers, workersFolder } from "./fresh.ts"
import { startKeeper } from "./keeper.ts"
import { tryLock } from "./lock.ts"
import type { Layout } from "./ports.ts"
import { checkPorts, layoutFrom, portTaken } from "./ports.ts"

export interface NetworkOptions {
  /** Storage of the nodes, the echo bot's profile and all logs. */
  readonly folder: string
  readonly firstPort: number
  /** Where the app's server listens; the nodes listen on 127.0.0.1. */
  readonly hosts: readonly string[]
  readonly name: string
  readonly parameters: Partial<Parameters>
  readonly echo: boolean
  /** Bundles of the nodes, and more text bindings of each, where they are not what the sources make: for what is measured. */
  readonly nodes?: { readonly bundles: string; readonly env: Readonly<Record<string, string>> }
  /** A line on what is being done. */
  readonly say: (line: string) => void
  /** Told when a node or the echo bot has ended by itself. */
  readonly onDeath: (name: string, log: string) => void
}

export interface RunningNetwork {
  /** The app's. */
  readonly url: string
  readonly id: string
  readonly description: NetworkDescription
  readonly nodes: readonly { readonly name: string; readonly url: string; readonly pid: number }[]
  readonly echoPid: number | null
  /** Kills the node of this name with SIGKILL, and starts it again from what it kept. */
  restart(name: string): Promise<void>
  stop(): Promise<void>
}

/** All nodes of a local network stand on one machine and are run by one person, and say so. */
const OPERATOR = "local"
const PROVIDER = "this machine"
const DIRECTORY_WITHIN = 60_000

/** Builds what is missing, and starts the authority, the nodes, the app's server and the echo bot. Throws Failure, and then nothing is left running. */
export async function startNetwork(options: NetworkOptions): Promise<RunningNetwork> {
  const unlock = takeFolder(options.folder)
  const layout = layoutFrom(options.firstPort)
  const keeper = startKeeper()
  const nodes: { readonly node: LocalNode; running: RunningNode }[] = []
  let servers: Server[] = []
  let echo: EchoBot | null = null
  let stopping = false

  const stop = async () => {
    stopping = true
    for (const server of servers) {
      server.close()
      server.closeAllConnections()
    }
    await Promise.all([echo?.stop(), ...nodes.map(({ running }) => running.stop())])
    keeper.done()
    unlock()
  }
  // Ctrl+C reaches the nodes, too, and some end before we have heard of it ourselves.
  const died = (name: string) => setTimeout(() => stopping || options.onDeath(name, logFile(options.folder, name)), 250)
  const restarting = new Set<string>()
  const run = async (node: LocalNode) => {
    const running = await startNode(node, options.nodes?.bundles ?? workersFolder).catch((error: Error) => {
      throw new Failure(error.message)
    })
    if (running.process.pid !== undefined) keeper.watch(running.process.pid)
    running.process.stderr?.pipe(createWriteStream(logFile(options.folder, node.name), { flags: "a" }))
    running.process.once("exit", () => restarting.has(node.name) || died(node.name))
    return running
  }
  const start = async (node: LocalNode) => {
    const running = await run(node)
    nodes.push({ node, running })
    return running
  }
  const restart = async (name: string) => {
    const place = nodes.find(({ node }) => node.name === name)
    if (place === undefined) throw new Error(`There is no node ${name}.`)
    restarting.add(name)
    await place.running.kill()
    restarting.delete(name)
    place.running = await run(place.node)
  }

  try {
    await checkPorts(options.firstPort, options.hosts)
    const app = freshApp(options.say)
    app.catch(() => undefined)
    if (options.nodes === undefined) await freshWorkers(options.say)
    const authority = await start(authorityOf(layout, options))
    const key = await keyOf(authority)
    const started = await Promise.allSettled(nodesOf(layout, options, key).map(start))
    for (const one of started) if (one.status === "rejected") throw one.reason
    await Promise.all(nodes.map(({ node, running }) => servesDirectory(node.name, running.url)))
    await app

    const description: NetworkDescription = {
      name: options.name,
      authorities: [{ key, url: authority.url }],
      threshold: 1,
      directories: nodes.map(({ running }) => `${running.url}/directory`).sort(),
    }
    const listener = appListener({
      folder: appFolder,
      network: description,
      origins: nodes.map(({ running }) => running.url),
      echoCode: () => echo?.code() ?? Promise.resolve(null),
    })
    servers = await listen(listener, layout.app, options.hosts, portTaken(layout.app, options.firstPort))
    const url = `http://localhost:${layout.app}`
    if (options.echo) {
      echo = startEcho(path.join(options.folder, "echo"), url, logFile(options.folder, "echo"))
      echo.process.once("exit", () => died("echo"))
    }
    return {
      url,
      id: idOf(description),
      description,
      get nodes() {
        return nodes.map(({ node, running }) => ({ name: node.name, url: running.url, pid: running.process.pid! }))
      },
      echoPid: echo?.process.pid ?? null,
      restart,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Makes the data folder and takes it for this process. */
function takeFolder(folder: string): () => void {
  let unlock: (() => void) | null
  try {
    makeFolder(path.join(folder, "logs"))
    unlock = tryLock(path.join(folder, "lock"))
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    const reason = /^(EACCES|EPERM|EROFS|ERR_SQLITE_ERROR)$/.test(code) ? "a permission is missing" : code
    throw new Failure(`The data folder ${folder} cannot be written (${reason}): choose another with "npm start -- --data DIR".`)
  }
  if (unlock === null) throw new Failure(`The data folder ${folder} is in use by another running network.`)
  return unlock
}

function logFile(folder: string, name: string): string {
  return path.join(folder, "logs", `${name}.log`)
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`
const dataOf = (name: string, { folder }: NetworkOptions) => path.resolve(folder, "nodes", name)

function authorityOf(layout: Layout, options: NetworkOptions): LocalNode {
  const common = { operator: OPERATOR, provider: PROVIDER }
  const admitted = [
    ...layout.mixes.map(({ port, layer }) => ({ url: urlOf(port), role: "mix", layer, ...common })),
    ...layout.dropboxes.map(({ port }) => ({ url: urlOf(port), role: "dropbox", layer: 0, ...common })),
  ]
  const env = { ADMIT: JSON.stringify(admitted), PARAMETERS: JSON.stringify(options.parameters) }
  return { name: "authority", kind: "directory", port: layout.authority, env, dataDir: dataOf("authority", options) }
}

function nodesOf(layout: Layout, options: NetworkOptions, authorityKey: string): LocalNode[] {
  const env = (port: number) => ({
    NODE_URL: urlOf(port),
    OPERATOR,
    PROVIDER,
    AUTHORITY_KEYS: authorityKey,
    THRESHOLD: "1",
    DIRECTORY_URLS: urlOf(layout.authority),
    PARAMETERS: JSON.stringify(options.parameters),
    ...options.nodes?.env,
  })
  const mixes = layout.mixes.map(
    ({ name, port, layer }): LocalNode => ({ name, kind: "mix", port, env: { ...env(port), LAYER: String(layer) }, dataDir: dataOf(name, options) }),
  )
  const dropboxes = layout.dropboxes.map(
    ({ name, port }): LocalNode => ({ name, kind: "dropbox", port, env: env(port), dataDir: dataOf(name, options) }),
  )
  return [...mixes, ...dropboxes]
}

async function keyOf(authority: RunningNode): Promise<string> {
  const response = await fetch(`${authority.url}/authority`)
  const { key } = (await response.json()) as { key: string }
  return key
}

/** A node without a directory knows no neighbour: what reached it now would be lost. */
async function servesDirectory(name: string, url: string): Promise<void> {
  const deadline = performance.now() + DIRECTORY_WITHIN
  while (performance.now() < deadline) {
    const response = await fetch(`${url}/directory`).catch(() => null)
    await response?.body?.cancel()
    if (response?.ok) return
    await sleep(50)
  }
  throw new Failure(`The node ${name} got no directory within ${DIRECTORY_WITHIN / 1000} s.`)
}
