/**
 * How well packets hide each other, and what each adversary finds out: the clients' clock and ways, the mixes' delay pools and the client's own figures are the product's own code, in virtual time.
 *   npm run simulate                       everything that docs/anonymity.md tells; --quick: a part of it, in seconds; --json FILE; --seed 1
 *   npm run simulate -- hunts holds        these parts of it: networks, hunts, gateways, holds, linkings, notices, days; with --record the others stay as they are recorded
 *   npm run simulate -- --record           the same, and writes bench/recorded/anonymity.json, the pictures and the tables of docs/anonymity.md
 *   npm run simulate -- --pages            pictures and tables again from what was recorded
 *   npm run simulate -- --users 10,100     another network: --speed fast --delay 500 --mixes 3 --dropboxes 3 --telling 1,0,0 (mixes of each layer that tell the observer) --writes 10 (minutes between a user's messages)
 */
import { readFileSync, writeFileSync } from "node:fs"
import { choiceOption, numberOption, parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import type { Speed } from "../messenger/api.ts"
import type { Results } from "./anonymity/experiments.ts"
import { experiments, networkOf, PARTS, settingOf } from "./anonymity/experiments.ts"
import { pictures } from "./anonymity/pictures.ts"
import { tables } from "./anonymity/tables.ts"
import { filled } from "./pages.ts"

const MINUTE = 60_000
const ROOT = new URL("../", import.meta.url)
const RECORDED = new URL("bench/recorded/anonymity.json", ROOT)
const PAGE = new URL("docs/anonymity.md", ROOT)

const args = parseArguments(process.argv.slice(2), {
  users: "value", speed: "value", delay: "value", mixes: "value", dropboxes: "value", telling: "value", writes: "value", seed: "value", json: "value", quick: "flag", record: "flag", pages: "flag",
})
const seed = args.options.get("seed") ?? "1"
const results = resultsOf()
for (const [name, table] of Object.entries(tables(results))) console.log(`\n${name}\n${table}`)
const file = args.options.get("json")
if (file !== undefined) writeFileSync(file, JSON.stringify(results))
if (args.options.has("record")) writeFileSync(RECORDED, `${JSON.stringify(results, null, 1)}\n`)
if (args.options.has("record") || args.options.has("pages")) writePages(results)

function resultsOf(): Results {
  if (args.options.has("pages")) return JSON.parse(readFileSync(RECORDED, "utf8")) as Results
  if (args.options.has("users")) return { ...experiments(seed, "quick", () => {}, []), networks: networks().map(networkOf) }
  if (args.options.has("quick") && args.options.has("record")) throw new Failure("What is recorded is the whole.")
  const unknown = args.words.find((word) => !PARTS.some((name) => name === word))
  if (unknown !== undefined) throw new Failure(`There is no part "${unknown}"; there are ${PARTS.join(", ")}.`)
  const only = args.words.length === 0 ? PARTS : args.words
  const measured = experiments(seed, args.options.has("quick") ? "quick" : "whole", (what) => console.error(what), only)
  return args.options.has("record") ? withRecorded(measured, only) : measured
}

/** What was not measured now is as it was recorded. */
function withRecorded(measured: Results, only: readonly string[]): Results {
  if (only.length === PARTS.length) return measured
  const recorded = JSON.parse(readFileSync(RECORDED, "utf8")) as Results
  if (recorded.seed !== seed) throw new Failure(`What is recorded was measured with seed ${recorded.seed}.`)
  return { ...recorded, ...Object.fromEntries(PARTS.filter((name) => only.includes(name)).map((name) => [name, measured[name]])) }
}

function networks() {
  const mixes = numberOption(args, "mixes", 2, 1, 100)
  const told = numbers("telling", "0,0,0", 0, mixes)
  if (told.length !== 3) throw new Failure("--telling takes a number for each of the three layers.")
  return numbers("users", "", 2, 10_000).map((users) =>
    settingOf(seed, `users ${users}`, users, {
      mixes,
      telling: [told[0]!, told[1]!, told[2]!],
      speed: choiceOption<Speed>(args, "speed", ["fast", "balanced", "saver"]) ?? "balanced",
      meanDelay: numberOption(args, "delay", 500, 1, 60_000),
      dropboxes: numberOption(args, "dropboxes", 3, 1, 100),
      writes: numberOption(args, "writes", 2, 1, 100_000) * MINUTE,
    }),
  )
}

function numbers(name: string, fallback: string, least: number, most: number): number[] {
  const all = (args.options.get(name) ?? fallback).split(",").map(Number)
  if (all.some((one) => !Number.isInteger(one) || one < least || one > most)) throw new Failure(`--${name} takes whole numbers from ${least} to ${most}, with commas.`)
  return all
}

function writePages(from: Results): void {
  for (const [name, picture] of Object.entries(pictures(from))) writeFileSync(new URL(`docs/pictures/${name}.svg`, ROOT), picture)
  writeFileSync(PAGE, filled(readFileSync(PAGE, "utf8"), "simulate", tables(from)))
}
