import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { Failure } from "../../cli/failure.ts"
import { idOf } from "../../messenger/network-description.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import { appFolder, freshApp } from "../network/fresh.ts"
import { account } from "./account.ts"
import { caddyHeaders, cloudflareHeaders, originsOf } from "./headers.ts"
import type { Wrangler } from "./wrangler.ts"
import { deployed } from "./wrangler.ts"

export interface AppDeployment {
  readonly name: string
  readonly network: NetworkDescription
  /** A URL of a domain that Cloudflare serves for this account; null for the one on workers.dev. */
  readonly url: string | null
}

/** The app's files and network.json into this folder, and the headers for Cloudflare and for Caddy beside them. Throws Failure. */
export async function writeApp(folder: string, network: NetworkDescription, say: (line: string) => void): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).some((name) => !OURS.includes(name))) {
    throw new Failure(`${folder} holds other files: name an empty or a new folder.`)
  }
  await freshApp(say)
  const site = path.join(folder, "site")
  rmSync(site, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeSite(site, network)
  const origins = originsOf(network)
  writeFileSync(path.join(folder, "headers.caddy"), caddyHeaders(origins))
  writeFileSync(path.join(folder, "_headers"), cloudflareHeaders(origins))
  say(`${site} holds the app for the network ${network.name}: serve it at the root of an origin of its own, with the headers in`)
  say("headers.caddy (Caddy; for other servers the same lines) or _headers (Cloudflare).")
}

const OURS = ["site", "headers.caddy", "_headers"]

/** Throws Failure. */
export async function deployApp(deployment: AppDeployment, run: Wrangler, say: (line: string) => void): Promise<void> {
  const { name, network, url } = deployment
  say(`Deploying the app as ${name} to the Cloudflare account of ${await account(run)} …`)
  await withSite(network, say, async (site) => {
    const targets = await deployed(run, wordsFor(deployment, site))
    const at = url ?? targets.find((target) => target.startsWith("https://"))
    say(`\nThe app for the network ${network.name}:\n\n  ${at ?? name}\n\nWith the network pinned, for the command line:\n\n  ${at ?? name}#${idOf(network)}`)
  })
}

/** Says what would be done, after a trial of what can be tried without an account. Throws Failure. */
export async function tryApp(deployment: AppDeployment, run: Wrangler, say: (line: string) => void): Promise<void> {
  const { name, network, url } = deployment
  await withSite(network, say, async (site) => {
    const { code, output } = await run(["deploy", ...wordsFor(deployment, site), "--dry-run"], { show: false })
    if (code !== 0) throw new Failure(`wrangler finds a mistake:\n${output.trim()}`)
    const files = readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
    say(`Would deploy the app as the Worker "${name}" (environment app of wrangler.toml)`)
    say(`  URL       ${url ?? `https://${name}.YOUR-SUBDOMAIN.workers.dev`}`)
    say(`  files     ${files}, network.json and _headers among them`)
    say(`  network   ${network.name}, id ${idOf(network)}`)
    for (const origin of originsOf(network)) say(`  connects  ${origin}`)
    say("Nothing was deployed.")
  })
}

async function withSite<T>(network: NetworkDescription, say: (line: string) => void, work: (site: string) => Promise<T>): Promise<T> {
  await freshApp(say)
  const site = mkdtempSync(path.join(tmpdir(), "sotto-app-"))
  try {
    writeSite(site, network)
    writeFileSync(path.join(site, "_headers"), cloudflareHeaders(originsOf(network)))
    return await work(site)
  } finally {
    rmSync(site, { recursive: true, force: true })
  }
}

function writeSite(site: string, network: NetworkDescription): void {
  cpSync(appFolder, site, { recursive: true })
  writeFileSync(path.join(site, "network.json"), JSON.stringify(network))
}

function wordsFor({ name, url }: AppDeployment, site: string): string[] {
  return ["--env", "app", "--name", name, "--assets", site, ...(url === null ? [] : ["--domain", new URL(url).hostname])]
}
