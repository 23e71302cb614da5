/**
 * How long files take on the simulated network, default delays, both people on one speed; beside what `attachment-cost` says:
 *   node scripts/n.mjs node bench/files.ts [--sizes 200000,5000000] [--speeds fast,balanced,saver] [--loss share]
 */
import { parseArgs } from "node:util"
import type { AttachmentState, Speed } from "../messenger/api.ts"
import { introduce, Person } from "../test/sim/person.ts"
import { seeded, SimNetwork } from "../test/sim/sim-network.ts"

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const PART = 1 << 17

const { values } = parseArgs({ options: { sizes: { type: "string", default: "200000,5000000" }, speeds: { type: "string", default: "fast,balanced,saver" }, loss: { type: "string", default: "0" } } })

for (const speed of values.speeds.split(",") as Speed[]) for (const size of values.sizes.split(",").map(Number)) await measure(speed, size)

async function measure(speed: Speed, size: number): Promise<void> {
  const cpu = process.cpuUsage()
  const network = await SimNetwork.start({ seed: `files ${speed} ${size}`, dropboxes: 3 })
  const { clock } = network
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [toBen] = await introduce(anna, ben)
  for (const person of [anna, ben]) await person.messenger.run("speed", { speed })
  await ben.messenger.run("file-limits", { fetch: size, again: 0 })
  network.loss = Number(values.loss)
  const cost = await anna.messenger.run("attachment-cost", { size })
  const begun = clock.now()
  const at = new Map<string, number>()
  for (const person of [anna, ben])
    person.messenger.subscribe((event) => {
      const state: AttachmentState | undefined = event.type === "message" ? event.message.attachment?.state : undefined
      if (state !== undefined && !at.has(person.name + state)) at.set(person.name + state, clock.now() - begun)
    })
  const { file } = await anna.messenger.run("attach", { conversation: toBen, name: "", mediaType: "image/webp", size })
  const bytes = seeded("bytes")(size)
  for (let offset = 0; offset < size; offset += PART) await anna.messenger.run("attach-bytes", { file, bytes: bytes.slice(offset, offset + PART) })
  const isDone = await clock.runUntil(() => at.has("Annasent") && at.has("Benready"), 3 * DAY)
  const minutes = (time: number | undefined) => (time === undefined ? "never" : (time / MINUTE).toFixed(1))
  const used = (process.cpuUsage(cpu).user / 1e6).toFixed(0)
  console.log(
    `${speed}, ${size} bytes: ${cost.packets} packets, said ${minutes(cost.sending[speed])} min; named after ${minutes(at.get("Benfetching"))}, sent ${minutes(at.get("Annasent"))}, there ${minutes(at.get("Benready"))}${isDone ? "" : " (not done)"}; CPU ${used} s`,
  )
  await anna.messenger.stop()
  await ben.messenger.stop()
}
