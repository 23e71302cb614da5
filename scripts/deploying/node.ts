import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Failure } from "../../cli/failure.ts"
import { whatNext } from "../nodes/admission-help.ts"
import { SECRETS } from "../nodes/kinds.ts"
import type { NodeSettings } from "../nodes/settings.ts"
import { bindingsOf, nounOf } from "../nodes/settings.ts"
import { account } from "./account.ts"
import type { Kept } from "./kept.ts"
import { hasSecret, keptOf } from "./kept.ts"
import type { Wrangler } from "./wrangler.ts"
import { deployed } from "./wrangler.ts"

export interface NodeDeployment {
  /** Of the Worker. */
  readonly name: string
  readonly settings: NodeSettings
  /** A URL of a domain that Cloudflare serves for this account; null for the one on workers.dev. */
  readonly url: string | null
}

/** A new Worker's name takes a while to be known everywhere. */
const HEALTHY_WITHIN = 120_000
/** Cloudflare writes a client's address into this header itself, whatever the client sent. */
const ADDRESS_HEADER = "cf-connecting-ip"
const UNKNOWN = "https://to-be-known.invalid"

/** Deploys a node, waits until it is well, and tells what its operator does next. Throws Failure. */
export async function deployNode(deployment: NodeDeployment, run: Wrangler, say: (line: string) => void, patience = HEALTHY_WITHIN): Promise<void> {
  const { name, settings } = deployment
  say(`Deploying ${nounOf(settings.kind)} as ${name} to the Cloudflare account of ${await account(run)} …`)
  const kept = keptOf(name)
  const known = deployment.url ?? kept.url()
  let url = await deployOnce(deployment, known ?? UNKNOWN, kept, run, say)
  if (known === null) {
    if (url === null) throw new Failure("wrangler does not say under which URL the node is reached: give it with --url.")
    say(`\nIts URL is ${url}; once more, so that the node knows it …`)
    await deployOnce(deployment, url, kept, run, say)
  } else {
    // A name on workers.dev changes with the account's subdomain.
    if (deployment.url === null && url !== null && url !== known) await deployOnce(deployment, url, kept, run, say)
    else url = known
  }
  if (deployment.url === null) kept.setUrl(url)
  say(`\nWaiting for ${url}/health …`)
  await healthy(url, patience)
  for (const line of await whatNext(settings, url, url)) say(line)
}

/** Says what would be done, after a trial of what can be tried without an account. Throws Failure. */
export async function tryNode(deployment: NodeDeployment, run: Wrangler, say: (line: string) => void): Promise<void> {
  const { name, settings } = deployment
  const kept = keptOf(name)
  const url = deployment.url ?? kept.url() ?? `https://${name}.YOUR-SUBDOMAIN.workers.dev`
  const size = await dryRun([...wordsFor(deployment, url), "--dry-run"], run)
  say(`Would deploy ${nounOf(settings.kind)} as the Worker "${name}" (environment ${settings.kind} of wrangler.toml)`)
  say(`  size      ${size}`)
  say(`  URL       ${url}${deployment.url ?? kept.url() ? "" : " (told by wrangler; deployed twice)"}`)
  say("  logs      off: observability, request logs, source maps")
  for (const secret of SECRETS) say(`  secret    ${secret}, ${existsSync(kept.secretFile) ? "kept in" : "made once, to be kept in"} ${kept.secretFile}`)
  for (const [binding, value] of Object.entries(bindingsOf(settings, url, ADDRESS_HEADER))) say(`  text      ${binding} = ${value}`)
  say(`Then it would wait for /health, and print the ${settings.kind === "directory" ? "authority's key" : "node's descriptor and how it is admitted"}.`)
  say("Nothing was deployed.")
}

/** The URL on workers.dev where there is one. */
async function deployOnce(deployment: NodeDeployment, url: string, kept: Kept, run: Wrangler, say: (line: string) => void): Promise<string | null> {
  const words = wordsFor(deployment, url)
  const elsewhere = !existsSync(kept.secretFile) && (await hasSecret(run, deployment.name))
  if (elsewhere) say(`${deployment.name} has its secret already, from another machine: it is left as it is.`)
  const targets = elsewhere ? await deployed(run, words) : await kept.withSecrets((file) => deployed(run, [...words, "--secrets-file", file]))
  return targets.find((target) => /^https:\/\/[^/]+\.workers\.dev$/.test(target)) ?? null
}

function wordsFor({ name, settings, url: ownUrl }: NodeDeployment, url: string): string[] {
  const bindings = Object.entries(bindingsOf(settings, url, ADDRESS_HEADER)).flatMap(([binding, value]) => ["--var", `${binding}:${value}`])
  const domain = ownUrl === null ? [] : ["--domain", new URL(ownUrl).hostname]
  return ["--env", settings.kind, "--name", name, "--minify", ...domain, ...bindings]
}

async function dryRun(words: readonly string[], run: Wrangler): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "sotto-deploy-"))
  try {
    const { code, output } = await run(["deploy", ...words, "--outdir", folder], { show: false })
    if (code !== 0) throw new Failure(`wrangler finds a mistake:\n${output.trim()}`)
    return /Total Upload: (.*)/.exec(output)?.[1]?.replace(" / gzip: ", ", compressed ") ?? "unknown"
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function healthy(url: string, patience: number): Promise<void> {
  const until = performance.now() + patience
  let last = "no answer"
  while (performance.now() < until) {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) }).catch(() => null)
    const text = (await response?.text().catch(() => "")) ?? ""
    if (response?.ok) return
    if (text.trim() === "secret") {
      throw new Failure("The node cannot open its keys: they were sealed by another NODE_SECRET. Put the true one back, or give the node another name to start anew.")
    }
    last = response === null ? "no answer" : `status ${response.status}`
    await sleep(1000)
  }
  throw new Failure(`The node was deployed, but ${url}/health does not become well within ${Math.round(patience / 1000)} s (${last}).`)
}
