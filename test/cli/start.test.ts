import type { ChildProcess } from "node:child_process"
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { freshApp, freshWorkers } from "../../scripts/network/fresh.ts"
import { freePorts } from "../../scripts/network/ports.ts"
import { root, suitableNode } from "../../cli/bin/node.mjs"

let folder: string
let data: string
let firstPort: number
const running = new Set<Start>()

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-start-"))
  await Promise.all([freshApp(() => undefined), freshWorkers(() => undefined)])
})

// What one test leaves behind is nothing to the next.
beforeEach(async () => {
  firstPort = await freePorts()
  data = await mkdtemp(path.join(folder, "data-"))
})

afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000)
    await ended
    clearTimeout(timer)
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Start {
  readonly child: ChildProcess
  readonly text: { out: string; err: string }
  readonly ended: Promise<number | null>
  /** Until the line "ready"; rejects with what it said where it ends before. */
  readonly ready: Promise<void>
}

function start(words: readonly string[], env: Record<string, string> = {}): Start {
  const args = [path.join(root, "scripts", "n.mjs"), "node", path.join(root, "scripts", "start.mjs"), ...words]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } })
  const text = { out: "", err: "" }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      text.out += chunk.toString()
      if (/^ready$/m.test(text.out)) resolve()
    })
    void ended.then((code) => reject(new Error(`ended with ${code} before it was ready: ${text.err}`)))
  })
  // Nobody may wait for it.
  ready.catch(() => undefined)
  child.stderr.on("data", (chunk: Buffer) => (text.err += chunk.toString()))
  const started = { child, text, ready, ended }
  running.add(started)
  void ended.then(() => running.delete(started))
  return started
}

/** Whether anything still listens on a port of the network. */
async function portsInUse(): Promise<number[]> {
  const found: number[] = []
  for (let port = firstPort; port < firstPort + 10; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.once("error", () => resolve(false))
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
    })
    if (!free) found.push(port)
  }
  return found
}

async function nothingIsLeft(within: number): Promise<void> {
  const until = performance.now() + within
  while (performance.now() < until && (await portsInUse()).length > 0) await sleep(50)
  expect(await portsInUse()).toEqual([])
}

const words = () => ["--port", String(firstPort), "--data", data]

test("npm start says ready, serves the app, and ends on Ctrl+C with nothing left running", async () => {
  const { child, text, ready, ended } = start(words())
  await ready
  expect(text.out).toContain(`http://localhost:${firstPort}`)
  expect(text.out.trimEnd().split("\n").at(-1)).toBe("ready")

  const url = `http://localhost:${firstPort}`
  const page = await fetch(url)
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
  const description = (await (await fetch(`${url}/network.json`)).json()) as { directories: string[] }
  const policy = page.headers.get("content-security-policy")!
  expect(policy).toContain("default-src 'none'")
  for (const directory of description.directories) {
    expect(policy).toContain(new URL(directory).origin)
    expect((await fetch(directory)).status).toBe(200)
  }
  expect((await fetch(`${url}/sw.js`)).headers.get("cache-control")).toBe("no-cache")
  const script = /src="(\/assets\/[^"]+)"/.exec(await page.text())![1]!
  expect((await fetch(url + script)).headers.get("cache-control")).toContain("immutable")
  const head = await fetch(url + script, { method: "HEAD" })
  expect([head.status, await head.text(), Number(head.headers.get("content-length")) > 0]).toEqual([200, "", true])
  expect((await fetch(`${url}/nothing-here`)).status).toBe(404)
  expect((await fetch(`${url}/..%2fpackage.json`)).status).toBe(400)
  expect((await fetch(url, { method: "DELETE" })).status).toBe(405)
  expect((await fetch(`${url}/echo`, { method: "POST", headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403)

  child.kill("SIGINT")
  expect(await ended).toBe(0)
  await nothingIsLeft(0)
  expect(text.err).toBe("")
})

test("a second network on the same folder or the same ports is refused in a sentence", async () => {
  const first = start(words())
  await first.ready
  const sameFolder = start(["--port", String(await freePorts()), "--data", data])
  expect([await sameFolder.ended, sameFolder.text.err]).toEqual([1, `The data folder ${data} is in use by another running network.\n`])
  const samePorts = start(["--port", String(firstPort - 3), "--data", path.join(data, "other")])
  expect(await samePorts.ended).toBe(1)
  expect(samePorts.text.err).toMatch(new RegExp(`^Port ${firstPort} is in use \\(the network needs ${firstPort - 3} to ${firstPort + 6}\\): .*\\n$`))
  first.child.kill("SIGTERM")
  expect(await first.ended).toBe(0)
})

test("a node that dies is named, and all others are stopped", async () => {
  const { child, text, ready, ended } = start(words())
  await ready
  const [network] = await childrenOf(child.pid!)
  const [node] = await childrenOf(network!, "workerd")
  process.kill(node!, "SIGKILL")
  expect(await ended).toBe(1)
  expect(text.err).toMatch(/^The node (authority|mix-[123][ab]|dropbox-[ab]) has ended by itself, so all others are stopped \(.*\.log may say why\)\.\n$/)
  await nothingIsLeft(0)
})

test("nothing is left running when the launcher or the network's process is killed without warning", async () => {
  const first = start(words())
  await first.ready
  first.child.kill("SIGKILL")
  await nothingIsLeft(30_000)
  const second = start(words())
  await second.ready
  const [network] = await childrenOf(second.child.pid!)
  process.kill(network!, "SIGKILL")
  await nothingIsLeft(30_000)
})

test("an echo bot ends with the process that started it, also while it is still starting", async () => {
  const { child, ready, ended } = start(words())
  await ready
  const args = ["--disable-warning=ExperimentalWarning", path.join(root, "cli", "main.ts"), "bot", "echo", "--profile", path.join(data, "bot"), "--network", `http://localhost:${firstPort}`, "--name", "Echo"]
  const bot = spawn(suitableNode(), args, { stdio: ["ignore", "ignore", "inherit", "ipc"] })
  const botEnded = new Promise((resolve) => bot.once("exit", resolve))
  bot.disconnect()
  expect(await botEnded).toBe(0)
  child.kill("SIGTERM")
  expect(await ended).toBe(0)
})

test("a folder that cannot be written and wrong options are one sentence each", async () => {
  await writeFile(path.join(folder, "file"), "")
  const cases: [string[], RegExp][] = [
    [["--data", path.join(folder, "file", "data")], /^The data folder .*file\/data cannot be written \(ENOTDIR\): choose another with "npm start -- --data DIR"\.\n$/],
    [["--port", "80"], /^The option --port takes a whole number from 1024 to 65525\.\n$/],
    [["--port", "6660"], /^Browsers refuse to connect to port 6665 /],
    [["--ports", "9000"], /^There is no option --ports; /],
    [["loudly"], /^"loudly" is no option; /],
  ]
  for (const [options, sentence] of cases) {
    const { ended, text } = start(options)
    expect([await ended, text.err.split("\n").length]).toEqual([1, 2])
    expect(text.err).toMatch(sentence)
  }
})

/** Processes that were started by this one, those whose command contains a word. */
async function childrenOf(pid: number, word = ""): Promise<number[]> {
  const child = spawn("ps", ["-eo", "pid=,ppid=,args="], { stdio: ["ignore", "pipe", "inherit"] })
  let out = ""
  for await (const chunk of child.stdout) out += String(chunk)
  const rows = out.trim().split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)!)
  return rows.filter(([, , parent, args]) => Number(parent) === pid && args!.includes(word)).map(([, one]) => Number(one))
}
