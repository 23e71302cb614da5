/**
 * Lighthouse's opinion of the app: `npm run audit [-- --slowdown 4] [--keep FOLDER]`. What is looked at is what is deployed, with its headers. A client on a network is
 * never idle, and Lighthouse waits for silence: so the first load is that of the real build at an address with no network behind it, which asks for
 * a directory now and then, and the screens behind it are those of the build of canned data.
 *
 * A phone is played by slowing this machine down four times. That is meant for one that has nothing else to do: `benchmark` is how fast it was, 1,500
 * and more on an idle desk. Where it is under 500, `--slowdown 1` is slow enough.
 */
import { spawn } from "node:child_process"
import type { Server } from "node:http"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { parseArgs } from "node:util"
import { build } from "vite"
import { Failure } from "../cli/failure.ts"
import { appListener, listen } from "./network/app-server.ts"
import { findChromium } from "./testing/chromium.ts"

/** Not among the dependencies: with it come 98 packages of 176 MB, which nobody needs who builds, runs or tests the app, and which refuse the Node that the app's tools can be installed under. */
const LIGHTHOUSE = "lighthouse@13.5.0"
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
const LEAST = 95
const FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
const ROOT = path.join(import.meta.dirname, "..")

interface Report {
  readonly runtimeError?: { readonly message: string }
  readonly environment: { readonly benchmarkIndex: number }
  readonly categories: Readonly<Record<string, { readonly score: number | null; readonly auditRefs: readonly { readonly id: string; readonly weight: number }[] }>>
  readonly audits: Readonly<Record<string, { readonly title: string; readonly score: number | null; readonly displayValue?: string }>>
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { keep: { type: "string" }, slowdown: { type: "string", default: "4" } } })
  const chromium = findChromium()
  if (chromium === null) throw new Failure("The audit needs Chromium (or SOTTO_CHROMIUM, its path).")
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-audit-"))
  const servers: Server[] = []
  try {
    for (const mode of ["production", "demo"]) {
      await build({ configFile: path.join(ROOT, "vite.config.ts"), mode, logLevel: "error", build: { outDir: path.join(folder, mode), emptyOutDir: true } })
    }
    const serve = async (mode: string, name: string): Promise<string> => {
      const nowhere = "http://127.0.0.1:1"
      const network = { name, authorities: [{ key: "00".repeat(32), url: nowhere }], threshold: 1, directories: [`${nowhere}/directory`] }
      const listener = appListener({ folder: path.join(folder, mode), network, origins: [nowhere], echoCode: () => Promise.resolve(null) })
      const [server] = await listen(listener, 0, ["127.0.0.1"], "")
      servers.push(server!)
      return `http://127.0.0.1:${(server!.address() as AddressInfo).port}/`
    }
    const first = await serve("production", "Audit")
    const demo = await serve("demo", "Demo")
    const pages = [["first load", first], ["conversations", demo], ["network", `${demo}#/network`]] as const
    const low: string[] = []
    console.info(["", ...CATEGORIES, "benchmark"].map((text, at) => text.padEnd(at === 0 ? 24 : 16)).join(""))
    for (const [name, url] of pages) {
      for (const form of ["mobile", "desktop"]) {
        const report = await lighthouse(url, form, chromium, path.join(values.keep ?? folder, `${name.replace(" ", "-")}-${form}.json`), values.slowdown)
        const scores = CATEGORIES.map((category) => Math.round((report.categories[category]?.score ?? 0) * 100))
        console.info([`${name}, ${form}`.padEnd(24), ...scores.map((score) => String(score).padEnd(16)), report.environment.benchmarkIndex].join(""))
        CATEGORIES.forEach((category, at) => scores[at]! < LEAST && low.push(`${name}, ${form}, ${category}: ${scores[at]}\n${reasons(report, category)}`))
      }
    }
    if (low.length > 0) throw new Failure(`Under ${LEAST}:\n${low.join("\n")}`)
  } finally {
    for (const server of servers) {
      server.close()
      server.closeAllConnections()
    }
    await rm(folder, { recursive: true, force: true })
  }
}

/** What has cost points. */
function reasons({ categories, audits }: Report, category: string): string {
  const counted = (categories[category]?.auditRefs ?? []).filter(({ weight }) => weight > 0).map(({ id }) => audits[id]!)
  return counted.filter(({ score }) => score !== null && score < 0.95).map(({ title, displayValue }) => `  ${title} ${displayValue ?? ""}`).join("\n")
}

async function lighthouse(url: string, form: string, chromium: string, output: string, slowdown: string): Promise<Report> {
  const args = ["--yes", LIGHTHOUSE, url, "--quiet", "--output=json", `--output-path=${output}`, `--only-categories=${CATEGORIES.join(",")}`, `--chrome-flags=${FLAGS}`, ...(form === "desktop" ? ["--preset=desktop"] : [`--throttling.cpuSlowdownMultiplier=${slowdown}`])]
  const code = await new Promise<number | null>((done) => {
    spawn("npx", args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, CHROME_PATH: chromium }, shell: process.platform === "win32" }).on("close", done)
  })
  if (code !== 0) throw new Failure(`Lighthouse ended with ${code}.`)
  const report = JSON.parse(await readFile(output, "utf8")) as Report
  if (report.runtimeError) throw new Failure(`Lighthouse saw nothing: ${report.runtimeError.message}`)
  return report
}

try {
  await main()
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(error.message)
  process.exitCode = 1
}
