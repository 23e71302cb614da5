import { spawn } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { root } from "../../cli/bin/node.mjs"
import { parseArguments } from "../../cli/arguments.ts"
import { deployNode } from "../../scripts/deploying/node.ts"
import type { Wrangler } from "../../scripts/deploying/wrangler.ts"
import { freshWorkers, workersFolder } from "../../scripts/network/fresh.ts"
import { freePorts } from "../../scripts/network/ports.ts"
import { startNode } from "../../scripts/node-config.ts"
import type { RunningNode } from "../../scripts/nodes/workerd.ts"
import { SETTINGS, settingsFrom } from "../../scripts/nodes/settings.ts"

const KEY = "ab".repeat(32)
const NETWORK = {
  name: "Test",
  authorities: [{ key: KEY, url: "https://a.example" }, { key: "cd".repeat(32), url: "https://b.example" }],
  threshold: 2,
  directories: ["https://a.example/directory", "https://gate.example/directory"],
}

let folder: string
let networkFile: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-deploy-test-"))
  networkFile = path.join(folder, "network.json")
  await writeFile(networkFile, JSON.stringify(NETWORK))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(() => vi.stubEnv("XDG_CONFIG_HOME", path.join(folder, "config")))
afterEach(() => {
  vi.unstubAllEnvs()
})

/** `npm run deploy -- …` */
function deploy(words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const args = ["--disable-warning=ExperimentalWarning", path.join(root, "scripts", "deploy.mjs"), ...words]
  const env = { ...process.env, CLOUDFLARE_API_TOKEN: "", XDG_CONFIG_HOME: path.join(folder, "config") }
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env })
  let out = ""
  let err = ""
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, out, err })))
}

const people = ["--operator", "Anna's club", "--provider", "Cloudflare"]

test("a trial deployment of each kind is made offline, shows all but the secret, and leaves nothing behind", async () => {
  const trials = [
    ["mix", "--name", "my-mix", "--layer", "2", ...people, "--network", networkFile],
    ["dropbox", "--name", "my-box", ...people, "--network", networkFile, "--url", "https://box.example"],
    ["directory", "--name", "my-dir", "--admin-key", KEY, "--network", networkFile],
  ]
  const [mix, dropbox, directory] = await Promise.all(trials.map((words) => deploy([...words, "--dry-run"])))
  for (const { code, out, err } of [mix!, dropbox!, directory!]) {
    expect([code, err]).toEqual([0, ""])
    expect(out).toMatch(/^ {2}size {6}\d+\.\d+ KiB, compressed \d+\.\d+ KiB$/m)
    expect(out).toMatch(/^ {2}secret {4}NODE_SECRET, made once, to be kept in .*secret$/m)
    expect(out).toContain("logs      off")
    expect(out.trimEnd()).toMatch(/Nothing was deployed\.$/)
  }
  for (const text of ["LAYER = 2", "OPERATOR = Anna's club", `AUTHORITY_KEYS = ${KEY},${"cd".repeat(32)}`, "THRESHOLD = 2", "DIRECTORY_URLS = https://a.example,https://b.example"])
    expect(mix!.out).toContain(`  text      ${text}\n`)
  expect(mix!.out).toContain("ADDRESS_HEADER = cf-connecting-ip")
  expect(dropbox!.out).toContain("NODE_URL = https://box.example\n")
  expect(dropbox!.out).not.toMatch(/LAYER|ADDRESS_HEADER/)
  expect(directory!.out).toContain(`AUTHORITY_PEERS = ${JSON.stringify(NETWORK.authorities)}`)
  expect(existsSync(path.join(folder, "config", "sotto"))).toBe(false)
}, 900_000)

const mistakes: [string[], RegExp][] = [
  [["fly"], /^What is to be deployed\? /],
  [["mix", "--name", "My Mix", "--layer", "1"], /^--name takes up to 54 small letters/],
  [["mix", "--name", "a", "--network", "none.json"], /^A mix needs --layer, 1 to 3\.$/],
  [["mix", "--name", "a", "--layer", "4"], /^The option --layer takes a whole number from 1 to 3\.$/],
  [["mix", "--name", "a", "--layer", "1"], /^A mix needs --network: /],
  [["mix", "--name", "a", "--layer", "1", "--network", "none.json", ...people], /^There is no file none\.json; /],
  [["dropbox", "--name", "a", "--layer", "1"], /^The option --layer is not for a dropbox\.$/],
  [["directory", "--name", "a"], /^An authority needs --admin-key: /],
  [["directory", "--name", "a", "--admin-key", "nowhere"], /^The admin key nowhere cannot be read: ENOENT\.$/],
  [["directory", "--name", "a", "--admin-key", KEY, "--parameters", "{\"meanDelay\":\"long\"}"], /^--parameters takes JSON /],
  [["directory", "--name", "a", "--admin-key", KEY, "--url", "ftp://a"], /^"ftp:\/\/a" is not a URL under which a node can be reached/],
  [["app", "--name", "a"], /^The app needs --network: /],
  [["app", "--name", "a", "--layer", "1"], /^The option --layer is not for the app\.$/],
]

test("whatever is wrong is said in a sentence, before anything is touched", async () => {
  for (let i = 0; i < mistakes.length; i += 4) {
    const some = mistakes.slice(i, i + 4)
    const ends = await Promise.all(some.map(([words]) => deploy([...words, "--dry-run"])))
    ends.forEach(({ code, out, err }, j) => {
      expect(err.trimEnd()).toMatch(some[j]![1])
      expect([code, out, err.trimEnd().split("\n").length]).toEqual([1, "", 1])
    })
  }
})

test("a trial deployment of the app is made offline, and names all that it may connect to", async () => {
  const { code, out, err } = await deploy(["app", "--name", "my-app", "--network", networkFile, "--dry-run"])
  expect([code, err]).toEqual([0, ""])
  for (const origin of ["https://a.example", "https://b.example", "https://gate.example"]) expect(out).toContain(`  connects  ${origin}\n`)
  expect(out).toMatch(/^ {2}files {5}\d+, network\.json and _headers among them$/m)
}, 900_000)

test("where nobody is logged in, the way to do it is told", async () => {
  const { code, err } = await deploy(["mix", "--name", "my-mix", "--layer", "2", ...people, "--network", networkFile])
  expect([code, err]).toEqual([1, expect.stringMatching(/^Nobody is logged in to Cloudflare here\. Log in with "node scripts\/n\.mjs wrangler login", or set CLOUDFLARE_API_TOKEN /)])
  expect(existsSync(path.join(folder, "config", "sotto"))).toBe(false)
})

/** Stands in for Cloudflare: what is "deployed" runs under workerd on this machine once it knows its URL. */
function cloudflare(port: number, secrets: string[] = []) {
  const calls: string[][] = []
  const given: string[] = []
  const state: { node: RunningNode | null; modes: number[] } = { node: null, modes: [] }
  const run: Wrangler = async (words, { env = {} }) => {
    calls.push([...words])
    if (words[0] === "whoami") return { code: 0, output: JSON.stringify({ loggedIn: true, accounts: [{ id: "1", name: "Anna's account" }] }) }
    if (words[0] === "secret") return secrets.length > 0 ? { code: 0, output: JSON.stringify(secrets.map((name) => ({ name, type: "secret_text" }))) } : { code: 1, output: "Worker \"my-mix\" not found.\n" }
    const file = words[words.indexOf("--secrets-file") + 1]!
    if (words.includes("--secrets-file")) {
      given.push((JSON.parse(readFileSync(file, "utf8")) as { NODE_SECRET: string }).NODE_SECRET)
      state.modes.push(statSync(file).mode & 0o777)
    }
    const vars = words.flatMap((word, i) => (words[i - 1] === "--var" ? [word] : []))
    const bindings = Object.fromEntries(vars.map((text) => [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)]))
    await appendFile(env.WRANGLER_OUTPUT_FILE_PATH!, `{"type":"wrangler-session"}\n{"type":"deploy","targets":["https://my-mix.anna.workers.dev"]}\n`)
    if (bindings.NODE_URL === "https://my-mix.anna.workers.dev") {
      await state.node?.stop()
      state.node = await startNode({ name: "cloud", kind: "mix", port, env: bindings, dataDir: path.join(folder, "cloud") }, workersFolder)
    }
    return { code: 0, output: "" }
  }
  return { run, calls, given, state }
}

test("a deployment makes its secret once, learns its URL, waits for health and ends with the line that admits the node", async () => {
  await freshWorkers(() => undefined)
  const port = await freePorts()
  const { run, calls, given, state } = cloudflare(port)
  // What is asked at workers.dev is answered here.
  const real = globalThis.fetch
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => real(String(input).replace("https://my-mix.anna.workers.dev", `http://127.0.0.1:${port}`), init))
  try {
    const settings = await settingsFrom("mix", parseArguments(["--layer", "2", ...people, "--network", networkFile], SETTINGS))
    const said: string[] = []
    await deployNode({ name: "my-mix", settings, url: null }, run, (line) => said.push(line), 20_000)
    expect(calls.map(([word]) => word)).toEqual(["whoami", "secret", "deploy", "deploy"])
    expect(calls[3]).toEqual(expect.arrayContaining(["--env", "mix", "--name", "my-mix", "LAYER:2", "NODE_URL:https://my-mix.anna.workers.dev"]))
    const text = said.join("\n")
    expect(text).toMatch(/^ {2}URL {7}https:\/\/my-mix\.anna\.workers\.dev$/m)
    expect(text).toMatch(/^ {2}Id {8}[0-9a-f]{64}$/m)
    expect(text).toMatch(/^sotto-node-1\.[\w-]+$/m)
    expect(text).toContain("npm run sotto -- network admit https://my-mix.anna.workers.dev \\\n  --layer 2 --operator 'Anna'\\''s club' --provider Cloudflare \\\n  --directory URL-OF-THEIR-AUTHORITY --key ADMIN-KEY-FILE")

    const kept = path.join(folder, "config", "sotto", "my-mix")
    const secret = readFileSync(path.join(kept, "secret"), "utf8").trim()
    expect(given).toEqual([secret, secret])
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect([statSync(path.join(kept, "secret")).mode & 0o777, statSync(kept).mode & 0o777, ...state.modes]).toEqual([0o600, 0o700, 0o600, 0o600])
    expect(existsSync(path.join(kept, "secrets.json"))).toBe(false)
    expect(text).not.toContain(secret)

    // Once more: the same secret, and the URL is known.
    await deployNode({ name: "my-mix", settings, url: null }, run, () => undefined, 20_000)
    expect(calls.slice(4).map(([word]) => word)).toEqual(["whoami", "deploy"])
    expect(given).toEqual([secret, secret, secret])
  } finally {
    vi.restoreAllMocks()
    await state.node?.stop()
  }
}, 900_000)

test("a secret that was made on another machine is left as it is", async () => {
  vi.stubEnv("XDG_CONFIG_HOME", path.join(folder, "other"))
  const { run, calls, given } = cloudflare(1, ["NODE_SECRET"])
  const settings = await settingsFrom("mix", parseArguments(["--layer", "2", ...people, "--network", networkFile], SETTINGS))
  const said: string[] = []
  await expect(deployNode({ name: "my-mix", settings, url: "https://mix.invalid" }, run, (line) => said.push(line), 1)).rejects.toThrow(/does not become well/)
  expect(calls.at(-1)).not.toContain("--secrets-file")
  expect(calls.at(-1)).toEqual(expect.arrayContaining(["--domain", "mix.invalid"]))
  expect([given, existsSync(path.join(folder, "other", "sotto", "my-mix", "secret"))]).toEqual([[], false])
  expect(said.join("\n")).toContain("has its secret already")
})

test("where Cloudflare does not tell whether there is a secret, none is made", async () => {
  vi.stubEnv("XDG_CONFIG_HOME", path.join(folder, "third"))
  const { run } = cloudflare(1)
  const settings = await settingsFrom("mix", parseArguments(["--layer", "2", ...people, "--network", networkFile], SETTINGS))
  const broken: Wrangler = (words, options) => (words[0] === "secret" ? Promise.resolve({ code: 1, output: "A request to the Cloudflare API failed." }) : run(words, options))
  await expect(deployNode({ name: "my-mix", settings, url: "https://mix.invalid" }, broken, () => undefined, 1)).rejects.toThrow(/^Cloudflare does not tell whether my-mix has a secret already/)
  expect(existsSync(path.join(folder, "third"))).toBe(false)
})
