/**
 * How long a message takes from its writing to its being shown, on a network of real nodes at default delays, with
 * profile fast at both ends:
 *   node scripts/n.mjs node bench/delivery.ts [--messages 50] [--gap 8] [--json]
 * Two people write in turn, at random times with a mean of --gap seconds between them. The network is one of its own;
 * --network URL takes one that runs. Nothing else should keep the machine busy meanwhile.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { until } from "../cli/engine.ts"
import { loadNetwork } from "../cli/network.ts"
import type { ContactView, Messenger } from "../messenger/api.ts"
import { memoryStore } from "../messenger/memory-store.ts"
import { createMessenger } from "../messenger/messenger.ts"
import { systemClock } from "../messenger/platform/nodejs/clock.ts"
import { webSocketLink } from "../messenger/platform/nodejs/link.ts"
import { systemRandom } from "../messenger/platform/nodejs/random.ts"
import type { NetworkDescription } from "../messenger/ports.ts"
import { startNetwork } from "../scripts/network/network.ts"
import { freePorts } from "../scripts/network/ports.ts"
import { exponential } from "../shared/random.ts"

const ACQUAINTED_WITHIN = 120_000
/** A message that was not shown for so long after the last was written counts as lost. */
const LOST_AFTER = 120_000

interface Person {
  readonly messenger: Messenger
  /** The other. */
  readonly contact: string
}

async function begin(name: string, network: NetworkDescription): Promise<Messenger> {
  const messenger = createMessenger({ store: memoryStore(), link: webSocketLink, clock: systemClock, random: systemRandom, network })
  await messenger.start()
  await messenger.run("create-profile", { name })
  await messenger.run("speed", { speed: "fast" })
  return messenger
}

async function contactIn(messenger: Messenger, id: string, states: readonly ContactView["state"][]): Promise<ContactView> {
  const contact = await until(messenger, AbortSignal.timeout(ACQUAINTED_WITHIN), async () => {
    const { contacts } = await messenger.run("view", {})
    return contacts.find((one) => one.id === id && states.includes(one.state)) ?? null
  })
  if (contact === null) throw new Error(`No contact got ${states.join(" or ")} within ${ACQUAINTED_WITHIN / 1000} s.`)
  return contact
}

async function acquaint(inviter: Messenger, guest: Messenger): Promise<[Person, Person]> {
  const { contact: atInviter } = await inviter.run("invite", { name: "Guest" })
  const { code } = await contactIn(inviter, atInviter, ["waiting"])
  const added = await guest.run("add", { code: code!, name: "Inviter" })
  if (!added.ok) throw new Error(`The code was refused: ${added.problem}.`)
  await contactIn(inviter, atInviter, ["ask"])
  await inviter.run("accept", { contact: atInviter, trust: "met" })
  await contactIn(guest, added.contact, ["answered", "ready"])
  return [
    { messenger: inviter, contact: atInviter },
    { messenger: guest, contact: added.contact },
  ]
}

/** Writes `count` messages in turn; returns the ms that each took, null for those that never came. */
async function measure(people: readonly [Person, Person], count: number, gap: number): Promise<(number | null)[]> {
  const times = new Map<string, number | null>()
  const begun = new Map<string, number>()
  let last = Promise.withResolvers<void>()
  for (const { messenger } of people) {
    messenger.subscribe((event) => {
      if (event.type !== "message" || event.message.own || times.get(event.message.text) !== null) return
      times.set(event.message.text, performance.now() - begun.get(event.message.text)!)
      last.resolve()
    })
  }
  for (let i = 0; i < count; i++) {
    await sleep(exponential(systemRandom, gap))
    const { messenger, contact } = people[i % 2]!
    const text = `Message ${i + 1} of ${count}`
    times.set(text, null)
    begun.set(text, performance.now())
    await messenger.run("send", { conversation: contact, text })
    process.stderr.write(`\r${i + 1} of ${count}`)
  }
  const patience = AbortSignal.timeout(LOST_AFTER)
  const giveUp = new Promise<void>((resolve) => patience.addEventListener("abort", () => resolve()))
  while (!patience.aborted && [...times.values()].includes(null)) {
    last = Promise.withResolvers<void>()
    await Promise.race([last.promise, giveUp])
  }
  process.stderr.write("\n")
  return [...times.values()]
}

/** The value that this share of the sorted ones does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

const args = parseArguments(process.argv.slice(2), { messages: "value", gap: "value", network: "value", json: "flag" })
const count = numberOption(args, "messages", 50, 1, 100_000)
const gap = numberOption(args, "gap", 8, 0, 3600) * 1000
const address = args.options.get("network")

const folder = await mkdtemp(path.join(tmpdir(), "sotto-bench-"))
const own = address
  ? null
  : await startNetwork({
      folder,
      firstPort: await freePorts(),
      hosts: ["127.0.0.1"],
      name: "Benchmark",
      parameters: {},
      echo: false,
      say: () => undefined,
      onDeath: (name) => {
        throw new Error(`The node ${name} has ended.`)
      },
    })
try {
  const network = own?.description ?? (await loadNetwork(address!)).network
  const messengers = [await begin("Anna", network), await begin("Bert", network)] as const
  const people = await acquaint(...messengers)
  const times = await measure(people, count, gap)
  for (const messenger of messengers) await messenger.stop()
  const sorted = times.filter((time) => time !== null).sort((a, b) => a - b)
  const [median, p90, p99] = [0.5, 0.9, 0.99].map((share) => Math.round(quantile(sorted, share)))
  const lost = times.length - sorted.length
  if (args.options.has("json")) console.log(JSON.stringify({ messages: count, median, p90, p99, lost, times: times.map((time) => time && Math.round(time)) }))
  else console.log(`${count} messages: median ${median} ms, p90 ${p90} ms, p99 ${p99} ms, lost ${lost}`)
  process.exitCode = lost > 0 ? 1 : 0
} finally {
  await own?.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exit()
