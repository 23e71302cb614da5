import type { ChildProcess } from "node:child_process"
import { spawn } from "node:child_process"
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import { root } from "../../cli/bin/node.mjs"
import { freshWorkers } from "../../scripts/network/fresh.ts"
import { freePorts } from "../../scripts/network/ports.ts"
import { sotto, sottoWell } from "../cli/sotto.ts"

const PARAMETERS = JSON.stringify({ meanDelay: 50, documentSeconds: 12 })
const OPERATORS = ["Anna", "Ben", "Clara"]

let folder: string
let firstPort: number
const running = new Set<ChildProcess>()

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-operators-"))
  firstPort = await freePorts()
  await freshWorkers(() => undefined)
})

afterAll(async () => {
  for (const child of running) child.kill("SIGTERM")
  await sleep(500)
  await rm(folder, { recursive: true, force: true })
})

interface Started {
  readonly child: ChildProcess
  readonly out: string
  readonly err: string
  /** null where it runs. */
  readonly code: number | null
}

const at = (index: number) => `http://127.0.0.1:${firstPort + index}`

/** `npm run node -- KIND …` until it is ready, or has ended. */
function node(name: string, kind: string, index: number, words: readonly string[]): Promise<Started> {
  const args = [kind, "--dir", path.join(folder, name), "--listen", `127.0.0.1:${firstPort + index}`, "--url", at(index), "--allow-private", ...words]
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", path.join(root, "scripts", "node.mjs"), ...args], { stdio: ["ignore", "pipe", "pipe"] })
  running.add(child)
  let out = ""
  let err = ""
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
      if (/^ready$/m.test(out)) resolve({ child, out, err, code: null })
    })
    child.once("close", (code) => {
      running.delete(child)
      resolve({ child, out, err, code })
    })
  })
}

/** Its exit code. */
function ended({ child }: Started): Promise<number | null> {
  child.kill("SIGTERM")
  return new Promise((resolve) => child.once("exit", resolve))
}

test("three operators make a network from nothing by the commands of the guide, and a packet goes round in it", async () => {
  const file = (name: string) => path.join(folder, name)
  const keys = await Promise.all(OPERATORS.map((name) => sottoWell(["network", "key", "--out", file(`${name}.key`)])))
  expect(statSync(file("Anna.key")).mode & 0o777).toBe(0o600)
  expect((await sotto(["network", "key", "--out", file("Anna.key")])).err).toMatch(/exists, and is left as it is\.$/m)

  // The authorities make their keys, the description names them, and they start again with it.
  const authority = (i: number, words: readonly string[] = []) =>
    node(`authority-${i}`, "directory", i, ["--admin-key", i === 0 ? file("Anna.key") : keys[i]!, "--parameters", PARAMETERS, ...words])
  for (const first of await Promise.all([0, 1, 2].map((i) => authority(i)))) {
    expect([first.code, first.err]).toEqual([null, ""])
    expect(first.out).toMatch(/^ {2}Key {2}[0-9a-f]{64}$/m)
  }
  const description = await sottoWell(["network", "describe", "Club", "--directory", `${at(0)},${at(1)},${at(2)}`, "--out", file("network.json")])
  expect(description).toBe("")
  const network = JSON.parse(readFileSync(file("network.json"), "utf8")) as { threshold: number; authorities: unknown[] }
  expect([network.threshold, network.authorities.length]).toEqual([2, 3])
  for (const child of [...running]) {
    child.kill("SIGTERM")
    await new Promise((resolve) => child.once("close", resolve))
  }
  const named = ["--network", file("network.json")]
  for (const again of await Promise.all([0, 1, 2].map((i) => authority(i, named)))) expect([again.code, again.err]).toEqual([null, ""])

  // Each runs the mix of one layer, two run a dropbox.
  const plans = [
    ["mix", "Anna", "1"], ["mix", "Ben", "2"], ["mix", "Clara", "3"], ["dropbox", "Anna", ""], ["dropbox", "Ben", ""],
  ] as const
  const nodes = await Promise.all(
    plans.map(([kind, operator, layer], i) =>
      node(`${kind}-${i}`, kind, 3 + i, [...named, "--operator", operator, "--provider", `Provider of ${operator}`, ...(layer === "" ? [] : ["--layer", layer])]),
    ),
  )
  for (const { code, err, out } of nodes) {
    expect([code, err]).toEqual([null, ""])
    expect(out).toContain("npm run sotto -- network admit")
  }

  // Each operator admits all nodes at their own authority: by URL, or by the descriptor that was sent to them.
  for (const [i, operator] of OPERATORS.entries()) {
    for (const [j, { out }] of nodes.entries()) {
      const descriptor = /^sotto-node-1\.\S+$/m.exec(out)![0]
      const said = await sottoWell(["network", "admit", i === 0 ? descriptor : at(3 + j), "--directory", at(i), "--key", file(`${operator}.key`)])
      expect(said).toBe(`${at(i)}: admitted`)
    }
  }
  const wrong = await sotto(["network", "admit", at(3), "--directory", at(0), "--key", file("Ben.key")])
  expect([wrong.code, wrong.out]).toEqual([1, `${at(0)}: refused: this is not its admin key\n`])
  const second = await node("mix-second", "mix", 8, [...named, "--operator", "Anna", "--provider", "Provider of Anna", "--layer", "2"])
  const rule = await sotto(["network", "admit", at(8), "--directory", at(0), "--key", file("Anna.key")])
  expect(rule.out).toContain("refused: an operator's mixes stand in one layer")
  await ended(second)

  // The directory is one that two of three sign, and a packet finds its way through it and back.
  let status = await sotto(["network", "status", file("network.json")])
  for (let tries = 0; tries < 40 && status.code !== 0; tries++) {
    await sleep(1000)
    status = await sotto(["network", "status", file("network.json")])
  }
  expect([status.code, status.err]).toEqual([0, ""])
  expect(status.out).toMatch(/^Nodes {6}mixes 1 \+ 1 \+ 1, dropboxes 2, of 3 operators?$/m)
  expect(status.out).toMatch(/^Round trip \d+\.\d s \(\d+\.\d in mixes\)/m)
  for (const line of status.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80)
  const lines = (await sottoWell(["network", "status", file("network.json"), "--json"])).split("\n").map((line) => JSON.parse(line) as { type: string })
  expect(lines.map(({ type }) => type).sort()).toEqual([...Array<string>(3).fill("authority"), "directory", ...Array<string>(3).fill("loop"), ...Array<string>(5).fill("node")])

  // Described again, the description has the gateways, which an app's policy must name.
  await sottoWell(["network", "describe", "Club", "--directory", `${at(0)},${at(1)},${at(2)}`, "--out", file("network.json")])
  expect(readFileSync(file("network.json"), "utf8")).toContain(`${at(3)}/directory`)
  expect(await sottoWell(["network", "admit", at(7), "--remove", "--directory", at(0), "--key", file("Anna.key")])).toMatch(/: (leaving|removed)$/)
}, 400_000)

test("a node keeps its secret to itself, runs once in a folder, ends when asked, and is the same node again", async () => {
  const words = ["--admin-key", "ab".repeat(32)]
  const first = await node("alone", "directory", 9, words)
  const own = (started: Started) => /Key {2}([0-9a-f]{64})/.exec(started.out)?.[1]
  const secret = readFileSync(path.join(folder, "alone", "secret"), "utf8").trim()
  expect(statSync(path.join(folder, "alone", "secret")).mode & 0o777).toBe(0o600)
  expect(readFileSync(path.join(folder, "alone", "node.capnp"), "utf8")).not.toContain(secret)
  expect(first.out).not.toContain(secret)

  const twice = await node("alone", "directory", 9, words)
  expect([twice.code, twice.err]).toEqual([1, `A node runs in ${path.join(folder, "alone")} already.\n`])
  expect(await ended(first)).toBe(0)

  const again = await node("alone", "directory", 9, words)
  expect(own(again)).toBe(own(first))
  await ended(again)

  // Another secret opens nothing, and a lost one is not made anew.
  writeFileSync(path.join(folder, "alone", "secret"), `${"x".repeat(64)}\n`, { mode: 0o600 })
  const shut = await node("alone", "directory", 9, words)
  expect([shut.code, shut.err]).toEqual([1, expect.stringMatching(/^The node directory did not start on port \d+: its keys were sealed by another secret\.\n$/)])
  rmSync(path.join(folder, "alone", "secret"))
  const lost = await node("alone", "directory", 9, words)
  expect([lost.code, lost.err]).toEqual([1, expect.stringMatching(/secret is missing, and the keys in .* are sealed with it: /)])
}, 180_000)
