/**
 * How long a large profile takes to open, and what memory it takes:
 *   node scripts/n.mjs node bench/profile-size.ts [--conversations 1000] [--messages 100] [--browser] [--json]
 * Makes a sealed profile of so many conversations with so many messages each, in the file store of the command line or, with --browser, in
 * Chromium's IndexedDB, and in the encodings of the engine; then a process of its own opens it, shows the list of conversations and the
 * first screen of one of them.
 */
import { spawnSync } from "node:child_process"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { systemClock } from "../messenger/platform/nodejs/clock.ts"
import { fileStore } from "../messenger/platform/nodejs/file-store.ts"
import { systemRandom } from "../messenger/platform/nodejs/random.ts"
import type { Opening } from "./profile-size/opening.ts"
import { openProfile } from "./profile-size/opening.ts"
import { makeProfile } from "./profile-size/profile.ts"

interface Measured extends Opening {
  /** CPU time of all but the stretching, ms; and memory, MB. */
  readonly cpu?: number
  readonly memory: number
}

const platform = (file: string) => ({ raw: fileStore(file), clock: systemClock, random: systemRandom })

async function measure(file: string): Promise<Measured> {
  let before = process.cpuUsage()
  const opening = await openProfile(platform(file), (moment) => {
    before = moment === "begun" ? process.cpuUsage() : process.cpuUsage(before)
  })
  globalThis.gc?.()
  return { ...opening, cpu: (before.user + before.system) / 1000, memory: process.memoryUsage().rss / 2 ** 20 }
}

async function inFile(folder: string, conversations: number, messages: number): Promise<Measured & { readonly size: number }> {
  const file = path.join(folder, "profile.sqlite")
  await makeProfile(platform(file), conversations, messages)
  const size = (await stat(file)).size / 2 ** 20
  const { stdout } = spawnSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "--open", file], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
  return { ...(JSON.parse(stdout) as Measured), size }
}

const args = parseArguments(process.argv.slice(2), { conversations: "value", messages: "value", open: "value", make: "value", browser: "flag", json: "flag" })
const conversations = numberOption(args, "conversations", 1000, 1, 100_000)
const messages = numberOption(args, "messages", 100, 1, 100_000)
const [existing, wanted] = [args.options.get("open"), args.options.get("make")]
if (typeof wanted === "string") await makeProfile(platform(wanted), conversations, messages)
else if (typeof existing === "string") console.log(JSON.stringify(await measure(existing)))
else {
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-size-"))
  try {
    const measured: Measured & { size?: number } = args.options.has("browser") ? await (await import("./profile-size/browser.ts")).inChromium(folder, conversations, messages) : await inFile(folder, conversations, messages)
    if (args.options.has("json")) console.log(JSON.stringify({ conversations, messages, ...measured }))
    else {
      const ms = (time: number) => `${Math.round(time)} ms`
      const { size, stretch, vault, engine, list, screen, all, cpu, memory } = measured
      const [disk, work] = [size === undefined ? "" : `, ${Math.round(size)} MB`, cpu === undefined ? "" : `, of them ${ms(cpu)} of work`]
      console.log(`${conversations} conversations of ${messages} messages${disk}: passphrase ${ms(stretch)}; vault ${ms(vault)}, engine ${ms(engine)}, list ${ms(list)}, screen ${ms(screen)}: ${ms(all)}${work}; ${Math.round(memory)} MB of memory`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
process.exit()
