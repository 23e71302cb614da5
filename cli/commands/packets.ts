import { numberOption } from "../arguments.ts"
import type { Command } from "../command.ts"
import { until, whyLate, withMessenger } from "../engine.ts"
import { isoTime, jsonLine, localTime, table } from "../output.ts"
import { openProfile } from "../profile.ts"

const SECONDS = 30
const SECONDS_MOST = 300

export const packets: Command = {
  usage: "[--seconds N]",
  summary: "Stays connected for N seconds (30; at most 300), then prints each packet that left, what it carried, its way and how long its answer took.",
  words: [0, 0],
  options: { seconds: "value" },
  async run(call) {
    const seconds = numberOption(call.args, "seconds", SECONDS, 1, SECONDS_MOST)
    const profile = await openProfile(call.folder, call)
    await withMessenger(profile, { online: true, speed: call.speed }, async (messenger) => {
      const online = async () => ((await messenger.run("view", {})).network.link === "online" ? true : null)
      if ((await until(messenger, call.deadline, online)) === null) throw await whyLate(messenger, "No packet left")
      await until(messenger, AbortSignal.any([call.deadline, AbortSignal.timeout(seconds * 1000)]), () => Promise.resolve(null))
      const found = await messenger.run("packets", {})
      const rows = found.packets.map(({ carried, asked, held, lost, journey: { out, back, sent, answered } }) => {
        const took = answered === null ? null : answered - sent
        const [there, home] = [out, back].map((nodes) => nodes.map(({ host }) => host))
        if (call.json) call.print(jsonLine({ sent: isoTime(sent), carried, asked, held, lost, out: there, back: home, took }))
        const end = took !== null ? `${took} ms` : lost ? "lost" : held ? "waits" : "under way"
        return [localTime(sent), carried, asked, end, `${there!.join(" > ")} > ${home!.join(" > ")}`]
      })
      if (!call.json) for (const row of table(rows)) call.print(row)
      if (rows.length === 0) call.note("No packet left.")
    })
  },
}
